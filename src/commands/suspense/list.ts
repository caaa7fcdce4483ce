import { suspenseItemDocument, type SuspenseItemDocument } from '../../documents/suspense-item.ts';
import { listSuspense } from '../../operations/settle-suspense.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn } from '../listing.ts';

export const command: Command = {
  path: 'suspense list',
  summary: 'Money that a gateway paid although no fund was debited for it',
  details: 'It was paid after its attempt had failed, or a second time. Exit 10 while something is open.',
  options: [{ flags: '--all', about: 'also what is settled' }],
  examples: [{ command: 'treasury suspense list', about: 'what nobody has settled yet' }],
  access: 'books.read',
  writes: false,
  exits: [10],
  document: 'suspense_item',
  async run(context, input) {
    const views = await listSuspense(await context.store(), await context.actor(), { settled: input.flag('all') });
    const documents = views.map(suspenseItemDocument);
    const open = documents.filter(({ status }) => status === 'open');
    return {
      ...listResult({
        noun: 'suspense item',
        documents,
        columns: columnsFor(await context.zone()),
        page: { next: null, count: documents.length, totals: {} },
      }),
      exitCode: open.length === 0 ? 0 : 10,
    };
  },
};

const columnsFor = (zone: string): Column<SuspenseItemDocument>[] => [
  { key: 'ref', title: 'Ref', value: ({ ref }) => ref, priority: 1 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 1 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 2 },
  { key: 'gateway_reference', title: 'Receipt', value: (item) => item.gateway_reference, priority: 2 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 3 },
  {
    key: 'created_at',
    title: 'Since',
    kind: 'time',
    value: ({ created_at: at }) => formatInstant(new Date(at), zone),
    csv: ({ created_at: at }) => at,
    priority: 4,
  },
];
