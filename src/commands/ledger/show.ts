import { entryDelta } from '../../domain/ledger.ts';
import { formatAmount } from '../../domain/money.ts';
import { ledgerEntryDocument, type LedgerEntryDocument } from '../../documents/ledger-entry.ts';
import { findEntry } from '../../operations/look-up.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'ledger show',
  summary: 'Show one entry of the books',
  arguments: [{ name: 'ref', about: 'ledger entry: reference or id' }],
  examples: [{ command: 'treasury ledger show {ENTRY}', about: 'where it came from and what it left' }],
  access: 'books.read',
  writes: false,
  document: 'ledger_entry',
  async run(context, input) {
    const view = await findEntry(await context.store(), await context.actor(), input.text('ref'));
    const entry = ledgerEntryDocument(view);
    const money = (minor: number) => formatAmount(minor, entry.currency);
    const delta = entryDelta(entry.type, entry.amount_minor);
    const source = [entry.variance, entry.payment, entry.execution, entry.replenishment].filter((ref) => ref !== null);
    return {
      data: entry,
      human: {
        card: [
          { label: 'Entry', value: `${entry.ref}, number ${entry.seq} of fund ${entry.fund}` },
          { label: 'Kind', value: `${entry.kind} (${entry.type})` },
          { label: 'Amount', value: money(delta), kind: 'money' },
          { label: 'Balance before', value: money(entry.balance_after_minor - delta), kind: 'money' },
          { label: 'Balance after', value: money(entry.balance_after_minor), kind: 'money' },
          { label: 'Description', value: entry.description },
          ...(source.length === 0 ? [] : [{ label: 'From', value: source.join(', ') }]),
          ...(entry.reverses === null ? [] : [{ label: 'Takes back', value: entry.reverses }]),
          ...(entry.reversed_by === null ? [] : [{ label: 'Taken back by', value: entry.reversed_by }]),
          { label: 'Value date', value: entry.value_date },
          {
            label: 'Posted',
            value: `${formatInstant(new Date(entry.created_at), await context.zone())} by ${view.createdByName}`,
            kind: 'time',
          },
          { label: 'Reconciled', value: reconciledOf(entry, await context.zone()) },
        ],
        next:
          entry.payment === null
            ? [`treasury ledger list --fund ${entry.fund}`]
            : [`treasury payment show ${entry.payment}`],
      },
    };
  },
};

/** By whom, when and by which line; no as long as nothing explains it. */
const reconciledOf = (entry: LedgerEntryDocument, zone: string): string => {
  if (entry.reconciled_at === null) return 'no';
  const by = entry.statement_line === null ? 'by hand' : `by line ${entry.statement_line}`;
  return `${formatInstant(new Date(entry.reconciled_at), zone)} by ${entry.reconciled_by ?? ''}, ${by} (${entry.match ?? ''})`;
};
