import { expect, test } from 'vitest';
import { paymentHistory } from '../../src/documents/payment-event.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 9, 18, 6, 0, second));
const event = (action: string, second: number) => ({
  ...{ chain: 'fund:MPESA', seq: 7 },
  body: JSON.stringify({ at: at(second).toISOString(), actor: 'carol', action, payload: { policy: 0 } }),
});
const ATTEMPT = {
  ...{ ref: 'att_4kq7z2', gateway: 'daraja', idempotencyKey: '1D990UDE3KZQAQ1-001', conversation: 'AG_1' },
  ...{ sentAt: at(2), acceptedAt: at(3) },
};
const message = (source: string, second: number) => ({
  ...{ ref: `msg_${source}`, gateway: 'daraja', source, outcome: 'applied', detail: 'paid', receivedAt: at(second) },
  attempt: ATTEMPT.ref,
});
const actions = (...given: Parameters<typeof paymentHistory>) => paymentHistory(...given).map(({ action }) => action);

test('steps of an order stand between the events of its payment, each at its time', () => {
  const events = [event('payment.created', 0), event('payment.reserved', 1), event('payment.executed', 5)];
  const story = { attempts: [ATTEMPT], messages: [message('reply', 3), message('callback', 4)] };
  expect(actions(events, story)).toEqual([
    ...['payment.created', 'payment.reserved', 'order.sent', 'gateway.reply', 'order.taken', 'gateway.callback'],
    'payment.executed',
  ]);
});

test('what was saved at one instant is told in the order in which it can only have been', () => {
  const events = [event('payment.reserved', 2), event('payment.failed', 2)];
  const story = { attempts: [{ ...ATTEMPT, acceptedAt: at(2) }], messages: [message('callback', 2)] };
  expect(actions(events, story)).toEqual([
    ...['payment.reserved', 'order.sent', 'gateway.callback', 'order.taken', 'payment.failed'],
  ]);
});

test('an order that never left has no steps, and a step names what it is told by', () => {
  const reserved = { attempts: [{ ...ATTEMPT, sentAt: null, acceptedAt: null }], messages: [] };
  expect(actions([event('payment.reserved', 1)], reserved)).toEqual(['payment.reserved']);
  expect(paymentHistory([], { attempts: [{ ...ATTEMPT, acceptedAt: null }], messages: [message('query', 4)] })).toEqual(
    [
      {
        ...{ at: '2026-10-18T06:00:02.000Z', actor: 'system', action: 'order.sent', chain: 'att_4kq7z2', seq: 1 },
        payload: { gateway: 'daraja', key: '1D990UDE3KZQAQ1-001' },
      },
      {
        ...{ at: '2026-10-18T06:00:04.000Z', actor: 'system', action: 'gateway.query', chain: 'msg_query', seq: 1 },
        payload: { attempt: 'att_4kq7z2', gateway: 'daraja', outcome: 'applied', detail: 'paid' },
      },
    ],
  );
});
