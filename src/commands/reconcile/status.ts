import { reconciliationStatusDocument, type ReconciliationStatusDocument } from '../../documents/reconciled.ts';
import { showReconciliation } from '../../operations/show-reconciliation.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { moneyColumn } from '../listing.ts';

export const command: Command = {
  path: 'reconcile status',
  summary: 'Tell how far each fund is reconciled, and how old what is open is',
  options: [{ flags: '--fund <code>', about: 'only this fund' }],
  examples: [
    { command: 'treasury reconcile status', about: 'every fund' },
    { command: 'treasury reconcile status --fund MPESA --json', about: 'one fund, for a script' },
  ],
  access: 'books.read',
  writes: false,
  document: 'reconciliation_status',
  async run(context, input) {
    const found = await showReconciliation(
      await context.store(),
      await context.actor(),
      input.optional('fund') ?? null,
    );
    const documents = found.map(reconciliationStatusDocument);
    const open = documents.filter(({ lines, entries }) => lines.open + entries.open > 0);
    return {
      data: documents,
      human: {
        list: {
          columns: COLUMNS,
          rows: documents,
          footer: [
            `${documents.length} ${documents.length === 1 ? 'fund' : 'funds'}, ${open.length} with something open`,
          ],
          empty: 'No funds.',
        },
        next: open.slice(0, 3).map(({ fund }) => `treasury reconcile unmatched --fund ${fund}`),
      },
    };
  },
};

const side = (key: 'lines' | 'entries', title: string, priority: number): Column<ReconciliationStatusDocument> => ({
  key,
  title,
  kind: 'number',
  value: (fund) => String(fund[key].open),
  priority,
});

const aged = (
  key: 'over_7_days' | 'over_30_days',
  title: string,
  priority: number,
): Column<ReconciliationStatusDocument> => ({
  key,
  title,
  kind: 'number',
  value: ({ lines, entries }) => String(lines[key] + entries[key]),
  priority,
});

const COLUMNS: readonly Column<ReconciliationStatusDocument>[] = [
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 1 },
  { key: 'reconciled_to', title: 'Statement to', kind: 'time', value: (fund) => fund.reconciled_to, priority: 2 },
  moneyColumn('balance', 'Balance', 4),
  moneyColumn('closing', 'Closing', 5),
  { key: 'matched', title: 'Matched', kind: 'number', value: ({ matched }) => String(matched), priority: 4 },
  side('lines', 'Open lines', 1),
  side('entries', 'Open entries', 1),
  aged('over_7_days', '> 7 days', 3),
  aged('over_30_days', '> 30 days', 3),
  {
    key: 'unbalanced_statements',
    title: 'Unbalanced',
    kind: 'number',
    value: (fund) => String(fund.unbalanced_statements),
    priority: 6,
  },
];
