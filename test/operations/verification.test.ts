import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { getTableColumns } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditVerificationDocument, ledgerVerificationDocument } from '../../src/documents/verification.ts';
import { auditVerificationSchema, ledgerVerificationSchema } from '../../src/documents/schemas/verification.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { verifyAudit } from '../../src/operations/verify-audit.ts';
import { ALL_INVARIANTS } from '../../src/operations/all-invariants.ts';
import { verifyLedger } from '../../src/operations/verify-ledger.ts';
import { canonicalJson, linkHash } from '../../src/store/audit-chain.ts';
import { vouchedEntry } from '../../src/store/audit-hash.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import { ledgerEntries, paymentExecutions } from '../../src/store/postgres/schema.ts';
import { openStore } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import { listVariances } from '../../src/store/variances.ts';
import { aPayingOffice, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';
import { HELD_RULES } from '../support/held-rules.ts';

/** Broken in reconcile.test.ts and in fee-rules.test.ts, where there is something to break. */
const OF_RECONCILIATIONS = [
  ...['matched_once', 'reconciled_by_match', 'match_sums', 'run_counts', 'run_digests'],
  ...['statement_lines', 'open_lines', 'matcher_differs', 'runs_told', 'undone_told', 'lines_told'],
];
/** Broken in batch-guards.test.ts. */
const OF_BATCHES = [
  ...['batch_rows', 'batch_payments', 'batch_people', 'batch_codes', 'batch_row_codes'],
  ...['batch_start_events', 'batch_events', 'batch_terms', 'batches_told'],
];
/** Broken in bank-file-guards.test.ts. */
const OF_BANK_FILES = ['bank_file_orders', 'sent_in_file', 'bank_files_told'];
/** Broken in replenishment.test.ts and in suspense.test.ts. */
const OF_REPLENISHMENTS = ['replenishment_decisions_told', 'replenishment_fundings_told'];
const OF_SUSPENSE = ['suspense_told', 'suspense_settled_told'];
/** Broken in office-told.test.ts. */
const OF_THE_OFFICE = ['office_told', 'people_told', 'roles_told'];
/** Broken in settle-messages.test.ts. */
const OF_MESSAGES = ['message_events'];
const OF_FEE_RULES = ['fee_rule_by_cfo', 'fee_rule_events', 'fee_rule_end_events'];

/** A whole copy of a database in one file, without its log. */
function vacuumInto(source: string, file: string): void {
  const raw = new Database(source);
  raw.prepare('vacuum into ?').run(file);
  raw.close();
}

/** Approves what was found about a payment and counted in a fund, and leaves another count pending. */
async function withVariances({ store, people, fund }: PayingOffice, payment: Row<'payments'>): Promise<void> {
  const reason = 'as the bank says';
  await recordPaymentVariance(store, people.david, { paymentId: payment.id, adjusted: '1,010', reason });
  const till = await fund({ opening: '10' });
  await recordCount(store, people.david, { fund: till.code, counted: '9', reason });
  const { rows } = await store.read((tx) => listVariances(tx, {}, { limit: 0, after: null }, people.esther.grants));
  const variances = rows.map(({ variance }) => variance.ref);
  await approveVariances(store, people.esther, { variances, reason: null });
  await recordCount(store, people.david, { fund: till.code, counted: '8', reason });
}

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let tamperer: Tamperer;
  let fund: Row<'funds'>;
  let entry: Row<'ledgerEntries'>;
  let execution: Row<'paymentExecutions'>;
  const value = (index: number) => (dialect === 'sqlite' ? '?' : `$${index}`);

  beforeAll(async () => {
    office = await aPayingOffice(open);
    tamperer = await aTamperer(office.url, dialect);
    fund = await office.fund({ otpThreshold: '0', reorderLevel: '98,000', imprestLevel: '200,000' });
    const other = await office.fund();
    await office.pay(await office.payment(other));
    const adjusted = await office.payment(other, { method: 'bank' });
    await office.pay(adjusted, office.people.peter, 'FT123');
    await withVariances(office, adjusted);
    const coded = await office.payment(fund, { amount: '1,500' });
    await office.verify(coded, await office.code(coded));
    await office.pay(coded);
    const open1 = await office.payment(other, { method: 'mpesa', amount: '700' });
    await office.execute(open1);
    const settled = await office.payment(other, { method: 'mpesa', amount: '800' });
    await office.execute(settled);
    await resolvePaymentOutcome(office.store, office.people.carol, {
      paymentId: settled.id,
      outcome: { kind: 'paid', reference: 'QKXYZ' },
      dayAt: office.dayAt,
    });
    const wrong = await office.payment(other);
    await office.pay(wrong);
    const reversal = { paymentId: wrong.id, reason: 'wrong number', returnedReference: null };
    const { proposed } = await proposeReversal(office.store, office.people.david, reversal);
    await confirmChange(office.store, office.people.esther, { change: proposed.change.ref, reason: null });
    office.pass(1000);
    const last = await office.payment(fund, { amount: '2,000' });
    await office.verify(last, await office.code(last));
    ({ entry, execution } = await office.pay(last));
  });
  afterAll(async () => {
    expect(await brokenRules()).toEqual([]);
    await tamperer.close();
  });

  const brokenRules = () =>
    office.store.read(async (tx) =>
      (await judgeInvariants(tx, HELD_RULES, null))
        .filter((verdict) => verdict.broken.length > 0)
        .map(({ invariant, broken }) => `${invariant.id}: ${broken[0]?.message}`),
    );
  const audit = (only: string | null = null) =>
    verifyAudit(office.store, office.people.esther, { fund: only, heads: [] });
  const auditProblem = async () => {
    const problem = await problemOf(audit());
    expect(problem).toMatchObject({ kind: 'integrity', code: 'AUDIT_BROKEN' });
    return problem;
  };
  const codes = (problem: Awaited<ReturnType<typeof auditProblem>>) =>
    (problem.details.checks ?? []).map((check) => check.code);

  describe('an office as its operations leave it', () => {
    test('holds every invariant', async () => {
      expect(await brokenRules()).toEqual([]);
    });

    test('passes ledger verify and audit verify, as their documents say', async () => {
      const ledger = ledgerVerificationDocument(await verifyLedger(office.store, office.people.helen, { fund: null }));
      expect(ledgerVerificationSchema.parse(ledger)).toEqual(ledger);
      const proof = auditVerificationDocument(await audit(), null);
      expect(auditVerificationSchema.parse(proof)).toEqual(proof);
      const [rows] = await tamperer.rows('select count(*) as n from ledger_entries');
      expect(proof).toMatchObject({ entries: Number(rows?.['n']), executions: 6 });
      expect(ledger.entries).toBe(proof.entries);
    });

    test('can be proved one fund at a time', async () => {
      expect((await audit(fund.code)).chains).toMatchObject([
        { chain: `fund:${fund.code}`, entries: 3, executions: 2, faults: [] },
      ]);
      expect(await verifyLedger(office.store, office.people.helen, { fund: fund.code.toLowerCase() })).toMatchObject({
        fund: fund.code,
        entries: 3,
      });
    });

    test("another company's fund cannot be asked for", async () => {
      expect(
        await problemOf(verifyAudit(office.store, office.people.olga, { fund: fund.code, heads: [] })),
      ).toMatchObject({
        kind: 'not_found',
      });
    });
  });

  describe('one changed column', () => {
    const changed = (was: unknown): unknown => {
      if (was === null) return '019a0000-0000-7000-8000-00000000aaaa';
      if (was instanceof Date) return new Date(was.getTime() + 1);
      if (typeof was === 'number') return was + 1;
      const text = String(was);
      return `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
    };
    const special: Record<string, string> = { type: 'credit', kind: 'fee', currency: 'KEX' };

    for (const [table, columns] of [
      ['ledger_entries', getTableColumns(ledgerEntries)],
      ['payment_executions', getTableColumns(paymentExecutions)],
    ] as const) {
      for (const [key, column] of Object.entries(columns)) {
        test(`${key} of ${table} is named by audit verify`, async () => {
          const row: Record<string, unknown> = table === 'ledger_entries' ? { ...entry } : { ...execution };
          const next = special[key] ?? changed(row[key]);
          const stored = dialect === 'sqlite' && next instanceof Date ? next.getTime() : next;
          // An instant that was null may not become any text on Postgres.
          const fitting =
            row[key] === null && column.columnType === 'PgTimestamp' && dialect === 'postgres' ? new Date(0) : stored;
          await tamperer.during(
            [table],
            `update ${table} set ${column.name} = ${value(1)} where id = ${value(2)}`,
            [fitting, row['id']],
            async () => {
              const problem = await auditProblem();
              const subjects = (problem.details.checks ?? []).map((check) => check.facts['subject']);
              expect(subjects).toContain(row['ref']);
            },
          );
        });
      }
    }

    for (const column of ['chain', 'seq', 'previous_hash', 'hash', 'body']) {
      test(`${column} of an audit event is named`, async () => {
        const [event] = await tamperer.rows(
          `select chain, seq, previous_hash, hash, body from audit_events where chain = ${value(1)} and seq = 3`,
          [`fund:${fund.code}`],
        );
        const was = event?.[column];
        const next =
          column === 'body' ? String(was).replace('"actor"', '"actoR"') : typeof was === 'number' ? 900 : changed(was);
        const statement = `update audit_events set ${column} = ${value(1)} where chain = ${value(2)} and seq = 3`;
        await tamperer.during(['audit_events'], statement, [next, `fund:${fund.code}`], async () => {
          const problem = await auditProblem();
          expect(problem.message).toContain(`fund:${fund.code}`);
          const subjects = (problem.details.checks ?? []).map((check) => check.facts['subject']);
          expect(subjects).toContain(`fund:${fund.code}/3`);
        });
      });
    }
  });

  describe('removed, added and moved records', () => {
    test('a removed event is named, in the middle and at the end', async () => {
      for (const which of ['3', `(select head_seq from funds where code = '${fund.code}')`]) {
        await tamperer.during(
          ['audit_events'],
          `delete from audit_events where chain = 'fund:${fund.code}' and seq = ${which}`,
          [],
          async () => {
            expect(codes(await auditProblem())).toContain('EVENT_MISSING');
          },
        );
      }
    });

    test('a removed tail that takes its head along leaves an entry without an event', async () => {
      const executed = `select seq, previous_hash from audit_events where chain = 'fund:${fund.code}' and action = 'payment.executed' order by seq desc limit 1`;
      const [last] = await tamperer.rows(executed);
      const seq = Number(last?.['seq']);
      await tamperer.during(
        ['audit_events', 'funds'],
        `delete from audit_events where chain = 'fund:${fund.code}' and seq >= ${seq}`,
        [],
        async () => {
          await tamperer.run(
            `update funds set head_seq = ${seq - 1}, head_hash = ${value(1)} where code = '${fund.code}'`,
            [last?.['previous_hash']],
          );
          const problem = await auditProblem();
          expect(codes(problem)).toContain('ENTRY_WITHOUT_EVENT');
          expect(problem.message).toContain(entry.ref);
          // The replenishment that it triggered lost its event as well.
          expect((await brokenRules()).map((rule) => rule.split(':')[0])).toContain('replenishment_events');
        },
      );
    });

    test('two events that changed places are named', async () => {
      const swap = `update audit_events set body = (select o.body from audit_events o where o.chain = audit_events.chain and o.seq = 5 - audit_events.seq),
        hash = (select o.hash from audit_events o where o.chain = audit_events.chain and o.seq = 5 - audit_events.seq)
        where chain = 'fund:${fund.code}' and seq in (2, 3)`;
      await tamperer.during(['audit_events'], swap, [], async () => {
        const problem = await auditProblem();
        expect(problem.details.checks?.[0]).toMatchObject({ facts: { chain: `fund:${fund.code}`, seq: 2 } });
      });
    });

    test('a head that was changed is named', async () => {
      await tamperer.during(
        ['funds'],
        `update funds set head_hash = ${value(1)} where code = '${fund.code}'`,
        ['f'.repeat(64)],
        async () => {
          expect(codes(await auditProblem())).toEqual(['HEAD_DIFFERS']);
        },
      );
    });

    test('a removed execution and a removed entry are named by both proofs', async () => {
      for (const [table, ref] of [
        ['payment_executions', execution.ref],
        ['ledger_entries', entry.ref],
      ] as const) {
        await tamperer.during([table], `delete from ${table} where ref = ${value(1)}`, [ref], async () => {
          expect((await auditProblem()).message).toContain(ref);
          expect(await problemOf(verifyLedger(office.store, office.people.helen, { fund: null }))).toMatchObject({
            kind: 'integrity',
            code: 'LEDGER_BROKEN',
          });
        });
      }
    });

    test('an event of a chain that no fund has is named', async () => {
      const body = canonicalJson({ at: new Date(0), actor: 'x', action: 'x', subject: 'x', payload: {} });
      const hash = linkHash('fund:NONE', 1, '0'.repeat(64), body);
      const insert = `insert into audit_events (chain, seq, previous_hash, hash, body) values ('fund:NONE', 1, '${'0'.repeat(64)}', ${value(1)}, ${value(2)})`;
      await tamperer.during(['audit_events'], insert, [hash, body], async () => {
        expect(codes(await auditProblem())).toEqual(['CHAIN_UNKNOWN']);
      });
    });

    test('an entry past the book is named', async () => {
      const copy = `insert into ledger_entries (id, ref, fund_id, seq, type, kind, amount_minor, balance_after_minor, value_date, description, created_by, created_at)
        select ${value(1)}, 'led_zzzzzz', fund_id, seq + 1, 'credit', 'replenishment', 1, balance_after_minor + 1, value_date, 'x', created_by, created_at from ledger_entries where id = ${value(2)}`;
      await tamperer.during(['ledger_entries'], copy, ['019a0000-0000-7000-8000-00000000ffff', entry.id], async () => {
        expect((await auditProblem()).message).toContain('led_zzzzzz');
      });
    });
  });

  describe('books that were changed', () => {
    /** A schedule that nobody has made: of a payment that is not due for long, or is said to have been carried out. */
    const aSchedule = (status: 'active' | 'done'): string => {
      const [at, never] = dialect === 'sqlite' ? [0, 4_000_000_000_000] : ["'1970-01-01'", "'2096-01-01'"];
      return `insert into schedules (id, ref, kind, payment_id, fund_id, due_at, status, next_at, failures, created_by, created_at, ended_at)
        select '01890000-0000-7000-8000-000000000004', 'sch_zzzzzz', 'payment', p.id, p.fund_id, ${never}, '${status}',
          ${status === 'active' ? never : 'null'}, 0, '${office.people.carol.userId}', ${at}, ${status === 'active' ? 'null' : at}
        from payments p limit 1`;
    };

    const aDayLater = (column: string): string =>
      dialect === 'sqlite' ? `${column} + 86400000` : `${column} + interval '1 day'`;
    const aPolicyOfVersion = (version: number): string =>
      `insert into policies (version, body, digest, limits_days, created_by, created_at) select ${version}, '{"money":{}}', 'x', 1 = 1, id, created_at from users where username = 'root'`;
    const breaks: Record<string, readonly [tables: readonly string[], statement: () => string]> = {
      balance: [['funds'], () => `update funds set balance_minor = balance_minor + 1 where code = '${fund.code}'`],
      running_balance: [
        ['ledger_entries'],
        () => `update ledger_entries set balance_after_minor = balance_after_minor + 1 where id = '${entry.id}'`,
      ],
      entry_count: [['funds'], () => `update funds set entry_seq = entry_seq + 1 where code = '${fund.code}'`],
      totals: [
        ['ledger_totals'],
        () =>
          `update ledger_totals set amount_minor = amount_minor - 1 where fund_id = '${fund.id}' and kind = 'payment'`,
      ],
      not_overdrawn: [
        ['ledger_entries'],
        () => `update ledger_entries set balance_after_minor = -5 where id = '${entry.id}'`,
      ],
      reserved: [['funds'], () => `update funds set reserved_minor = reserved_minor + 1 where code = '${fund.code}'`],
      vouchers: [
        ['payment_executions'],
        () =>
          `update payment_executions set voucher_number = 'PV-${fund.code}-2026-00007' where id = '${execution.id}'`,
      ],
      voucher_count: [['funds'], () => `update funds set voucher_seq = voucher_seq + 1 where code = '${fund.code}'`],
      paid_once: [['payments'], () => `update payments set status = 'pending' where id = '${execution.paymentId}'`],
      debit_has_execution: [
        ['ledger_entries'],
        () => `update ledger_entries set amount_minor = amount_minor + 1 where id = '${entry.id}'`,
      ],
      execution_terms: [
        ['payment_executions'],
        () => `update payment_executions set amount_minor = amount_minor + 1 where id = '${execution.id}'`,
      ],
      reversed_once: [
        ['payments'],
        () => `update payments set status = 'reversed' where id = '${execution.paymentId}'`,
      ],
      terms: [['payments'], () => `update payments set payee = 'Somebody else' where id = '${execution.paymentId}'`],
      requisition_sum: [
        ['requisitions'],
        () =>
          `update requisitions set amount_minor = 100 where id = (select requisition_id from payments where id = '${execution.paymentId}')`,
      ],
      requisition_paid: [
        ['requisitions'],
        () => `update requisitions set amount_minor = amount_minor + 1 where status = 'paid'`,
      ],
      one_live_attempt: [['payments'], () => "update payments set status = 'failed' where status = 'executing'"],
      attempt_numbers: [
        ['payment_attempts'],
        () => `update payment_attempts set number = 2 where id = '${execution.attemptId}'`,
      ],
      segregation: [
        ['payments'],
        () => `update payments set executor_id = '${office.people.brian.userId}' where id = '${execution.paymentId}'`,
      ],
      approver_is_another: [
        ['requisition_approvals'],
        () => `update requisition_approvals set approver_id = '${office.people.amina.userId}'`,
      ],
      executor_role: [
        ['role_grants'],
        () => `update role_grants set role = 'auditor' where user_id = '${execution.executorId}'`,
      ],
      approver_role: [
        ['role_grants'],
        () => `update role_grants set role = 'auditor' where user_id = '${office.people.brian.userId}'`,
      ],
      requester_role: [
        ['role_grants'],
        () => `update role_grants set role = 'auditor' where user_id = '${office.people.amina.userId}'`,
      ],
      codes: [['otp_challenges'], () => 'update otp_challenges set failures = 5 where consumed_at is not null'],
      code_of_attempt: [['otp_challenges'], () => 'update otp_challenges set consumed_at = null'],
      times: [
        ['payments'],
        () =>
          `update payments set created_at = ${dialect === 'sqlite' ? 4_000_000_000_000 : "'2096-01-01'"} where id = '${execution.paymentId}'`,
      ],
      entry_times: [
        ['ledger_entries'],
        () =>
          `update ledger_entries set created_at = ${dialect === 'sqlite' ? 0 : "'1970-01-01'"} where id = '${entry.id}'`,
      ],
      chain_times: [
        ['audit_events'],
        () =>
          `update audit_events set body = replace(body, '"at":"2026', '"at":"1996') where action = 'payment.executed'`,
      ],
      clocks_accepted: [
        ['clock_acceptances'],
        () => `insert into clock_acceptances (id, accepted_at, newest_at, user_id)
          select id, created_at, created_at, id from users where id = '${execution.executorId}'`,
      ],
      head_times: [
        ['funds'],
        () =>
          `update funds set head_at = ${dialect === 'sqlite' ? 4_000_000_000_000 : "'2096-01-01'"} where code = '${fund.code}'`,
      ],
      replenishments: [['replenishment_requests'], () => "update replenishment_requests set status = 'funded'"],
      variance_people: [
        ['variance_adjustments'],
        () =>
          `update variance_adjustments set decided_by = '${office.people.peter.userId}' where payment_id is not null`,
      ],
      variance_roles: [
        ['role_grants'],
        () => `update role_grants set role = 'auditor' where user_id = '${office.people.david.userId}'`,
      ],
      variance_applied: [
        ['ledger_entries'],
        () => "update ledger_entries set amount_minor = -amount_minor where kind = 'variance'",
      ],
      variance_entries: [['variance_adjustments'], () => 'delete from variance_adjustments'],
      variance_figures: [
        ['variance_adjustments'],
        () =>
          'update variance_adjustments set original_minor = original_minor + 7, adjusted_minor = adjusted_minor + 7 where payment_id is not null',
      ],
      variance_of_paid: [
        ['payments'],
        () =>
          "update payments set status = 'failed' where id = (select payment_id from variance_adjustments where payment_id is not null)",
      ],
      variance_times: [
        ['variance_adjustments'],
        () =>
          `update variance_adjustments set created_at = ${dialect === 'sqlite' ? 4_000_000_000_000 : "'2096-01-01'"} where status = 'approved'`,
      ],
      variance_events: [['audit_events'], () => "delete from audit_events where action = 'variance.recorded'"],
      variance_decision_events: [['audit_events'], () => "delete from audit_events where action = 'variance.approved'"],
      fund_events: [['audit_events'], () => "delete from audit_events where action = 'fund.created'"],
      requisition_events: [['audit_events'], () => "delete from audit_events where action = 'requisition.created'"],
      payment_events: [['audit_events'], () => "delete from audit_events where action = 'payment.created'"],
      replenishment_events: [
        ['audit_events'],
        () => "delete from audit_events where action = 'replenishment.requested'",
      ],
      totp_events: [
        ['totp_enrolments'],
        () => {
          const at = dialect === 'sqlite' ? 0 : "'1970-01-01'";
          return `insert into totp_enrolments (id, user_id, secret, created_at, expires_at, confirmed_at, last_step)
            values ('01890000-0000-7000-8000-000000000001', '${office.people.carol.userId}', 'mine', ${at}, ${at}, ${at}, 1)`;
        },
      ],
      token_events: [
        ['tokens'],
        () => {
          const [made, ends] = dialect === 'sqlite' ? [0, 1] : ["'1970-01-01'", "'1970-01-02'"];
          return `insert into tokens (id, ref, user_id, name, secret_hash, scopes, created_at, expires_at)
            values ('01890000-0000-7000-8000-000000000002', 'tok_zzzzzz', '${office.people.carol.userId}', 'mine', 'x', 'books:read', ${made}, ${ends})`;
        },
      ],
      schedule_events: [['schedules'], () => aSchedule('active')],
      scheduled_once: [['schedules'], () => aSchedule('done')],
      webhook_events: [
        ['webhooks'],
        () => {
          const at = dialect === 'sqlite' ? 0 : "'1970-01-01'";
          return `insert into webhooks (id, ref, url, events, secret, created_by, created_at)
            values ('01890000-0000-7000-8000-000000000003', 'whk_zzzzzz', 'https://evil.example', '*', 'x', '${office.people.carol.userId}', ${at})`;
        },
      ],
      approval_events: [['audit_events'], () => "delete from audit_events where action = 'requisition.approved'"],
      two_people: [
        ['change_confirmations'],
        () => `update change_confirmations set user_id = '${office.people.david.userId}'`,
      ],
      confirmer_role: [
        ['role_grants'],
        () => `update role_grants set role = 'auditor' where user_id = '${office.people.esther.userId}'`,
      ],
      reversal_links: [['payment_reversals'], () => 'delete from payment_reversals'],
      change_events: [['audit_events'], () => "delete from audit_events where action = 'change.confirmed'"],
      policy_of_decision: [['payment_attempts'], () => 'update payment_attempts set policy_version = 7'],
      policy_versions: [['policies'], () => aPolicyOfVersion(2)],
      policy_bodies: [['policies'], () => aPolicyOfVersion(1)],
      approved_as_asked: [['requisition_approvals'], () => 'delete from requisition_approvals'],
      approved_terms: [
        ['requisitions'],
        () => "update requisitions set purpose = purpose || 'x' where status = 'paid'",
      ],
      approvals_told: [
        ['requisition_approvals'],
        () => `update requisition_approvals set approver_id = '${office.people.esther.userId}'`,
      ],
      requisitions_told: [
        ['requisitions'],
        () =>
          `update requisitions set number = 'REQ-1999-00001' where id = (select requisition_id from payments where id = '${execution.paymentId}')`,
      ],
      payments_told: [
        ['payments'],
        () => `update payments set created_by = '${office.people.david.userId}' where id = '${execution.paymentId}'`,
      ],
      variances_told: [
        ['variance_adjustments'],
        () => `update variance_adjustments set recorded_by = '${office.people.peter.userId}' where status = 'pending'`,
      ],
      replenishments_told: [
        ['replenishment_requests'],
        () => 'update replenishment_requests set requested_minor = requested_minor + 1',
      ],
      changes_told: [['changes'], () => `update changes set proposed_by = '${office.people.peter.userId}'`],
      change_decisions_told: [['changes'], () => `update changes set decided_at = ${aDayLater('decided_at')}`],
      funds_told: [['funds'], () => 'update funds set otp_threshold_minor = otp_threshold_minor + 1'],
      code_terms: [['otp_challenges'], () => "update otp_challenges set digest = 'x' where consumed_at is not null"],
    };

    for (const [id, [tables, statement]] of Object.entries(breaks)) {
      test(`are found: ${id}`, async () => {
        await tamperer.during(tables, statement(), [], async () => {
          expect((await brokenRules()).map((rule) => rule.split(':')[0])).toContain(id);
        });
      });
    }

    test('every invariant has a test, but for those that constraints make impossible to break', () => {
      const tested = new Set([
        ...Object.keys(breaks),
        ...OF_RECONCILIATIONS,
        ...OF_FEE_RULES,
        ...OF_BATCHES,
        ...OF_BANK_FILES,
        ...OF_MESSAGES,
        ...OF_REPLENISHMENTS,
        ...OF_SUSPENSE,
        ...OF_THE_OFFICE,
      ]);
      const untested = ALL_INVARIANTS.map((invariant) => invariant.id).filter((id) => !tested.has(id));
      expect(untested).toEqual(['amounts', 'idempotency_keys', 'one_open_replenishment', 'one_pending_variance']);
    });

    test('ledger verify names the first and lists all', async () => {
      await tamperer.during(
        ['funds'],
        `update funds set balance_minor = balance_minor + 100, voucher_seq = 9 where code = '${fund.code}'`,
        [],
        async () => {
          const problem = await problemOf(verifyLedger(office.store, office.people.helen, { fund: null }));
          expect(problem.message).toContain(
            `fund ${fund.code} holds KES 96,501.00, but its entries come to KES 96,500.00`,
          );
          expect(problem.details.checks?.filter((check) => check.ok === false).map((check) => check.id)).toEqual([
            'balance',
            'voucher_count',
          ]);
        },
      );
    });
  });

  test.runIf(dialect === 'sqlite')('what cannot even be read is a finding, not a crash', async () => {
    for (const [table, column, junk] of [
      ['audit_events', 'hash', ''],
      ['audit_events', 'body', '{}'],
      ['ledger_entries', 'created_at', 9_000_000_000_000_000],
      ['payment_executions', 'created_at', -9_000_000_000_000_000],
    ] as const) {
      await tamperer.during(
        [table],
        `update ${table} set ${column} = ? where rowid = (select max(rowid) from ${table})`,
        [junk],
        async () => {
          expect(codes(await auditProblem()).length).toBeGreaterThan(0);
        },
      );
    }
  });

  describe.runIf(dialect === 'postgres')('the fast scan of Postgres', () => {
    const isFast = async (): Promise<boolean> => {
      const statements: string[] = [];
      const onStatement = (text: string) => void statements.push(text);
      const store = await openStore(office.url, { clock: () => office.clock.now, onStatement });
      try {
        await verifyAudit(store, office.people.esther, { fund: null, heads: [] });
      } finally {
        await store.close();
      }
      expect(statements.some((text) => text.includes('pg_relation_size'))).toBe(true);
      return !statements.some((text) => text.includes('"audit_events"."seq" >='));
    };

    test('vouches for a whole office', async () => {
      expect(await isFast()).toBe(true);
    });

    test('is not misled by the zone and the style that a database writes instants in', async () => {
      const name = new URL(office.url).pathname.slice(1);
      await tamperer.run(`alter database ${name} set timezone = 'Asia/Kathmandu'`);
      await tamperer.run(`alter database ${name} set datestyle = 'German'`);
      expect(await isFast()).toBe(true);
      await tamperer.run(`alter database ${name} reset all`);
    });

    // An update puts a row behind all others.
    test.each([
      ['events', 'audit_events', 'hash = hash where seq % 2 = 1'],
      ['entries', 'ledger_entries', 'id = id where seq % 2 = 1'],
      ['executions', 'payment_executions', "id = id where voucher_number like '%1'"],
    ])('vouches for %s in another order than they were written in', async (_, table, change) => {
      await tamperer.during([table], `update ${table} set ${change}`, [], async () => {
        expect(await isFast()).toBe(true);
      });
    });
  });

  test.runIf(dialect === 'sqlite')('bytes changed in the file itself are found', async () => {
    const source = office.url.slice('sqlite:'.length);
    for (const [was, is] of [
      ['"action":"payment.executed"', '"action":"payment.executeD"'],
      [`${execution.voucherNumber} Jane Wanjiru`, `${execution.voucherNumber} Jane Wanjir\u0000`],
      ['manual', 'manuaL'],
    ] as const) {
      const file = `${source}.${randomUUID()}`;
      vacuumInto(source, file);
      writeFileSync(file, readFileSync(file, 'latin1').replaceAll(was, is), 'latin1');
      const store = await openStore(`sqlite:${file}`, { clock: () => office.clock.now });
      try {
        const problem = await problemOf(verifyAudit(store, office.people.esther, { fund: null, heads: [] }));
        expect(problem.kind, was).toBe('integrity');
      } finally {
        await store.close();
      }
    }
  });
});

test('text that people typed is never taken for a digest', () => {
  const forged = `"ledger_entry":{"digest":"${'a'.repeat(64)}","ref":"led_forged"}`;
  expect(vouchedEntry(canonicalJson({ payload: { payee: forged } }))).toBeNull();
  expect(
    vouchedEntry(canonicalJson({ payload: { ledger_entry: { ref: 'led_1', digest: 'b'.repeat(64) }, payee: forged } })),
  ).toEqual({
    ref: 'led_1',
    digest: 'b'.repeat(64),
  });
});
