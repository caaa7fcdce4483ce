import { importedStatementDocument, type ImportedStatementDocument } from '../../documents/imported-statement.ts';
import { readableFund } from '../../operations/look-up.ts';
import { listImported } from '../../store/imported-statements.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS } from '../listing.ts';
import { TIES } from './columns.ts';
import { importedPeriod } from './imported-card.ts';

export const command: Command = {
  path: 'statement list',
  summary: 'List the statements that were imported, newest first',
  options: [
    { flags: '--fund <code>', about: 'those of this fund' },
    { flags: '--unbalanced', about: 'taken with faults, and no whole one has come in their place' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury statement list --fund MPESA', about: 'what the bank has told of one fund' },
    { command: 'treasury statement list --unbalanced', about: 'what has to be asked for again' },
  ],
  access: 'books.read',
  writes: false,
  document: 'imported_statement',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const page = pageRequest(input);
    const fund = input.optional('fund');
    const found = await store.read(async (tx) => {
      const fundId = fund === undefined ? undefined : (await readableFund(tx, actor, fund)).fund.id;
      return listImported(tx, { fundId, unbalanced: input.flag('unbalanced') }, page, actor.grants);
    });
    return listResult({
      noun: 'statement',
      documents: found.rows.map(importedStatementDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<ImportedStatementDocument>[] => [
  { key: 'ref', title: 'Statement', value: ({ ref }) => ref, priority: 1 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 1 },
  { key: 'type', title: 'Type', value: ({ type, profile }) => profile ?? type, csv: ({ type }) => type, priority: 7 },
  { key: 'account', title: 'Account', value: ({ account }) => account, priority: 6 },
  { key: 'number', title: 'Number', value: ({ number }) => number, priority: 8 },
  { key: 'period', title: 'Period', value: importedPeriod, priority: 2 },
  moneyColumn('opening', 'Opening', 5),
  moneyColumn('credits', 'Credits', 7),
  moneyColumn('debits', 'Debits', 7),
  moneyColumn('closing', 'Closing', 1),
  { key: 'lines', title: 'Lines', kind: 'number', value: ({ lines }) => String(lines), priority: 4 },
  { key: 'new_lines', title: 'New', kind: 'number', value: ({ new_lines: lines }) => String(lines), priority: 4 },
  {
    key: 'ties',
    title: 'Ties',
    value: ({ ties }) => TIES[`${ties}`],
    csv: ({ ties }) => (ties === null ? '' : String(ties)),
    priority: 3,
  },
  {
    key: 'faults',
    title: 'Faults',
    kind: 'number',
    value: ({ faults }) => (faults.length === 0 ? null : String(faults.length)),
    csv: ({ faults }) => String(faults.length),
    priority: 3,
  },
  { key: 'accepted_by', title: 'Accepted by', value: (one) => one.accepted_by, priority: 6 },
  { key: 'replaced_by', title: 'Replaced by', value: (one) => one.replaced_by, priority: 6 },
  { key: 'imported_by', title: 'Imported by', value: (one) => one.imported_by, priority: 8 },
  {
    key: 'created_at',
    title: 'Imported',
    kind: 'time',
    value: (one) => formatInstant(new Date(one.created_at), zone),
    csv: (one) => one.created_at,
    priority: 5,
  },
];
