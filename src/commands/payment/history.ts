import { paymentHistory, type PaymentEventDocument } from '../../documents/payment-event.ts';
import { formatAmount } from '../../domain/money.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { eventsOf, orderStory } from '../../store/payment-history.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult } from '../listing.ts';

export const command: Command = {
  path: 'payment history',
  summary: 'Show everything that happened to a payment, oldest first',
  arguments: [{ name: 'ref', about: 'payment: reference, id or voucher number' }],
  examples: [{ command: 'treasury payment history {PAYMENT}', about: 'who did what, and when' }],
  access: 'books.read',
  writes: false,
  document: 'payment_event',
  async run(context, input) {
    const store = await context.store();
    const view = await findPayment(store, await context.actor(), input.text('ref'));
    const documents = await store.read(async (tx) => {
      const [events, story] = await Promise.all([eventsOf(tx, view.payment.ref), orderStory(tx, view.payment.id)]);
      return paymentHistory(events, story);
    });
    const zone = await context.zone();
    return listResult({
      noun: 'event',
      documents,
      columns: columnsFor(zone),
      page: { next: null, count: documents.length, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<PaymentEventDocument>[] => [
  {
    key: 'at',
    title: 'When',
    kind: 'time',
    value: (event) => formatInstant(new Date(event.at), zone),
    csv: (event) => event.at,
    priority: 1,
  },
  { key: 'actor', title: 'Who', value: (event) => event.actor, priority: 1 },
  { key: 'action', title: 'What', value: (event) => event.action, priority: 1 },
  { key: 'details', title: 'Details', value: (event) => detailsOf(event.payload), priority: 2 },
];

/** What an event holds, its amounts as people read them. */
function detailsOf(payload: object): string {
  const held = Object.entries(payload).filter(([, value]) => value !== null && typeof value !== 'object');
  const currency: unknown = held.find(([key]) => key === 'currency')?.[1];
  return held
    .map(([key, value]: [string, unknown]) =>
      typeof currency === 'string' && typeof value === 'number' && key.endsWith('_minor')
        ? `${key.slice(0, -'_minor'.length)} ${formatAmount(value, currency)}`
        : `${key} ${String(value)}`,
    )
    .join(', ');
}
