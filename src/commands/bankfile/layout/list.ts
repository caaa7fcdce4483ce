import { bankLayoutDocument, type BankLayoutDocument } from '../../../documents/bank-layout.ts';
import { allLayouts } from '../../../operations/bank-layouts.ts';
import type { Column } from '../../../terminal/list.ts';
import type { Command } from '../../command.ts';
import { listResult } from '../../listing.ts';

export const command: Command = {
  path: 'bankfile layout list',
  summary: 'List the layouts in which CSV files for banks are written',
  details: 'Those that come with the tool first, then those of the office, by name, each in its newest version.',
  examples: [{ command: 'treasury bankfile layout list', about: 'names for --layout' }],
  access: 'books.read',
  writes: false,
  document: 'bank_layout',
  async run(context) {
    await context.actor();
    const found = await (await context.store()).read(allLayouts);
    return listResult({
      noun: 'layout',
      documents: found.map((view) => bankLayoutDocument(view, null)),
      columns: COLUMNS,
      page: { next: null, count: found.length, totals: {} },
    });
  },
};

const COLUMNS: readonly Column<BankLayoutDocument>[] = [
  { key: 'name', title: 'Layout', value: ({ name }) => name, priority: 1 },
  {
    key: 'version',
    title: 'Version',
    kind: 'number',
    value: ({ version }) => (version === null ? null : String(version)),
    priority: 2,
  },
  { key: 'title', title: 'Of', value: ({ title }) => title, priority: 1 },
  { key: 'columns', title: 'Columns', kind: 'number', value: ({ columns }) => String(columns.length), priority: 3 },
  {
    key: 'outcomes',
    title: 'Outcomes',
    value: ({ outcomes }) => (outcomes === null ? 'none' : outcomes.status),
    csv: ({ outcomes }) => outcomes?.status ?? null,
    priority: 3,
  },
  {
    key: 'created_by',
    title: 'Made by',
    value: ({ created_by: by }) => by ?? 'comes with it',
    csv: ({ created_by: by }) => by,
    priority: 2,
  },
];
