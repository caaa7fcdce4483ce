import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import { executePayment, executeWithin } from '../../src/operations/execute-payment.ts';
import { applyEvidence } from '../../src/operations/receive-evidence.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { fundReplenishment } from '../../src/operations/fund-replenishment.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { approveReplenishment } from '../../src/operations/approve-replenishment.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import type { Store } from '../../src/store/store.ts';
import { keepMessage } from '../../src/store/gateway-messages.ts';
import type { Row } from '../../src/store/tables.ts';
import { rawConnection } from '../support/raw.ts';
import { aRail, payByDaraja, reader, resultOf, say } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, failingCodes, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

/** Longer than anybody waits for a lock. */
const MOST_TRIES = 500;

// What payments of two funds count in together, by two processes at the same instant.
eachDatabase((open, dialect) => {
  let office: PayingOffice;

  beforeEach(async () => {
    office = await aPayingOffice(open, { connections: 4 });
  });

  const execute = (store: Store, payment: Row<'payments'>, gatewayReference: string | null = null) =>
    executePayment(store, office.people.carol, { paymentId: payment.id, gatewayReference, dayAt: office.dayAt });
  /** Returns once a transaction waits for another; SQLite lets none begin beside another. */
  const somebodyWaits = async (): Promise<void> => {
    if (dialect === 'sqlite') return pause(50);
    const raw = await rawConnection(office.url, dialect);
    const waiting = `select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (let tries = 0; tries < MOST_TRIES && (await raw.run(waiting)).length === 0; tries += 1) await pause(20);
    return raw.close();
  };
  /** Does the one, and begins the other before the one is committed; answers both once they have ended. */
  const atOnce = async <One, Other>(one: (store: Store) => Promise<One>, other: () => Promise<Other>) => {
    const [done, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = one({
      ...office.store,
      write: (work, options) =>
        office.store.write(async (tx) => {
          const answer = await work(tx);
          done.resolve();
          await goOn.promise;
          return answer;
        }, options),
    });
    await Promise.race([done.promise, first]);
    const second = other();
    const ended = second.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([ended, somebodyWaits()]);
    goOn.resolve();
    return Promise.all([first, second]);
  };

  test('what one destination gets from two funds is added up: the second needs a code', async () => {
    const [one, other] = [await office.fund({ otpThreshold: '1,500' }), await office.fund({ otpThreshold: '1,500' })];
    const first = await office.payment(one, { amount: '1,000', destination: 'Jane Wanjiru' });
    const second = await office.payment(other, { amount: '1,000', destination: 'JANE WANJIRU' });
    const [, refused] = await atOnce(
      (store) => execute(store, first),
      () => problemOf(office.execute(second)),
    );
    expect(failingCodes(refused)).toEqual(['OTP_REQUIRED']);
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('another destination waits for nobody', async () => {
    const [one, other] = [await office.fund({ otpThreshold: '1,500' }), await office.fund({ otpThreshold: '1,500' })];
    const first = await office.payment(one, { amount: '1,000', destination: 'Jane Wanjiru' });
    const elsewhere = await office.payment(other, { amount: '1,000', destination: 'Ann' });
    if (dialect === 'sqlite') return;
    const [, paid] = await office.store.write(async (tx) => [
      await executeWithin(
        tx,
        office.people.carol,
        { paymentId: first.id, gatewayReference: null, dayAt: office.dayAt },
        () => undefined,
      ),
      await execute(office.store, elsewhere),
    ]);
    expect(paid.state).toBe('paid');
  });

  /** A payment that failed at M-Pesa, and the message that says it was paid after all, kept and not applied. */
  const latePaid = async (reference: string) => {
    const payment = await office.payment(await office.fund({ opening: '100,000' }), { method: 'mpesa' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    const { attempt } = executed;
    await sendAttempt(office.store, attempt.id, aRail().sending);
    await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
    const { message } = await office.store.write((tx) =>
      keepMessage(tx, {
        ...{ gateway: 'daraja', source: 'callback', externalId: `late ${reference}`, remote: null },
        ...{ raw: JSON.stringify(resultOf(attempt, payment, { reference })), attemptId: attempt.id },
      }),
    );
    return message.id;
  };

  test('a receipt of money that is held is not that of a payment by hand', async () => {
    await payByDaraja(office);
    const message = await latePaid('SKJ9SAME01');
    const byHand = await office.payment(await office.fund(), { method: 'mpesa' });
    const [applied, refused] = await atOnce(
      (store) => applyEvidence(store, message, reader(office.dayAt)),
      () => problemOf(office.execute(byHand, office.people.carol, 'skj9same01')),
    );
    expect(applied.detail).toContain('paid after it had failed');
    expect(refused.code).toBe('GATEWAY_REFERENCE_USED');
    expect((await office.state(byHand)).payment.status).toBe('pending');
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('a receipt of a payment by hand is not that of money that is held', async () => {
    await payByDaraja(office);
    const message = await latePaid('SKJ9SAME02');
    const byHand = await office.payment(await office.fund(), { method: 'mpesa' });
    const [paid, applied] = await atOnce(
      (store) => execute(store, byHand, 'SKJ9SAME02'),
      () => applyEvidence(office.store, message, reader(office.dayAt)),
    );
    expect(paid.state).toBe('paid');
    expect(applied).toMatchObject({
      outcome: 'contradicts',
      detail: 'another payment has the receipt SKJ9SAME02 already',
    });
    expect(await bookFaults(office.store)).toEqual([]);
  });

  test('money that came in for a reversal does not fund a replenishment too', async () => {
    const { people, store } = office;
    const [one, other] = [await office.fund(), await office.fund({ reorderLevel: '200,000' })];
    const paid = await office.payment(one);
    await office.pay(paid);
    const { proposed } = await proposeReversal(store, people.david, {
      ...{ paymentId: paid.id, reason: 'came back', returnedReference: 'BANK-77' },
    });
    const [request] = await store.read((tx) =>
      tx.db.select().from(tx.t.replenishmentRequests).where(eq(tx.t.replenishmentRequests.fundId, other.id)),
    );
    if (request === undefined) throw new Error('nothing was requested');
    await approveReplenishment(store, people.esther, { replenishment: request.ref, reason: null });
    const funding = { replenishment: request.ref, amount: null, reference: 'bank-77' };
    const [, refused] = await atOnce(
      (held) => confirmChange(held, people.esther, { change: proposed.change.ref, reason: null }),
      () => problemOf(fundReplenishment(store, people.david, funding)),
    );
    expect(refused.code).toBe('REFERENCE_USED');
    expect(await bookFaults(store)).toEqual([]);
  });
});
