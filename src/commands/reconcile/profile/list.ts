import { statementProfileDocument, type StatementProfileDocument } from '../../../documents/statement-profile.ts';
import { allProfiles } from '../../../operations/statement-profiles.ts';
import type { Column } from '../../../terminal/list.ts';
import type { Command } from '../../command.ts';
import { listResult } from '../../listing.ts';

export const command: Command = {
  path: 'reconcile profile list',
  summary: 'List the column profiles by which CSV files of banks are read',
  details: 'Those that come with the tool first, then those of the office, by name.',
  examples: [{ command: 'treasury reconcile profile list', about: 'names for --map' }],
  access: 'books.read',
  writes: false,
  document: 'statement_profile',
  async run(context) {
    await context.actor();
    const found = await (await context.store()).read(allProfiles);
    return listResult({
      noun: 'profile',
      documents: found.map(({ profile, made }) => statementProfileDocument(profile, made)),
      columns: COLUMNS,
      page: { next: null, count: found.length, totals: {} },
    });
  },
};

const COLUMNS: readonly Column<StatementProfileDocument>[] = [
  { key: 'name', title: 'Profile', value: ({ name }) => name, priority: 1 },
  { key: 'title', title: 'Of', value: ({ title }) => title, priority: 1 },
  { key: 'date', title: 'Day', value: ({ date }) => date, priority: 3 },
  { key: 'amount', title: 'Amounts', value: ({ amount }) => amount.rule, priority: 2 },
  { key: 'balance', title: 'Balance', value: ({ balance }) => balance, priority: 4 },
  {
    key: 'created_by',
    title: 'Made by',
    value: ({ created_by: by }) => by ?? 'comes with it',
    csv: ({ created_by: by }) => by,
    priority: 2,
  },
];
