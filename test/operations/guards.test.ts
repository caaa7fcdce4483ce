import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, type PayingOffice, type PaymentState } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw, type Value } from '../support/raw.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let raw: Raw;
  let fund: Row<'funds'>;
  /** Paid with a code. */
  let paid: PaymentState;
  /** Reserved, its outcome open. */
  let inFlight: PaymentState;
  let waiting: PaymentState;
  let execution: Row<'paymentExecutions'>;
  let entry: Row<'ledgerEntries'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    people = office.people;
    fund = await office.fund({ opening: '10,000', reorderLevel: '9,500', otpThreshold: '0' });
    const payment = await office.payment(fund, { amount: '600', approver: people.esther });
    await office.verify(payment, await office.code(payment));
    ({ execution, entry } = await office.pay(payment));
    paid = await office.state(payment);
    const reserved = await office.payment(fund, { method: 'bank' });
    await office.verify(reserved, await office.code(reserved));
    await office.execute(reserved);
    inFlight = await office.state(reserved);
    waiting = await office.state(await office.payment(fund, { approver: people.esther }));
    raw = await rawConnection(office.url, dialect);
  });
  afterAll(() => raw.close());

  /** The statement fails with what the guard says, and nothing in the database has changed. */
  async function refuses(says: RegExp, statement: string, ...values: readonly Value[]): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement, ...values)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  const everything = () => Promise.all([paid, inFlight, waiting].map(({ payment }) => office.state(payment)));

  /** Inserts a copy of a row with some columns changed; `verb` may be INSERT OR REPLACE. */
  async function copy(
    table: string,
    where: { id: string },
    change: Record<string, Value>,
    verb = 'INSERT',
  ): Promise<void> {
    const [row] = await raw.run(`SELECT * FROM ${table} WHERE id = ?`, where.id);
    const forged = { ...row, ...change };
    const columns = Object.keys(forged);
    await raw.run(
      `${verb} INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ...Object.values(forged),
    );
  }

  /** As `refuses`, for a copied row. */
  async function refusesCopy(says: RegExp, ...forgery: Parameters<typeof copy>): Promise<void> {
    const before = await everything();
    await expect(copy(...forgery)).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  describe('segregation', () => {
    test('the requester is never the executor of a payment', async () => {
      await refuses(
        /executor/,
        'UPDATE payments SET executor_id = ? WHERE id = ?',
        people.amina.userId,
        waiting.payment.id,
      );
    });

    test('an approver of its requisition is never the executor of a payment', async () => {
      await refuses(
        /executor requested or approved/,
        'UPDATE payments SET executor_id = ? WHERE id = ?',
        people.esther.userId,
        waiting.payment.id,
      );
    });

    test('neither has an execution, whatever else is right about it', async () => {
      const noCode = { challenge_id: null, otp_verified_at: null, otp_verified_by: null };
      const forged = {
        id: newId(),
        ref: 'exe_forged',
        payment_id: waiting.payment.id,
        voucher_number: 'PV-X-1',
        gateway_reference: 'PV-X-1',
        ...noCode,
      };
      const says = /executor requested or approved it|executor_is_not_requester|not the terms of the payment/;
      for (const executor of [people.amina, people.esther]) {
        await refusesCopy(says, 'payment_executions', execution, { ...forged, executor_id: executor.userId });
      }
      // The requester of an execution cannot be named differently to get past the check.
      await refusesCopy(says, 'payment_executions', execution, {
        ...forged,
        executor_id: people.amina.userId,
        requester_id: people.grace.userId,
      });
    });

    test('the requester does not approve, nor does who has paid from it', async () => {
      const [approval] = await raw.run(
        'SELECT id FROM requisition_approvals WHERE requisition_id = ?',
        paid.payment.requisitionId,
      );
      const where = { id: String(approval?.['id']) };
      const says = /approver requested or executed/;
      await refusesCopy(says, 'requisition_approvals', where, { id: newId(), approver_id: people.amina.userId });
      await refusesCopy(says, 'requisition_approvals', where, { id: newId(), approver_id: people.carol.userId });
    });
  });

  describe('a payment', () => {
    test.each([
      ['amount_minor', 1],
      ['destination', '254700000000'],
      ['payee', 'Somebody else'],
      ['method', 'mpesa'],
      ['currency', 'USD'],
      ['max_retries', 99],
      ['ref', 'pay_000000'],
    ])('never changes its %s', async (column, value) => {
      for (const { payment } of [waiting, inFlight, paid])
        await refuses(/fixed at creation/, `UPDATE payments SET ${column} = ? WHERE id = ?`, value, payment.id);
    });

    test('never moves to another fund or requisition', async () => {
      const other = await office.fund();
      await refuses(/fixed at creation/, 'UPDATE payments SET fund_id = ? WHERE id = ?', other.id, waiting.payment.id);
      await refuses(
        /fixed at creation/,
        'UPDATE payments SET requisition_id = ? WHERE id = ?',
        paid.payment.requisitionId,
        waiting.payment.id,
      );
      await refuses(
        /fixed at creation/,
        "UPDATE payments SET destination_key = 'JACK' WHERE id = ?",
        waiting.payment.id,
      );
    });

    test('walks its legal steps only', async () => {
      const step = 'UPDATE payments SET status = ? WHERE id = ?';
      for (const to of ['reconciled', 'reversed'])
        await refuses(/not a legal step|reconciled without a match/, step, to, waiting.payment.id);
      for (const to of ['pending', 'executing', 'failed', 'cancelled'])
        await refuses(/not a legal step/, step, to, paid.payment.id);
      for (const to of ['pending', 'cancelled', 'reconciled'])
        await refuses(/not a legal step|reconciled without a match/, step, to, inFlight.payment.id);
    });

    test('begins pending, with the terms of its requisition', async () => {
      const forged = { id: newId(), ref: 'pay_forged' };
      await refusesCopy(/new payment is pending/, 'payments', waiting.payment, { ...forged, status: 'success' });
      await refusesCopy(/new payment is pending/, 'payments', waiting.payment, {
        ...forged,
        executor_id: people.carol.userId,
      });
      const terms = /not the terms of the requisition/;
      await refusesCopy(terms, 'payments', waiting.payment, { ...forged, destination: 'Jack' });
      await refusesCopy(terms, 'payments', waiting.payment, { ...forged, destination_key: 'JACK' });
      await refusesCopy(terms, 'payments', waiting.payment, {
        ...forged,
        amount_minor: waiting.payment.amountMinor + 1,
      });
      await refusesCopy(terms, 'payments', waiting.payment, { ...forged, requester_id: people.grace.userId });
      await refusesCopy(/payments_amount/, 'payments', waiting.payment, { ...forged, amount_minor: 0 });
    });

    test('that was paid keeps who paid it and when', async () => {
      await refuses(
        /what was paid never changes/,
        'UPDATE payments SET executor_id = ? WHERE id = ?',
        people.peter.userId,
        paid.payment.id,
      );
      await refuses(
        /what was paid never changes/,
        'UPDATE payments SET executed_at = NULL WHERE id = ?',
        paid.payment.id,
      );
      await refuses(/what was paid never changes/, 'UPDATE payments SET retry_count = 1 WHERE id = ?', paid.payment.id);
    });

    test('is never deleted', async () => {
      await refuses(/never deleted/, 'DELETE FROM payments WHERE id = ?', waiting.payment.id);
    });
  });

  describe('a requisition', () => {
    test('that was approved keeps its terms: others are a new revision that nobody has approved', async () => {
      const id = waiting.payment.requisitionId;
      for (const set of ['amount_minor = 99999999', "destination = 'Jack'", "payee = 'Jack'", 'revision = 2']) {
        await refuses(/another revision/, `UPDATE requisitions SET ${set} WHERE id = ?`, id);
      }
      await refuses(
        /another revision/,
        "UPDATE requisitions SET payee = 'Jack', status = 'submitted' WHERE id = ?",
        id,
      );
      await refuses(
        /fixed at creation/,
        'UPDATE requisitions SET requested_by = ? WHERE id = ?',
        people.grace.userId,
        id,
      );
    });
  });

  describe('an execution, an entry and an event', () => {
    test.each([
      ['payment_executions', 'ip_address'],
      ['payment_executions', 'amount_minor'],
      ['ledger_entries', 'description'],
      ['ledger_entries', 'balance_after_minor'],
      ['audit_events', 'body'],
      ['requisition_approvals', 'reason'],
    ])('%s: nobody changes %s', async (table, column) => {
      await refuses(/immutable/, `UPDATE ${table} SET ${column} = ${column}`);
    });

    test.each(['payment_executions', 'ledger_entries', 'audit_events', 'requisition_approvals'])(
      'nobody deletes %s',
      async (table) => {
        await refuses(/immutable/, `DELETE FROM ${table}`);
      },
    );

    if (dialect === 'postgres') {
      test.each([
        'payment_executions',
        'ledger_entries',
        'audit_events',
        'requisition_approvals',
        'payments',
        'otp_challenges',
        'funds',
        'users',
      ])('nobody truncates %s', async (table) => {
        await refuses(/immutable|never deleted/, `TRUNCATE ${table} CASCADE`);
      });

      test('an insert that turns into an update changes nothing', async () => {
        const says = /immutable/;
        await refuses(
          says,
          "INSERT INTO audit_events (chain, seq, previous_hash, hash, body) SELECT chain, seq, previous_hash, hash, body FROM audit_events ON CONFLICT (chain, seq) DO UPDATE SET body = '{}'",
        );
      });
    }

    if (dialect === 'sqlite') {
      const REPLACE = 'INSERT OR REPLACE';

      test('recursive triggers are off here, so that a replaced row is deleted without a trigger', async () => {
        expect(await raw.run('PRAGMA recursive_triggers')).toEqual([{ recursive_triggers: 0 }]);
      });

      test('an execution is not replaced, by whichever of its unique columns', async () => {
        const fresh = {
          id: newId(),
          ref: 'exe_forged',
          payment_id: waiting.payment.id,
          attempt_id: inFlight.attempts[0]?.id ?? '',
          voucher_number: 'PV-X-1',
          gateway_reference: 'PV-X-1',
        };
        await refusesCopy(/immutable/, 'payment_executions', execution, { ip_address: '10.0.0.1' }, REPLACE);
        for (const kept of Object.keys(fresh)) {
          const others = Object.fromEntries(Object.entries(fresh).filter(([column]) => column !== kept));
          await refusesCopy(/^payment_executions/, 'payment_executions', execution, others, REPLACE);
        }
      });

      test('an entry is not replaced, nor the debit of a payment by another', async () => {
        const fresh = { id: newId(), ref: 'led_forged', seq: 99 };
        await refusesCopy(/immutable/, 'ledger_entries', entry, { description: 'Tea' }, REPLACE);
        await refusesCopy(/^ledger_entries/, 'ledger_entries', entry, { amount_minor: 1 }, REPLACE);
        await refusesCopy(/^ledger_entries/, 'ledger_entries', entry, { id: fresh.id, ref: fresh.ref }, REPLACE);
        await refusesCopy(/^ledger_entries/, 'ledger_entries', entry, { id: fresh.id, seq: fresh.seq }, REPLACE);
        await refusesCopy(/^ledger_entries/, 'ledger_entries', entry, fresh, REPLACE);
      });

      test('an event is not replaced', async () => {
        await refuses(
          /immutable/,
          "REPLACE INTO audit_events (chain, seq, previous_hash, hash, body) SELECT chain, seq, previous_hash, hash, '{}' FROM audit_events",
        );
      });

      test('an approval is not replaced by the same person', async () => {
        const [approval] = await raw.run(
          'SELECT id FROM requisition_approvals WHERE requisition_id = ?',
          waiting.payment.requisitionId,
        );
        await refusesCopy(
          /immutable/,
          'requisition_approvals',
          { id: String(approval?.['id']) },
          { id: newId(), decision: 'rejected' },
          REPLACE,
        );
      });

      test('a payment, its live attempt, its code, its fund and a request are not replaced', async () => {
        const never = /never replaced/;
        await refusesCopy(never, 'payments', waiting.payment, { last_error: 'none' }, REPLACE);
        await refusesCopy(never, 'funds', fund, { balance_minor: 1 }, REPLACE);
        await refusesCopy(never, 'otp_challenges', { id: inFlight.challenges[0]?.id ?? '' }, { failures: 0 }, REPLACE);
        const attempt = { id: inFlight.attempts[0]?.id ?? '' };
        await refusesCopy(
          never,
          'payment_attempts',
          attempt,
          { id: newId(), ref: 'att_forged', number: 2, idempotency_key: 'x' },
          REPLACE,
        );
        const request = { id: paid.replenishments[0]?.id ?? '' };
        await refusesCopy(never, 'replenishment_requests', request, { id: newId(), ref: 'rep_forged' }, REPLACE);
      });

      test('nobody is replaced by a change of somebody else', async () => {
        await refuses(
          /never replaced/,
          'UPDATE OR REPLACE users SET email = ? WHERE id = ?',
          people.amina.email,
          people.peter.userId,
        );
        await refusesCopy(
          /never replaced/,
          'users',
          { id: people.peter.userId },
          { id: newId(), ref: 'usr_forged', username: 'mallory' },
          REPLACE,
        );
      });
    }

    describe('that is forged', () => {
      const forged = {
        id: newId(),
        ref: 'exe_forged',
        voucher_number: 'PV-X-2',
        gateway_reference: 'PV-X-2',
        gateway_account: 'cash:X',
      };
      const noCode = { challenge_id: null, otp_verified_at: null, otp_verified_by: null };
      const attempt = { id: newId(), ref: 'att_forged', idempotency_key: 'forged' };

      test('proves nothing for a payment that is not paid, nor with the attempt of another', async () => {
        const attempt_id = inFlight.attempts[0]?.id ?? '';
        for (const { payment } of [waiting, inFlight]) {
          const terms = { payment_id: payment.id, amount_minor: payment.amountMinor, attempt_id, ...noCode };
          await refusesCopy(/not the terms of the payment/, 'payment_executions', execution, { ...forged, ...terms });
        }
      });

      /** Forges all that an execution needs, tries to insert it, and takes everything back. */
      async function forge(otpRequired: boolean, change: Record<string, Value>): Promise<void> {
        const { payment } = waiting;
        await raw.run('BEGIN');
        try {
          const paidBy = [people.carol.userId, otpRequired, payment.id];
          await raw.run(
            "UPDATE payments SET status = 'success', executor_id = ?, executed_at = created_at, otp_required = ? WHERE id = ?",
            ...paidBy,
          );
          await copy('payment_attempts', { id: paid.attempts[0]?.id ?? '' }, { ...attempt, payment_id: payment.id });
          const terms = { payment_id: payment.id, amount_minor: payment.amountMinor, attempt_id: attempt.id };
          await copy('payment_executions', execution, { ...forged, ...terms, ...change });
        } finally {
          await raw.run('ROLLBACK');
        }
      }

      test('names the requester that its requisition has, so that nobody hides behind another', async () => {
        await expect(forge(false, { ...noCode, requester_id: people.grace.userId })).rejects.toThrow(
          /executor requested or approved it/,
        );
      });

      test('needs a code that was used for this very payment, and its own terms', async () => {
        // With everything right it goes in: what is refused below is refused for what is wrong with it.
        await forge(false, noCode);
        await expect(forge(true, noCode)).rejects.toThrow(/not the terms/);
        await expect(forge(true, {})).rejects.toThrow(/not a used code/);
        await expect(forge(false, { ...noCode, amount_minor: 1 })).rejects.toThrow(/not the terms/);
        await expect(forge(false, { ...noCode, fund_id: (await office.fund()).id })).rejects.toThrow(/not the terms/);
        await expect(forge(false, { ...noCode, executor_id: people.peter.userId })).rejects.toThrow(/not the terms/);
        await expect(forge(false, { ...noCode, attempt_id: inFlight.attempts[0]?.id ?? '' })).rejects.toThrow(
          /not the terms/,
        );
      });
    });

    test('an entry is the next of its fund, and moves its balance by its amount', async () => {
      const forged = {
        id: newId(),
        ref: 'led_forged',
        kind: 'fee',
        type: 'credit',
        payment_id: null,
        execution_id: null,
      };
      for (const change of [{ seq: 3, balance_after_minor: 999 }, { seq: 99 }, { seq: 2 }]) {
        await refusesCopy(/in step|immutable|unique/i, 'ledger_entries', entry, { ...forged, ...change });
      }
    });

    test('a debit for a payment without its execution is no entry', async () => {
      const forged = {
        id: newId(),
        ref: 'led_forged',
        payment_id: waiting.payment.id,
        seq: 3,
        balance_after_minor: entry.balanceAfterMinor - entry.amountMinor,
      };
      await refusesCopy(/execution|in step/, 'ledger_entries', entry, forged);
      await refusesCopy(/execution|in step/, 'ledger_entries', entry, { ...forged, execution_id: null });
    });

    test('an event follows the last one of its chain', async () => {
      const insert = 'INSERT INTO audit_events (chain, seq, previous_hash, hash, body) VALUES (?, ?, ?, ?, ?)';
      const chain = `fund:${fund.code}`;
      const { headSeq, headHash } = inFlight.fund;
      await refuses(/not linked/, insert, chain, headSeq + 50, headHash, 'f'.repeat(64), '{}');
      await refuses(/not linked/, insert, chain, headSeq + 50, 'e'.repeat(64), 'f'.repeat(64), '{}');
    });
  });

  describe('money', () => {
    test('a balance moves only by an entry', async () => {
      await refuses(
        /balances move only by ledger entries/,
        'UPDATE funds SET balance_minor = balance_minor + 1 WHERE id = ?',
        fund.id,
      );
      await refuses(
        /balances move only by ledger entries/,
        'UPDATE funds SET balance_minor = 0, entry_seq = 0 WHERE id = ?',
        fund.id,
      );
    });

    test('nothing less than nothing is reserved, and no fund is deleted', async () => {
      await refuses(/funds_reserved_not_negative/, 'UPDATE funds SET reserved_minor = -1 WHERE id = ?', fund.id);
      await refuses(/never deleted/, 'DELETE FROM funds WHERE id = ?', fund.id);
    });

    test('figures beyond what can be kept exactly are refused', async () => {
      await refuses(
        /requisitions_amount|another revision/,
        'UPDATE requisitions SET amount_minor = 9007199254740992 WHERE id = ?',
        waiting.payment.requisitionId,
      );
      await refuses(
        /funds_balance_safe|9007199254740993/,
        'UPDATE funds SET balance_minor = 9007199254740993, entry_seq = entry_seq + 1 WHERE id = ?',
        fund.id,
      );
    });
  });

  describe('attempts and codes', () => {
    test('at most one attempt is live, and a closed one never changes', async () => {
      const attempt = { id: inFlight.attempts[0]?.id ?? '' };
      await refusesCopy(/payment_attempts/, 'payment_attempts', attempt, {
        id: newId(),
        ref: 'att_forged',
        number: 2,
        idempotency_key: 'x',
      });
      const closed = paid.attempts[0]?.id ?? '';
      await refuses(/not a legal step/, "UPDATE payment_attempts SET state = 'failed' WHERE id = ?", closed);
      await refuses(
        /closed attempt never changes/,
        "UPDATE payment_attempts SET evidence = 'none' WHERE id = ?",
        closed,
      );
      await refuses(/fixed at creation/, 'UPDATE payment_attempts SET reserved_minor = 0 WHERE id = ?', attempt.id);
      await refuses(/never deleted/, 'DELETE FROM payment_attempts WHERE id = ?', attempt.id);
    });

    test('a used code is not made unused, a late one not younger', async () => {
      const id = paid.challenges[0]?.id ?? '';
      for (const column of ['consumed_at', 'verified_at', 'sent_at']) {
        await refuses(/once, in this order/, `UPDATE otp_challenges SET ${column} = NULL WHERE id = ?`, id);
      }
      await refuses(/fixed at creation/, 'UPDATE otp_challenges SET expires_at = created_at WHERE id = ?', id);
      await refuses(
        /fixed at creation/,
        'UPDATE otp_challenges SET payment_id = ? WHERE id = ?',
        waiting.payment.id,
        id,
      );
      await refuses(/fixed at creation/, "UPDATE otp_challenges SET code_hash = 'x' WHERE id = ?", id);
    });

    test('a code is not used before it was verified, nor verified before it was sent, and tries are not forgotten', async () => {
      const payment = await office.payment(fund);
      await office.code(payment);
      const [challenge] = (await office.state(payment)).challenges;
      const id = challenge?.id ?? '';
      await refuses(/once, in this order/, 'UPDATE otp_challenges SET consumed_at = created_at WHERE id = ?', id);
      await raw.run('UPDATE otp_challenges SET failures = 3 WHERE id = ?', id);
      await refuses(/never forgotten/, 'UPDATE otp_challenges SET failures = 2 WHERE id = ?', id);
      await refuses(/otp_challenges_failures/, 'UPDATE otp_challenges SET failures = 6 WHERE id = ?', id);
      await raw.run('UPDATE otp_challenges SET voided_at = created_at WHERE id = ?', id);
      await refuses(/once, in this order/, 'UPDATE otp_challenges SET verified_at = created_at WHERE id = ?', id);
    });
  });

  test('after all this the office still pays', async () => {
    const payment = await office.payment(fund, { amount: '100' });
    await office.verify(payment, await office.code(payment));
    await office.pay(payment);
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
