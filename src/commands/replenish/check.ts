import { replenishmentCheckDocument, type ReplenishmentCheckDocument } from '../../documents/replenishment-check.ts';
import { checkReplenishment } from '../../operations/check-replenishment.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { moneyColumn } from '../listing.ts';

export const command: Command = {
  path: 'replenish check',
  summary: 'Tell which funds are below their reorder level',
  details:
    'Exit 0 when none is; 10 while one is, also when its request is open already. Meant for cron: with -q it says nothing when all is well.',
  options: [
    { flags: '--fund <code>', about: 'only this fund' },
    { flags: '--create', about: 'request what is missing, by treasurer or CFO' },
  ],
  examples: [
    { command: 'treasury replenish check', about: 'which funds need money' },
    { command: 'treasury replenish check --create --quiet', about: 'from cron, every morning' },
  ],
  access: 'replenishment.check',
  // Only --create does; the check itself runs with --read-only too.
  writes: false,
  writesWith: (input) => input.flag('create'),
  exits: [10],
  document: 'replenishment_check',
  async run(context, input) {
    const low = await checkReplenishment(await context.store(), await context.actor(), {
      fund: input.optional('fund') ?? null,
      create: input.flag('create'),
    });
    if (input.flag('create') && context.flags.dryRun) context.say('Nothing was saved (dry run).');
    const documents = low.map(replenishmentCheckDocument);
    const waiting = documents.flatMap(({ open_replenishment: open }) => (open === null ? [] : [open]));
    const missing = documents.some(({ open_replenishment: open }) => open === null);
    return {
      data: documents,
      exitCode: documents.length === 0 ? 0 : 10,
      human: {
        list: {
          columns: COLUMNS,
          rows: documents,
          footer:
            documents.length === 0
              ? []
              : [`${documents.length} ${documents.length === 1 ? 'fund is' : 'funds are'} low`],
          empty: 'No fund is low.',
        },
        next: [
          ...waiting.map((ref) => `treasury replenish show ${ref}`),
          ...(missing ? ['treasury replenish check --create'] : []),
        ],
      },
    };
  },
};

const COLUMNS: readonly Column<ReplenishmentCheckDocument>[] = [
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 1 },
  moneyColumn('balance', 'Balance', 1),
  moneyColumn('reorder_level', 'Reorder level', 3),
  moneyColumn('short_by', 'Short by', 2),
  { key: 'open_replenishment', title: 'Request', value: (fund) => fund.open_replenishment, priority: 1 },
  {
    key: 'created',
    title: 'Made now',
    value: (fund) => (fund.created === null ? 'no' : 'yes'),
    csv: (fund) => fund.created,
    priority: 4,
  },
];
