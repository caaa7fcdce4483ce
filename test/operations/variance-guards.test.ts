import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw, type Value } from '../support/raw.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let raw: Raw;
  let fund: Row<'funds'>;
  let payment: Row<'payments'>;
  let untouched: Row<'payments'>;
  let waiting: Row<'payments'>;
  /** References of variances of payments; `count` is one of the fund's. */
  let pending: string;
  let approved: string;
  let rejected: string;
  let count: string;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    people = office.people;
    fund = await office.fund();
    const paid = async () => {
      const one = await office.payment(fund);
      await office.pay(one);
      return one;
    };
    [payment, untouched] = [await paid(), await paid()];
    waiting = await office.payment(fund);
    const record = async (of: Row<'payments'>, adjusted: string) =>
      (await recordPaymentVariance(office.store, people.david, { paymentId: of.id, adjusted, reason: 'receipt' })).view
        .variance.ref;
    approved = await record(payment, '900');
    await approveVariances(office.store, people.esther, { variances: [approved], reason: null });
    rejected = await record(payment, '800');
    await rejectVariance(office.store, people.esther, { variance: rejected, reason: 'no' });
    pending = await record(payment, '950');
    const counted = await recordCount(office.store, people.david, { fund: fund.code, counted: '90,000', reason: 'c' });
    count = 'view' in counted ? counted.view.variance.ref : '';
    raw = await rawConnection(office.url, dialect);
  });
  afterAll(() => raw.close());

  const everything = () => raw.run('SELECT * FROM variance_adjustments ORDER BY id');
  const rowOf = async (ref: string): Promise<Record<string, Value>> => {
    const [row] = await raw.run('SELECT * FROM variance_adjustments WHERE ref = ?', ref);
    if (row === undefined) throw new Error(`there is no ${ref}`);
    return row;
  };

  /** The statement fails with what the guard says, and nothing has changed. */
  async function refuses(says: RegExp, statement: string, ...values: readonly Value[]): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement, ...values)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  /** Inserts a copy of a variance with some columns changed. */
  async function copy(ref: string, change: Record<string, Value>, verb = 'INSERT'): Promise<void> {
    const forged = { ...(await rowOf(ref)), id: newId(), ref: `var_${newId().slice(-6)}`, ...change };
    const columns = Object.keys(forged);
    await raw.run(
      `${verb} INTO variance_adjustments (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ...Object.values(forged),
    );
  }
  async function refusesCopy(says: RegExp, ...forgery: Parameters<typeof copy>): Promise<void> {
    const before = await everything();
    await expect(copy(...forgery)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  const decide = (who: string, status: string, entry: string | null = null) =>
    [
      'UPDATE variance_adjustments SET status = ?, decided_by = ?, decided_at = created_at, policy_version = 0, entry_id = ? WHERE ref = ?',
      ...[status, who, entry],
    ] as const;

  describe('what was recorded', () => {
    test('never changes, and is never deleted', async () => {
      const columns: readonly (readonly [string, Value])[] = [
        ['original_minor', 1],
        ['adjusted_minor', 1],
        ['variance_minor', 1],
        ['payment_id', untouched.id],
        ['fund_id', newId()],
        ['recorded_by', people.esther.userId],
        ['reason', 'another'],
        ['evidence', 'none'],
        ['match_id', newId()],
        ['ref', 'var_other'],
        ['created_at', dialect === 'sqlite' ? 1 : '2026-01-01T00:00:00Z'],
      ];
      for (const [column, value] of columns)
        await refuses(
          /fixed at creation|FOREIGN KEY/,
          `UPDATE variance_adjustments SET ${column} = ? WHERE ref = ?`,
          value,
          pending,
        );
      await refuses(/never deleted/, 'DELETE FROM variance_adjustments WHERE ref = ?', rejected);
      if (dialect === 'postgres') await refuses(/never deleted/, 'TRUNCATE variance_adjustments CASCADE');
    });

    test('is a difference to what the books say now, of what was paid, from its fund', async () => {
      const forged = { payment_id: untouched.id };
      const other = await office.fund();
      // With everything right it goes in: what is refused here is refused for what is wrong with it.
      await refusesCopy(/not a difference to what the books say/, pending, {
        ...forged,
        original_minor: 99_999,
        adjusted_minor: 94_999,
      });
      await refusesCopy(/not a difference to what the books say/, pending, {
        ...forged,
        original_minor: 100_000,
        adjusted_minor: 105_000,
        fund_id: other.id,
      });
      await refusesCopy(/not a difference to what the books say/, pending, {
        payment_id: waiting.id,
        original_minor: 100_000,
        adjusted_minor: 105_000,
      });
      await refusesCopy(/not a difference to what the books say/, count, { fund_id: other.id });
      await raw.run('BEGIN');
      await copy(pending, { ...forged, original_minor: 100_000, adjusted_minor: 105_000 });
      await raw.run('ROLLBACK');
    });

    test('is a difference at all, and its own', async () => {
      const forged = { payment_id: untouched.id, original_minor: 100_000 };
      await refusesCopy(/figures/, pending, { ...forged, variance_minor: 0, adjusted_minor: 100_000 });
      await refusesCopy(/figures/, pending, { ...forged, variance_minor: -100_001, adjusted_minor: -1 });
      await refusesCopy(/figures/, pending, { ...forged, variance_minor: 5_001, adjusted_minor: 105_000 });
    });

    test('is pending first, and one at a time', async () => {
      const forged = { payment_id: untouched.id, original_minor: 100_000, adjusted_minor: 90_000, entry_id: newId() };
      await refusesCopy(/a new variance is pending/, approved, forged);
      await refusesCopy(/unique|one_pending|never replaced/i, pending, {});
      await refusesCopy(/unique|one_pending|never replaced/i, count, {});
      if (dialect === 'sqlite') {
        await refusesCopy(/never replaced/, pending, {}, 'INSERT OR REPLACE');
        await refusesCopy(/never replaced/, count, {}, 'INSERT OR REPLACE');
      }
    });

    test('has a match of its own payment, or none', async () => {
      const change = { payment_id: untouched.id, original_minor: 100_000, adjusted_minor: 105_000 };
      await refusesCopy(/not a live match/, pending, { ...change, match_id: newId() });
      await refusesCopy(/match_of_payment|not a live match|never replaced|one_pending/, count, { match_id: newId() });
    });
  });

  describe('a decision', () => {
    test("is never the recorder's, the requester's or the executor's", async () => {
      const entry = newId();
      for (const status of ['approved', 'rejected']) {
        const of = status === 'approved' ? entry : null;
        await refuses(/people_differ/, ...decide(people.david.userId, status, of), pending);
        for (const who of [people.amina, people.carol])
          await refuses(/requested or executed/, ...decide(who.userId, status, of), pending);
      }
    });

    test('is complete, and stays', async () => {
      await refuses(/decided|applied/, "UPDATE variance_adjustments SET status = 'rejected' WHERE ref = ?", pending);
      await refuses(/applied/, ...decide(people.esther.userId, 'approved'), pending);
      await refuses(/applied/, ...decide(people.esther.userId, 'rejected', newId()), pending);
      await refuses(/_status/, ...decide(people.esther.userId, 'settled'), pending);
      for (const ref of [approved, rejected]) {
        await refuses(
          /stays decided/,
          "UPDATE variance_adjustments SET status = 'pending', decided_by = NULL, decided_at = NULL, decided_reason = NULL, policy_version = NULL, entry_id = NULL WHERE ref = ?",
          ref,
        );
        await refuses(
          /stays decided/,
          'UPDATE variance_adjustments SET decided_reason = ? WHERE ref = ?',
          'another',
          ref,
        );
        await refuses(
          /stays decided/,
          'UPDATE variance_adjustments SET decided_by = ? WHERE ref = ?',
          people.helen.userId,
          ref,
        );
      }
    });

    test('to approve is nothing without its entry: the transaction does not commit', async () => {
      for (const entry of [newId(), String((await rowOf(approved))['entry_id'])]) {
        await raw.run('BEGIN');
        const doing = async () => {
          await raw.run(...decide(people.esther.userId, 'approved', entry), pending);
          await raw.run('COMMIT');
        };
        await expect(doing()).rejects.toThrow(/foreign key|unique|never replaced/i);
        // Where the commit itself was refused Postgres has ended the transaction already.
        await raw.run('ROLLBACK').catch(() => undefined);
        expect((await rowOf(pending))['status']).toBe('pending');
      }
    });

    /** Approves and posts by hand, with what a forger would change. */
    async function post(ref: string, change: Record<string, Value>): Promise<void> {
      const variance = await rowOf(ref);
      const [book] = await raw.run('SELECT * FROM funds WHERE id = ?', fund.id);
      const [last] = await raw.run('SELECT * FROM ledger_entries WHERE fund_id = ? ORDER BY seq DESC LIMIT 1', fund.id);
      const id = newId();
      const amount = Number(
        change['amount_minor'] ?? (variance['payment_id'] === null ? 1 : -1) * Number(variance['variance_minor']),
      );
      const entry: Record<string, Value> = {
        ...last,
        ...{
          id,
          ref: `led_${id.slice(-8)}`,
          seq: Number(book?.['entry_seq']) + 1,
          type: 'adjustment',
          kind: 'variance',
        },
        ...{ amount_minor: amount, balance_after_minor: Number(book?.['balance_minor']) + amount },
        ...{ payment_id: variance['payment_id'] ?? null, execution_id: null },
        ...change,
      };
      const columns = Object.keys(entry);
      await raw.run('BEGIN');
      try {
        await raw.run(...decide(people.esther.userId, 'approved', id), ref);
        await raw.run(
          'UPDATE funds SET balance_minor = ?, entry_seq = entry_seq + 1 WHERE id = ?',
          Number(entry['balance_after_minor']),
          fund.id,
        );
        await raw.run(
          `INSERT INTO ledger_entries (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...Object.values(entry),
        );
      } finally {
        await raw.run('ROLLBACK');
      }
    }

    test('is applied by exactly its difference: the other way round, twice as much, or elsewhere is refused', async () => {
      await post(pending, {});
      await post(count, {});
      const says = /not the adjustment of its approved variance/;
      await expect(post(pending, { amount_minor: 5_000 })).rejects.toThrow(says);
      await expect(post(pending, { amount_minor: -10_000 })).rejects.toThrow(says);
      await expect(post(pending, { payment_id: untouched.id })).rejects.toThrow(says);
      await expect(post(pending, { payment_id: null })).rejects.toThrow(says);
      await expect(post(count, { payment_id: payment.id })).rejects.toThrow(says);
      await expect(post(pending, { id: newId() })).rejects.toThrow(says);
      await expect(post(pending, { type: 'credit', amount_minor: 5_000 })).rejects.toThrow(says);
    });

    test('no entry of kind variance stands without one', async () => {
      const entry = {
        ...(await raw.run('SELECT * FROM ledger_entries WHERE fund_id = ? ORDER BY seq DESC LIMIT 1', fund.id))[0],
      };
      const columns = Object.keys(entry);
      const changes = { id: newId(), ref: 'led_forged', kind: 'variance', seq: Number(entry['seq']) + 1 };
      const forged: Record<string, Value> = { ...entry, ...changes };
      await expect(
        raw.run(
          `INSERT INTO ledger_entries (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...columns.map((column) => forged[column] ?? null),
        ),
      ).rejects.toThrow(/approved variance|in step/);
    });

    test('a payment with a difference is not taken back', async () => {
      for (const of of [payment, untouched])
        await refuses(
          /reversed with a variance|nobody has confirmed/,
          "UPDATE payments SET status = 'reversed' WHERE id = ?",
          of.id,
        );
    });
  });

  test('after all this the books are right', async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
