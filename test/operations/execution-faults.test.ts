import Database from 'better-sqlite3';
import pg from 'pg';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { cancelPayment, retryPayment } from '../../src/operations/retry-payment.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { openStore, sqlitePath } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import {
  aPayingOffice,
  bookFaults,
  errorOf,
  failingCodes,
  problemOf,
  type PayingOffice,
  type PaymentState,
} from '../support/an-office.ts';
import { proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';

/** Statements that ask for the guards, lock and judge: an error in one of them is no attempt, as the checks had not passed. Postgres locks sums too. */
const JUDGING = { sqlite: 8, postgres: 9 } as const;

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];

  beforeAll(async () => {
    // Some of these faults are triggers, which a guarded store would refuse before they could strike.
    office = await aPayingOffice(open, { anySchema: true });
    people = office.people;
  });
  afterEach(async () => {
    office.fault.strike = null;
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** Makes the n-th statement from now fail, and no other; tells whether it came to that. */
  function failStatement(n: number): () => boolean {
    let count = 0;
    let struck = false;
    office.fault.strike = () => {
      count += 1;
      if (count !== n) return;
      struck = true;
      // What comes afterwards, as the record of the failure does, works again.
      office.fault.strike = null;
      throw new Error(`statement ${n} failed`);
    };
    return () => struck;
  }

  /** What a failed attempt must not have touched. */
  const untouched = ({ fund, executions, entries, challenges, replenishments, totals }: PaymentState) => ({
    ...{ balance: fund.balanceMinor, reserved: fund.reservedMinor, seq: fund.entrySeq, voucher: fund.voucherSeq },
    ...{ executions, entries, challenges, replenishments, totals },
  });

  const retry = (payment: Row<'payments'>) =>
    retryPayment(office.store, people.carol, { paymentId: payment.id, reason: null });

  /** Runs an execution again and again, each time failing one statement later, until it gets through. */
  async function failEachStatement(
    payment: Row<'payments'>,
    reference: string | null,
  ): Promise<{ before: PaymentState; failures: number }> {
    const before = await office.state(payment);
    let failures = 0;
    for (let n = 1; ; n += 1) {
      const start = await office.state(payment);
      const struck = failStatement(n);
      const error = await errorOf(office.execute(payment, people.carol, reference));
      office.fault.strike = null;
      if (!struck()) {
        expect(error).toBeUndefined();
        return { before, failures };
      }
      expect(error).toMatchObject({ message: expect.stringContaining(`statement ${n} failed`) });
      const after = await office.state(payment);
      expect(untouched(after)).toEqual(untouched(before));
      if (n <= JUDGING[dialect]) {
        expect(after).toEqual(start);
        continue;
      }
      failures += 1;
      expect(after.payment).toMatchObject({
        status: 'failed',
        retryCount: failures,
        lastError: `statement ${n} failed`,
        executedAt: null,
      });
      expect(after.attempts.at(-1)).toMatchObject({
        number: failures,
        state: 'failed',
        reservedMinor: 0,
        error: `statement ${n} failed`,
        closedAt: office.clock.now,
      });
      expect(after.actions.slice(start.actions.length)).toEqual(['payment.failed']);
      expect(failingCodes(await problemOf(office.execute(payment, people.carol, reference)))).toEqual([
        'PAYMENT_FAILED',
      ]);
      await retry(payment);
    }
  }

  describe('whichever statement fails', () => {
    test('cash: nothing is left but a failed attempt, and after a retry the same code still pays', async () => {
      const fund = await office.fund({ opening: '1,000', reorderLevel: '600', otpThreshold: '0' });
      const payment = await office.payment(fund, { amount: '500', maxRetries: '100' });
      await office.verify(payment, await office.code(payment));
      const { before, failures } = await failEachStatement(payment, null);
      expect(failures).toBeGreaterThan(10);
      const after = await office.state(payment);
      expect(after).toMatchObject({
        payment: { status: 'success', lastError: null, retryCount: failures },
        fund: { balanceMinor: 50_000, reservedMinor: 0, voucherSeq: 1 },
      });
      expect(after.entries).toHaveLength(before.entries.length + 1);
      expect(after.executions).toHaveLength(1);
      expect(after.replenishments).toHaveLength(1);
      expect(after.attempts.map(({ number }) => number)).toEqual(
        Array.from({ length: failures + 1 }, (_, at) => at + 1),
      );
      expect(after.attempts.map(({ state }) => state).slice(-2)).toEqual(['failed', 'paid']);
      expect(after.challenges[0]?.consumedAt).toEqual(office.clock.now);
    });

    test('a reservation: nothing is reserved, the code is not used up', async () => {
      const fund = await office.fund({ opening: '1,000', otpThreshold: '0' });
      const payment = await office.payment(fund, { amount: '500', method: 'bank', maxRetries: '100' });
      await office.verify(payment, await office.code(payment));
      const { failures } = await failEachStatement(payment, null);
      expect(failures).toBeGreaterThan(4);
      expect(await office.state(payment)).toMatchObject({
        payment: { status: 'executing' },
        fund: { balanceMinor: 100_000, reservedMinor: 50_000 },
      });
    });

    test('paid in the app with its reference: the reference is free until it is posted', async () => {
      const payment = await office.payment(await office.fund({ opening: '1,000' }), {
        amount: '500',
        method: 'mpesa',
        maxRetries: '100',
      });
      await failEachStatement(payment, 'QKFAULTS');
      expect((await office.state(payment)).executions).toMatchObject([{ gatewayReference: 'QKFAULTS' }]);
    });

    test.each(['paid', 'not_paid'] as const)(
      'settling as %s: the payment stays under way until it is settled',
      async (kind) => {
        const payment = await office.payment(await office.fund({ opening: '1,000', reorderLevel: '800' }), {
          amount: '500',
          method: 'bank',
        });
        await office.execute(payment);
        const before = await office.state(payment);
        const outcome = kind === 'paid' ? { kind, reference: 'FTSETTLED' } : { kind, reason: 'nothing in the app' };
        const settle = () =>
          resolvePaymentOutcome(office.store, people.david, { paymentId: payment.id, outcome, dayAt: office.dayAt });
        // "Not paid" takes two: the second is the one who settles it.
        const { proposed } = kind === 'paid' ? { proposed: null } : await proposedBy(settle());
        const done = () =>
          proposed === null
            ? settle()
            : confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
        for (let n = 1; ; n += 1) {
          const struck = failStatement(n);
          const error = await errorOf(done());
          office.fault.strike = null;
          if (!struck()) break;
          expect(error).toBeInstanceOf(Error);
          expect(await office.state(payment)).toEqual(before);
        }
        expect((await office.state(payment)).payment.status).toBe(kind === 'paid' ? 'success' : 'failed');
      },
    );

    test('sending a code: no usable code is left unless it was sent', async () => {
      const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
      for (let n = 1; ; n += 1) {
        office.pass(16 * 60_000);
        const struck = failStatement(n);
        const error = await errorOf(office.send(payment));
        office.fault.strike = null;
        if (!struck()) break;
        expect(error).toBeInstanceOf(Error);
        const { challenges, actions } = await office.state(payment);
        expect(challenges.filter(({ sentAt }) => sentAt !== null)).toEqual([]);
        expect(actions).not.toContain('otp.sent');
      }
      expect((await office.state(payment)).actions.at(-1)).toBe('otp.sent');
    });
  });

  describe('attempts', () => {
    test('as many failures as there are attempts, then no more', async () => {
      const payment = await office.payment(await office.fund(), { maxRetries: '2' });
      for (const number of [1, 2]) {
        failStatement(JUDGING[dialect] + 3);
        expect(await errorOf(office.execute(payment))).toBeInstanceOf(Error);
        expect((await office.state(payment)).payment).toMatchObject({ status: 'failed', retryCount: number });
        if (number === 1) await retry(payment);
      }
      expect(await problemOf(retry(payment))).toMatchObject({ kind: 'refused', code: 'RETRIES_EXHAUSTED' });
      await cancelPayment(office.store, people.carol, { paymentId: payment.id, reason: null });
    });

    test('a refused check is no attempt, however often', async () => {
      const payment = await office.payment(await office.fund({ opening: '1' }), { maxRetries: '1' });
      for (let number = 1; number <= 3; number += 1) await problemOf(office.execute(payment));
      expect(await office.state(payment)).toMatchObject({
        payment: { status: 'pending', retryCount: 0 },
        attempts: [],
      });
    });

    test('the failure of an execution that somebody else made good meanwhile is not recorded', async () => {
      const payment = await office.payment(await office.fund());
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        // The fault strikes; before it is recorded another process pays.
        const { recordFailedAttempt } = await import('../../src/operations/record-failed-attempt.ts');
        await office.pay(payment, people.peter);
        const before = await office.state(payment);
        await recordFailedAttempt(other, people.carol, payment.id, new Error('too late'));
        expect(await office.state(payment)).toEqual(before);
      } finally {
        await other.close();
      }
    });

    test('an error that holds a statement keeps no parameters in the payment', async () => {
      const payment = await office.payment(await office.fund());
      const raw = await sabotage(office.url, dialect, 'at_insert');
      try {
        expect(await errorOf(office.execute(payment))).toBeInstanceOf(Error);
      } finally {
        await raw.restore();
      }
      const { lastError } = (await office.state(payment)).payment;
      expect(lastError).toContain('sabotage');
      expect(lastError).not.toMatch(/insert into|params|Jane/i);
      await retry(payment);
      await office.pay(payment);
    });
  });

  test('a COMMIT that fails leaves nothing but a failed attempt', async () => {
    const fund = await office.fund({ opening: '1,000', reorderLevel: '900', otpThreshold: '0' });
    const payment = await office.payment(fund, { amount: '500' });
    await office.verify(payment, await office.code(payment));
    const before = await office.state(payment);
    const raw = await sabotage(office.url, dialect, 'at_commit');
    try {
      const error = await errorOf(office.execute(payment));
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Problem);
    } finally {
      await raw.restore();
    }
    const after = await office.state(payment);
    expect(untouched(after)).toEqual(untouched(before));
    expect(after).toMatchObject({
      payment: { status: 'failed', retryCount: 1 },
      attempts: [{ number: 1, state: 'failed' }],
    });
    await retry(payment);
    await office.pay(payment);
  });

  if (dialect === 'sqlite')
    test('a database that rolls back by itself in the middle leaves nothing but a failed attempt', async () => {
      const payment = await office.payment(await office.fund({ opening: '1,000' }));
      const before = await office.state(payment);
      const raw = await sabotage(office.url, dialect, 'rollback');
      try {
        expect(await errorOf(office.execute(payment))).toBeInstanceOf(Error);
      } finally {
        await raw.restore();
      }
      const after = await office.state(payment);
      expect(untouched(after)).toEqual(untouched(before));
      expect(after.payment).toMatchObject({ status: 'failed', retryCount: 1 });
    });
});

