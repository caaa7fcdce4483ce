import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askAttempt } from '../../src/operations/ask-attempt.ts';
import { lookAfterDue } from '../../src/operations/look-after-payments.ts';
import { applyWaiting } from '../../src/operations/receive-evidence.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { keepMessage, oddMessages } from '../../src/store/gateway-messages.ts';
import { suspenseViews } from '../../src/store/suspense.ts';
import type { Row } from '../../src/store/tables.ts';
import { applyReport, keepReport } from '../../src/operations/take-report.ts';
import { accepted, aRail, payByDaraja, reader, resultOf, say, type FakeRail } from '../support/a-rail.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  errorOf,
  MINUTE,
  problemOf,
  reasonsOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;
  let rail: FakeRail;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    await payByDaraja(office);
    fund = await office.fund({ opening: '1,000,000.00' });
  });
  beforeEach(() => {
    rail = aRail();
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** A payment whose money is reserved, and its attempt. */
  const reserved = async (amount = '1,000.00') => {
    const payment = await office.payment(fund, { method: 'mpesa', amount });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    return { payment, attempt: executed.attempt };
  };
  /** A payment that its rail has taken. */
  const sent = async (amount?: string) => {
    const one = await reserved(amount);
    const answer = await sendAttempt(office.store, one.attempt.id, rail.sending);
    return { ...one, answer };
  };
  const now = async (payment: Row<'payments'>) => {
    const { payment: row, attempts, entries, executions } = await office.state(payment);
    return {
      status: row.status,
      attempt: attempts.at(-1)?.state,
      debits: entries.filter((entry) => entry.paymentId === row.id && entry.kind === 'payment').length,
      executions: executions.length,
      retries: row.retryCount,
    };
  };
  const PAID = { status: 'success', attempt: 'paid', debits: 1, executions: 1, retries: 0 };
  const reservedNow = async () => (await office.fundNow(fund)).reservedMinor;

  describe('an order to a rail', () => {
    test('the money is reserved before anything is sent, and the order has a key of 19 characters and a way back of its own', async () => {
      const before = await reservedNow();
      const { payment, attempt } = await reserved();
      expect(await now(payment)).toMatchObject({ status: 'executing', attempt: 'reserved', debits: 0 });
      expect((await reservedNow()) - before).toBe(100_000);
      await sendAttempt(office.store, attempt.id, rail.sending);
      const [order] = rail.orders;
      expect(order).toMatchObject({ amountMinor: 100_000, currency: 'KES', destination: '254712345678' });
      expect(order?.key).toMatch(/^[0-9A-Z-]{19}$/);
      expect(order?.resultUrl).toMatch(/^https:\/\/office\.example\.org\/results\/[0-9a-f]{32}$/);
    });

    test('while it is under way the attempt is sent, and nothing is locked', async () => {
      const { payment, attempt } = await reserved();
      rail.during = async () => {
        expect(await now(payment)).toMatchObject({ attempt: 'sent' });
        await office.requisition();
      };
      const answer = await sendAttempt(office.store, attempt.id, rail.sending);
      expect(answer.state).toBe('accepted');
      expect(await now(payment)).toMatchObject({ status: 'executing', attempt: 'accepted', debits: 0 });
    });

    test('it is sent by one process only, and never a second time', async () => {
      const { attempt } = await reserved();
      const other = { ...rail.sending, holder: 'another process' };
      expect(await sendAttempt(office.store, attempt.id, other)).toEqual({ state: 'taken' });
      expect(rail.orders).toHaveLength(0);
      await sendAttempt(office.store, attempt.id, rail.sending);
      expect(await sendAttempt(office.store, attempt.id, rail.sending)).toEqual({ state: 'taken' });
      expect(rail.orders).toHaveLength(1);
    });

    test('refused for certain it fails, its money is free again, and a retry has a key of its own', async () => {
      const before = await reservedNow();
      rail.answers = [
        { kind: 'rejected', code: '2001', reason: 'The initiator information is invalid.', stops: true, raw: '{}' },
      ];
      const { payment, answer } = await sent();
      expect(answer).toMatchObject({ state: 'failed', stops: true });
      expect(await now(payment)).toMatchObject({ status: 'failed', attempt: 'failed', retries: 1 });
      expect(await reservedNow()).toBe(before);
      await retryPayment(office.store, office.people.carol, { paymentId: payment.id, reason: null });
      await office.execute(payment);
      const keys = (await office.state(payment)).attempts.map(({ idempotencyKey }) => idempotencyKey);
      expect(new Set(keys).size).toBe(2);
      expect(keys[0]?.slice(0, 15)).toBe(keys[1]?.slice(0, 15));
    });

    test('where no byte left it has failed, too', async () => {
      rail.answers = [{ kind: 'not_sent', reason: 'ECONNREFUSED' }];
      const { payment, answer } = await sent();
      expect(answer).toMatchObject({ state: 'failed', reason: 'never sent: ECONNREFUSED' });
      expect(await now(payment)).toMatchObject({ status: 'failed', attempt: 'failed' });
    });

    test('turned away unlooked at it is sent again, with the same key and ever longer pauses, four times at most', async () => {
      const busy = { kind: 'busy', reason: 'spike arrest', raw: '{}' } as const;
      rail.answers = [busy, busy, accepted()];
      expect((await sent()).answer.state).toBe('accepted');
      expect(rail.pauses).toEqual([1000, 2000]);
      expect(new Set(rail.orders.map(({ key }) => key)).size).toBe(1);
      rail = aRail();
      rail.answers = [busy];
      expect((await sent()).answer.state).toBe('failed');
      expect(rail.orders).toHaveLength(4);
    });

    test('what cannot be classified is unknown: nothing is released, nothing can be tried again', async () => {
      const before = await reservedNow();
      rail.answers = [{ kind: 'unknown', reason: 'timeout', raw: null }];
      const { payment, answer } = await sent();
      expect(answer.state).toBe('unknown');
      expect((await reservedNow()) - before).toBe(100_000);
      const retried = await problemOf(
        retryPayment(office.store, office.people.carol, { paymentId: payment.id, reason: null }),
      );
      expect(retried.kind).toBe('pending');
      const again = await problemOf(
        executePayment(office.store, office.people.carol, {
          paymentId: payment.id,
          gatewayReference: null,
          dayAt: office.dayAt,
        }),
      );
      expect(again.kind).toBe('pending');
    });

    test('cents, less than 10 and more than 250,000 shillings are refused before anything is reserved', async () => {
      for (const [amount, why] of [
        ['9.00', 'at least KES 10.00'],
        ['250,001.00', 'at most KES 250,000.00'],
        ['100.50', 'whole shillings'],
      ] as const) {
        const payment = await office.payment(fund, { method: 'mpesa', amount });
        const refusal = await problemOf(office.execute(payment));
        expect(refusal.kind).toBe('refused');
        expect(reasonsOf(refusal)).toContain(why);
        expect(await now(payment)).toMatchObject({ status: 'pending', retries: 0 });
      }
      for (const amount of ['10.00', '250,000.00']) expect((await reserved(amount)).attempt.state).toBe('reserved');
    });

    test('what somebody has paid in the app is posted at once, as before', async () => {
      const payment = await office.payment(fund, { method: 'mpesa' });
      await office.pay(payment, undefined, 'BYHAND01');
      expect(await now(payment)).toMatchObject(PAID);
    });
  });

  describe('evidence', () => {
    test('a result that fits posts the payment, once, however often it comes', async () => {
      const before = await reservedNow();
      const { payment, attempt } = await sent();
      const result = resultOf(attempt, payment);
      expect((await say(office, result)).outcome).toBe('applied');
      expect(await now(payment)).toMatchObject(PAID);
      expect(await reservedNow()).toBe(before);
      expect((await say(office, result)).outcome).toBe('repeated');
      expect(await now(payment)).toMatchObject(PAID);
    });

    test('the same message again is not even kept again', async () => {
      const { payment, attempt } = await sent();
      const result = resultOf(attempt, payment);
      const first = await say(office, result, { externalId: 'the same' });
      const second = await say(office, result, { externalId: 'the same' });
      expect(second.message.id).toBe(first.message.id);
      expect(second.outcome).toBe('applied');
      expect(await now(payment)).toMatchObject(PAID);
    });

    test('a failure releases the money; a success after it is held in suspense, and flips nothing', async () => {
      const before = await reservedNow();
      const { payment, attempt } = await sent();
      await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
      expect(await now(payment)).toMatchObject({ status: 'failed', attempt: 'failed', debits: 0 });
      expect(await reservedNow()).toBe(before);
      const late = await say(office, resultOf(attempt, payment, { reference: 'LATE1' }));
      expect(late).toMatchObject({ outcome: 'applied' });
      expect(late.detail).toContain('paid after it had failed');
      expect(await now(payment)).toMatchObject({ status: 'failed', debits: 0 });
      const held = await office.store.read((tx) => suspenseViews(tx, { settled: false }));
      expect(held).toContainEqual(expect.objectContaining({ payment: payment.ref }));
      expect((await say(office, resultOf(attempt, payment, { reference: 'LATE1' }))).outcome).toBe('repeated');
    });

    test('a failure after it was paid contradicts, and flips nothing', async () => {
      const { payment, attempt } = await sent();
      await say(office, resultOf(attempt, payment));
      const late = await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
      expect(late.outcome).toBe('contradicts');
      expect(await now(payment)).toMatchObject(PAID);
    });

    test.each([
      ['another amount', { amountMinor: 99_900 }],
      ['no amount', { amountMinor: null }],
      ['another receiver', { receiver: '254799999999' }],
      ['another currency', { currency: 'UGX' }],
      ['another conversation', { conversation: 'AG_OTHER' }],
    ])('a success with %s is refused, and the outcome stays open', async (_, said) => {
      const { payment, attempt } = await sent();
      expect((await say(office, resultOf(attempt, payment, said))).outcome).toBe('contradicts');
      expect(await now(payment)).toMatchObject({ status: 'executing', debits: 0 });
      const odd = await office.store.read((tx) => oddMessages(tx, 100));
      expect(odd.some(({ attemptId }) => attemptId === attempt.id)).toBe(true);
    });

    test('a receipt of another payment pays nothing', async () => {
      const first = await sent();
      await say(office, resultOf(first.attempt, first.payment, { reference: 'TWICE1' }));
      const second = await sent();
      expect((await say(office, resultOf(second.attempt, second.payment, { reference: 'twice1' }))).outcome).toBe(
        'contradicts',
      );
      await office.pay(await office.payment(fund, { method: 'mpesa' }), undefined, 'INAPP7');
      expect((await say(office, resultOf(second.attempt, second.payment, { reference: 'INAPP7' }))).outcome).toBe(
        'contradicts',
      );
      const byHand = await problemOf(office.pay(await office.payment(fund, { method: 'mpesa' }), undefined, 'TWICE1'));
      expect(byHand.code).toBe('GATEWAY_REFERENCE_USED');
    });

    test('what nobody ordered is kept and not applied, nor what was addressed to another order', async () => {
      const { payment, attempt } = await sent();
      const other = await sent();
      const unknown = { ...resultOf(attempt, payment), key: '000000000000000-001' };
      expect((await say(office, unknown)).outcome).toBe('unmatched');
      expect((await say(office, resultOf(attempt, payment), { attemptId: other.attempt.id })).outcome).toBe(
        'contradicts',
      );
      expect(await now(payment)).toMatchObject({ status: 'executing' });
    });

    test('a result reported to an address that was given to nobody is kept, and changes nothing', async () => {
      const { payment, attempt } = await sent();
      expect((await say(office, resultOf(attempt, payment), { attemptId: null })).outcome).toBe('unmatched');
      expect(await now(payment)).toMatchObject({ status: 'executing' });
    });

    test('a failure that one person brings as a file releases nothing: they could be paid twice', async () => {
      const { payment, attempt } = await sent();
      const failed = resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null });
      const imported = { source: 'import', remote: 'david', attemptId: null } as const;
      expect((await say(office, failed, imported)).outcome).toBe('noted');
      expect((await say(office, failed, { ...imported, source: 'file', remote: 'carol' })).outcome).toBe('noted');
      expect(await now(payment)).toMatchObject({ status: 'executing', attempt: 'accepted' });
      expect((await say(office, failed, { ...imported, source: 'file' })).outcome).toBe('applied');
      expect(await now(payment)).toMatchObject({ status: 'failed' });
    });

    test('a success that somebody brings posts, as the reference that an executor gives would', async () => {
      const { payment, attempt } = await sent();
      const imported = { source: 'import', remote: 'carol', attemptId: null } as const;
      expect((await say(office, resultOf(attempt, payment), imported)).outcome).toBe('applied');
      expect(await now(payment)).toMatchObject(PAID);
    });

    test('a result that comes before the reply is not undone by it', async () => {
      const { payment, attempt } = await reserved();
      rail.during = async () => void (await say(office, resultOf(attempt, payment)));
      const answer = await sendAttempt(office.store, attempt.id, rail.sending);
      expect(answer.state).toBe('unknown');
      expect(await now(payment)).toMatchObject(PAID);
    });

    test('a fee that the gateway names is posted with the payment', async () => {
      const { payment, attempt } = await sent();
      const before = (await office.fundNow(fund)).balanceMinor;
      await say(office, resultOf(attempt, payment, { feeMinor: 2_240 }));
      expect(before - (await office.fundNow(fund)).balanceMinor).toBe(102_240);
    });

    test('what was kept and not applied, as the machine crashed between, is applied later', async () => {
      const { payment, attempt } = await sent();
      await office.store.write((tx) =>
        keepMessage(tx, {
          gateway: 'daraja',
          source: 'callback',
          externalId: 'kept only',
          attemptId: attempt.id,
          raw: JSON.stringify(resultOf(attempt, payment)),
          remote: null,
        }),
      );
      expect(await now(payment)).toMatchObject({ status: 'executing' });
      expect(await applyWaiting(office.store, reader(office.dayAt))).toHaveLength(1);
      expect(await now(payment)).toMatchObject(PAID);
      expect(await applyWaiting(office.store, reader(office.dayAt))).toHaveLength(0);
    });

    test('an error while it is applied leaves it waiting, and nothing half done', async () => {
      const { payment, attempt } = await sent();
      office.fault.strike = (sql) => {
        if (/insert into "?payment_executions/i.test(sql)) throw new Error('disk full');
      };
      expect(await errorOf(say(office, resultOf(attempt, payment)))).toBeInstanceOf(Error);
      office.fault.strike = null;
      expect(await now(payment)).toMatchObject({ status: 'executing', debits: 0 });
      await applyWaiting(office.store, reader(office.dayAt));
      expect(await now(payment)).toMatchObject(PAID);
    });
  });

  describe('what crashes leave behind', () => {
    test('reserved and never sent: whoever looks after it sends it, once the lease is over', async () => {
      const { payment, attempt } = await reserved();
      const other = { ...rail.sending, holder: 'a worker' };
      expect(await askAttempt(office.store, attempt.id, other)).toEqual({ did: 'nothing' });
      office.pass(2 * MINUTE);
      expect((await askAttempt(office.store, attempt.id, other)).did).toBe('sent');
      expect(rail.orders).toHaveLength(1);
      expect(await now(payment)).toMatchObject({ attempt: 'accepted' });
    });

    test('sent, and nobody recorded the reply: it is unknown, it is asked about and never sent again', async () => {
      const { payment, attempt } = await reserved();
      rail.during = async () => {
        throw new Error('the machine is gone');
      };
      expect(await errorOf(sendAttempt(office.store, attempt.id, rail.sending))).toBeInstanceOf(Error);
      rail.during = null;
      office.pass(2 * MINUTE);
      const asked = await askAttempt(office.store, attempt.id, { ...rail.sending, holder: 'a worker' });
      expect(asked.did).toBe('asked');
      expect(rail.orders).toHaveLength(1);
      expect(rail.questions).toHaveLength(1);
      expect(await now(payment)).toMatchObject({ status: 'executing', attempt: 'unknown' });
      await say(office, resultOf(attempt, payment));
      expect(await now(payment)).toMatchObject(PAID);
    });

    test('it is looked at after five minutes, an hour, then daily', async () => {
      const { attempt, payment } = await sent();
      const worker = { ...rail.sending, holder: 'a worker' };
      const looks = async () => {
        const before = rail.questions.length;
        await lookAfterDue(office.store, { sending: worker, reader: reader(office.dayAt) });
        return rail.questions.slice(before).filter(({ key }) => key === attempt.idempotencyKey).length;
      };
      expect(await looks()).toBe(0);
      for (const milliseconds of [5 * MINUTE, 60 * MINUTE, DAY, DAY]) {
        office.pass(milliseconds - 1000);
        expect(await looks()).toBe(0);
        office.pass(1000);
        expect(await looks()).toBe(1);
      }
      await say(office, resultOf(attempt, payment));
      office.pass(DAY);
      expect(await looks()).toBe(0);
    });

    test('"no such order" proves nothing until the quiet period is over, and never of what was accepted', async () => {
      const absent = { outcome: 'absent', code: '2032', reference: null, amountMinor: null } as const;
      rail.answers = [{ kind: 'unknown', reason: 'timeout', raw: null }];
      const { payment, attempt } = await sent();
      office.pass(DAY - 1);
      expect((await say(office, resultOf(attempt, payment, absent))).outcome).toBe('noted');
      expect(await now(payment)).toMatchObject({ status: 'executing' });
      office.pass(1);
      expect((await say(office, resultOf(attempt, payment, absent))).outcome).toBe('applied');
      expect(await now(payment)).toMatchObject({ status: 'failed', attempt: 'failed' });
      rail = aRail();
      const taken = await sent();
      office.pass(2 * DAY);
      expect((await say(office, resultOf(taken.attempt, taken.payment, absent))).outcome).toBe('contradicts');
    });

    test('the same answer to a later question is judged anew: what proved nothing then may prove something now', async () => {
      const absent = { outcome: 'absent', code: '2032', reference: null, amountMinor: null } as const;
      rail.answers = [{ kind: 'unknown', reason: 'timeout', raw: null }];
      const { payment, attempt } = await sent();
      const report = async () => {
        const body = JSON.stringify(resultOf(attempt, payment, absent));
        const message = await keepReport(office.store, {
          token: attempt.resultToken,
          about: 'result',
          body,
          remote: '127.0.0.1',
        });
        return (await applyReport(office.store, message, reader(office.dayAt))).outcome;
      };
      expect(await report()).toBe('noted');
      expect(await report()).toBe('noted');
      office.pass(DAY);
      await askAttempt(office.store, attempt.id, { ...rail.sending, holder: 'a worker' });
      expect(await report()).toBe('applied');
      expect(await now(payment)).toMatchObject({ status: 'failed' });
    });

    test('a payment that the gateway made a second time is held, too', async () => {
      const { payment, attempt } = await sent();
      await say(office, resultOf(attempt, payment, { reference: 'FIRST1' }));
      expect((await say(office, resultOf(attempt, payment, { reference: 'SECOND1' }))).outcome).toBe('applied');
      expect(await now(payment)).toMatchObject(PAID);
      const held = await office.store.read((tx) => suspenseViews(tx, { settled: false }));
      expect(held.filter((one) => one.payment === payment.ref).map(({ item }) => item.gatewayReference)).toEqual([
        'SECOND1',
      ]);
    });
  });
});
