import type { OrderStory } from '../store/payment-history.ts';

/** One thing that happened to a payment, from the audit event that proves it. Throws when the event's text is not an object. */
function paymentEventDocument(event: { chain: string; seq: number; body: string }) {
  const body: unknown = JSON.parse(event.body);
  const read = (key: string): unknown =>
    typeof body === 'object' && body !== null ? Object.entries(body).find(([name]) => name === key)?.[1] : undefined;
  const text = (key: string): string => {
    const value = read(key) ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const payload = read('payload');
  return {
    at: text('at'),
    actor: text('actor'),
    action: text('action'),
    chain: event.chain,
    seq: event.seq,
    payload: typeof payload === 'object' && payload !== null ? { ...payload } : {},
  };
}
export type PaymentEventDocument = ReturnType<typeof paymentEventDocument>;

/**
 * Everything that happened to a payment in its order: its audit events, and between them what no event tells of its orders at gateways.
 * Such a step names the attempt or the message that it is told by as its chain.
 */
export function paymentHistory(
  events: readonly { chain: string; seq: number; body: string }[],
  { attempts, messages }: OrderStory,
): PaymentEventDocument[] {
  const steps = attempts.flatMap(({ ref, gateway, idempotencyKey: key, ...attempt }) => [
    ...stepAt(attempt.sentAt, { action: 'order.sent', chain: ref, seq: 1, payload: { gateway, key } }),
    ...stepAt(attempt.acceptedAt, {
      ...{ action: 'order.taken', chain: ref, seq: 2 },
      payload: { gateway, conversation: attempt.conversation },
    }),
  ]);
  const said = messages.flatMap(({ ref, gateway, source, outcome, detail, receivedAt, attempt }) =>
    stepAt(receivedAt, {
      action: `gateway.${source}`,
      chain: ref,
      seq: 1,
      payload: { attempt, gateway, outcome, detail },
    }),
  );
  return [...events.map(paymentEventDocument), ...steps, ...said].toSorted(
    (one, other) => one.at.localeCompare(other.at) || placeOf(one.action) - placeOf(other.action),
  );
}

const stepAt = (at: Date | null, step: Omit<PaymentEventDocument, 'at' | 'actor'>): PaymentEventDocument[] =>
  at === null ? [] : [{ at: at.toISOString(), actor: 'system', ...step }];

/** What comes first of things that are saved at one instant. */
const placeOf = (action: string): number => {
  if (action === 'order.sent') return 1;
  if (action.startsWith('gateway.')) return 2;
  if (action === 'order.taken') return 3;
  return CLOSING.has(action) ? 4 : 0;
};
const CLOSING: ReadonlySet<string> = new Set(['payment.executed', 'payment.failed']);
