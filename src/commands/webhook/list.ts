import { webhookDocument, type WebhookDocument } from '../../documents/webhook.ts';
import { webhookViews } from '../../store/webhooks.ts';
import { visible } from '../../terminal/clean.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult } from '../listing.ts';

export const command: Command = {
  path: 'webhook list',
  summary: 'Which addresses are told what happens, and how they fare',
  options: [{ flags: '--removed', about: 'also those that are told nothing any more' }],
  examples: [{ command: 'treasury webhook list', about: 'what waits, and why' }],
  access: 'office.manage',
  writes: false,
  document: 'webhook',
  async run(context, input) {
    await context.actor();
    const removed = input.flag('removed');
    const views = await (await context.store()).read((tx) => webhookViews(tx, { removed }));
    return listResult({
      noun: 'webhook',
      documents: views.map(webhookDocument),
      columns: columnsFor(await context.zone()),
      page: { next: null, count: views.length, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<WebhookDocument>[] => [
  { key: 'ref', title: 'Webhook', value: ({ ref }) => ref, priority: 1 },
  { key: 'url', title: 'Address', value: ({ url }) => visible(url), priority: 1 },
  { key: 'events', title: 'Events', value: ({ events }) => events.join(', '), priority: 3 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 2 },
  { key: 'waiting', title: 'Waiting', kind: 'number', value: ({ waiting }) => String(waiting), priority: 1 },
  {
    key: 'last_delivered_at',
    title: 'Last told',
    kind: 'time',
    value: ({ last_delivered_at: at }) => (at === null ? null : formatInstant(new Date(at), zone)),
    csv: ({ last_delivered_at: at }) => at,
    priority: 3,
  },
  { key: 'last_error', title: 'Why not', value: ({ last_error: error }) => error, priority: 4 },
];
