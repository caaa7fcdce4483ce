import { formatAmount } from '../../domain/money.ts';
import type { ImportedStatementDocument } from '../../documents/imported-statement.ts';
import { atLine } from '../../statements/faults.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';
import { TIES } from './columns.ts';

/** The days that a statement covers; null where it told none. */
export const importedPeriod = ({ period: { from, to } }: ImportedStatementDocument): string | null =>
  from === null && to === null ? null : from === to ? from : `${from ?? '?'} to ${to ?? '?'}`;

/** A statement that was imported as people read it, with everything that was wrong with it. */
export function importedCard(statement: ImportedStatementDocument, zone: string): CardLine[] {
  const { currency, lines, new_lines: fresh, accepted_by: acceptor, replaced_by: successor } = statement;
  const money = (label: string, minor: number | null): CardLine => ({
    label,
    value: minor === null ? 'not told' : formatAmount(minor, currency),
    kind: 'money',
  });
  return [
    { label: 'Statement', value: statement.ref },
    { label: 'Fund', value: statement.fund },
    { label: 'Account', value: statement.account ?? 'not told' },
    { label: 'Number', value: statement.number ?? 'not told' },
    { label: 'Format', value: statement.profile ?? statement.type },
    { label: 'File', value: statement.file_name ?? 'standard input' },
    { label: 'Period', value: importedPeriod(statement) ?? 'not told' },
    money('Opening', statement.opening_minor),
    money('Credits', statement.credits_minor),
    money('Debits', statement.debits_minor),
    money('Closing', statement.closing_minor),
    { label: 'Lines', value: `${lines}, of which ${lines - fresh} were imported before` },
    { label: 'Ties', value: TIES[`${statement.ties}`] },
    ...statement.faults.map(({ position, message }) => ({ label: 'Fault', value: atLine(position, message) })),
    ...(acceptor === null ? [] : [{ label: 'Accepted by', value: acceptor }]),
    ...(successor === null ? [] : [{ label: 'Replaced by', value: successor }]),
    { label: 'Imported', value: `${statement.imported_by}, ${formatInstant(new Date(statement.created_at), zone)}` },
  ];
}
