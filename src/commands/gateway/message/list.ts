import { isOdd } from '../../../domain/odd-message.ts';
import { gatewayMessageDocument, type GatewayMessageDocument } from '../../../documents/gateway-message.ts';
import { saysOf } from '../../../operations/settle-messages.ts';
import { listMessages } from '../../../store/odd-messages.ts';
import type { Column } from '../../../terminal/list.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { Command } from '../../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../../listing.ts';

export const command: Command = {
  path: 'gateway message list',
  summary: 'What gateways said that fits no order or contradicts one, until somebody settles it',
  details: 'Newest first. Exit 10 while something is open.',
  options: [{ flags: '--all', about: 'everything that gateways said, and what is settled' }, ...PAGE_OPTIONS],
  examples: [{ command: 'treasury gateway message list --all', about: 'everything that came in' }],
  access: 'books.read',
  writes: false,
  exits: [10],
  document: 'gateway_message',
  async run(context, input) {
    const page = pageRequest(input);
    const actor = await context.actor();
    const store = await context.store();
    const found = await store.read((tx) => listMessages(tx, { all: input.flag('all') }, page, actor.grants));
    const documents = found.rows.map((view) => gatewayMessageDocument(view, saysOf(view.message)));
    const open = documents.some(({ outcome, settled_at: settledAt }) => isOdd(outcome) && settledAt === null);
    return {
      ...listResult({
        noun: 'message',
        documents,
        columns: columnsFor(await context.zone()),
        page: { next: found.next, count: found.count, totals: {} },
      }),
      exitCode: open ? 10 : 0,
    };
  },
};

const columnsFor = (zone: string): Column<GatewayMessageDocument>[] => [
  { key: 'ref', title: 'Ref', value: ({ ref }) => ref, priority: 1 },
  {
    key: 'received_at',
    title: 'Received',
    kind: 'time',
    value: ({ received_at: at }) => formatInstant(new Date(at), zone),
    csv: ({ received_at: at }) => at,
    priority: 2,
  },
  { key: 'gateway', title: 'Gateway', value: ({ gateway }) => gateway, priority: 4 },
  { key: 'says', title: 'Says', value: ({ says }) => says, priority: 2 },
  { key: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome, priority: 1 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 1 },
  { key: 'detail', title: 'Detail', value: ({ detail }) => detail, priority: 3 },
  { key: 'settled_by', title: 'Settled by', value: ({ settled_by: by }) => by, priority: 5 },
];