/** Puts a trigger on executions that fails as it is inserted, at COMMIT, or with a rollback of its own. */
async function sabotage(
  url: string,
  dialect: string,
  when: 'at_insert' | 'at_commit' | 'rollback',
): Promise<{ restore: () => Promise<void> }> {
  const run = (statements: string) => runRaw(url, dialect, statements);
  if (dialect === 'postgres') {
    const deferred =
      when === 'at_commit'
        ? 'CONSTRAINT TRIGGER sabotage AFTER INSERT ON payment_executions DEFERRABLE INITIALLY DEFERRED'
        : 'TRIGGER sabotage AFTER INSERT ON payment_executions';
    await run(
      `CREATE FUNCTION sabotage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sabotage'; END $$;
       CREATE ${deferred} FOR EACH ROW EXECUTE FUNCTION sabotage();`,
    );
    return { restore: () => run('DROP TRIGGER sabotage ON payment_executions; DROP FUNCTION sabotage();') };
  }
  const body = {
    at_insert: "SELECT RAISE(ABORT, 'sabotage')",
    rollback: "SELECT RAISE(ROLLBACK, 'sabotage')",
    at_commit: "INSERT INTO sabotaged VALUES ('nobody')",
  }[when];
  await run(
    `CREATE TABLE sabotaged (id TEXT REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);
     CREATE TRIGGER sabotage AFTER INSERT ON payment_executions BEGIN ${body}; END;`,
  );
  return { restore: () => run('DROP TRIGGER sabotage; DROP TABLE sabotaged;') };
}

async function runRaw(url: string, dialect: string, statements: string): Promise<void> {
  if (dialect === 'sqlite') {
    const raw = new Database(sqlitePath(url));
    raw.exec(statements);
    raw.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statements);
  await client.end();
}
