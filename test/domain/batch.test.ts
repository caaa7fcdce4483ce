import { describe, expect, test } from 'vitest';
import {
  batchTerms,
  failingOfRows,
  linesText,
  payingVerb,
  rowState,
  runEnding,
  shownStatus,
  tallyOf,
  tallyText,
  type HashedBatch,
} from '../../src/domain/batch.ts';
import {
  batchChecks,
  batchRefusalKind,
  coversStill,
  type BatchCode,
  type BatchFacts,
} from '../../src/domain/batch-checks.ts';
import { failed, passed } from '../../src/domain/check.ts';
import { BATCH_LIFETIME_MS } from '../../src/domain/otp.ts';
import { after, aGrant, kes, NOW } from '../support/a-payment.ts';

describe('a run of a batch', () => {
  const none = { failed: 0, takenAway: 0, inFlight: 0 };

  test('ends with 12 while a row was not paid, whoever took it away, else with 8 while one is in flight', () => {
    expect(runEnding(none)).toEqual({ exitCode: 0, warnings: [] });
    expect(runEnding({ ...none, inFlight: 1 }).exitCode).toBe(8);
    expect(runEnding({ ...none, failed: 1 }).exitCode).toBe(12);
    expect(runEnding({ ...none, takenAway: 1 }).exitCode).toBe(12);
    expect(runEnding({ failed: 1, takenAway: 1, inFlight: 1 }).exitCode).toBe(12);
  });

  test('says of each kind how many there are', () => {
    expect(runEnding({ failed: 1, takenAway: 2, inFlight: 1 }).warnings).toEqual([
      '1 row failed; nothing was paid for it.',
      '2 rows were cancelled by somebody else meanwhile, or failed in their hands; nothing was paid for them.',
      'The outcome of 1 row is open: the money is reserved. Never pay it again.',
    ]);
    expect(runEnding({ ...none, takenAway: 1 }).warnings).toEqual([
      '1 row was cancelled by somebody else meanwhile, or failed in their hands; nothing was paid for it.',
    ]);
  });
});

describe('the rows of a batch', () => {
  test('count by what became of their payment, or of the wish before there is one', () => {
    expect(
      ['pending', 'executing', 'failed', 'cancelled', 'success', 'reconciled', 'reversed'].map((status) =>
        rowState(status, 'approved'),
      ),
    ).toEqual(['waiting', 'inFlight', 'failed', 'cancelled', 'paid', 'paid', 'paid']);
    expect(['submitted', 'approved', 'rejected', 'cancelled'].map((status) => rowState(null, status))).toEqual([
      ...['waiting', 'waiting', 'cancelled', 'cancelled'],
    ]);
  });

  test('make the batch done when none waits, is in flight or has failed', () => {
    const none = tallyOf([]);
    expect(shownStatus('executing', { ...none, paid: 2, cancelled: 1 })).toBe('done');
    for (const open of ['waiting', 'inFlight', 'failed'] as const)
      expect(shownStatus('executing', { ...none, paid: 2, [open]: 1 })).toBe('executing');
    expect(shownStatus('cancelled', none)).toBe('cancelled');
  });

  test('are told by what there is of them', () => {
    expect(tallyText(tallyOf(['paid', 'paid', 'failed', 'waiting']))).toBe('2 paid, 1 failed, 1 not paid yet');
    expect(tallyText(tallyOf(['inFlight', 'cancelled']))).toBe('1 in flight, 1 cancelled');
  });

  test('that fail alike are one check, with their lines, though each is called otherwise', () => {
    const late = (name: string) =>
      failed('status', 'REQUISITION_CLOSED', `${name} is paid.`, { command: `treasury requisition show ${name}` });
    const rows = [2, 3, 4, 9].map((line) => ({
      line,
      name: `REQ-${line}`,
      checks: [passed('a', ''), late(`REQ-${line}`)],
    }));
    const other = { line: 5, name: 'REQ-5', checks: [failed('status', 'REQUISITION_CLOSED', 'REQ-5 is cancelled.')] };
    const said = (...given: Parameters<typeof failingOfRows>) =>
      failingOfRows(...given).map(({ message, fix }) => [message, fix?.command]);
    expect(said([...rows, other])).toEqual([
      ['Lines 2 to 4, 9: it is paid.', null],
      ['Line 5: REQ-5 is cancelled.', null],
    ]);
    expect(said(rows.slice(0, 1))).toEqual([['Line 2: REQ-2 is paid.', 'treasury requisition show REQ-2']]);
    const poor = failed('balance', 'INSUFFICIENT_FUNDS', 'Too little.', { command: 'treasury fund show NBI' });
    expect(said([2, 3].map((line) => ({ line, name: `REQ-${line}`, checks: [poor] })))).toEqual([
      ['Lines 2 to 3: Too little.', 'treasury fund show NBI'],
    ]);
    expect(said([{ line: 2, name: 'REQ-2', checks: [passed('status', 'Fine.')] }])).toEqual([]);
    expect([linesText([7]), linesText([2, 3, 5])]).toEqual(['line 7', 'lines 2 to 3, 5']);
  });
});

describe('what a hash covers', () => {
  const row: HashedBatch['rows'][number] = {
    ...{ requisitionId: 'r1', number: 'REQ-2026-00001', revision: 1, line: 2, document: 'ID 1' },
    ...{ payee: 'Jane', amountMinor: 100, method: 'mpesa', destination: '254712345678', purpose: 'x', category: null },
  };
  const batch: HashedBatch = { fundId: 'f', currency: 'KES', rows: [row, { ...row, requisitionId: 'r2', line: 3 }] };
  const text = (change: Partial<HashedBatch>) => JSON.stringify(batchTerms({ ...batch, ...change }));

  test('is the number of rows, their total, the fund, the currency and every term of every row, in order', () => {
    const whole = text({});
    expect(batchTerms(batch)).toMatchObject({ count: 2, total_minor: 200, fund: 'f', currency: 'KES' });
    expect(text({ fundId: 'g' })).not.toBe(whole);
    expect(text({ currency: 'USD' })).not.toBe(whole);
    expect(text({ rows: batch.rows.toReversed() })).not.toBe(whole);
    const others = {
      ...{ requisitionId: 'r9', number: 'n', revision: 2, line: 9, document: null, payee: 'P', amountMinor: 101 },
      ...{ method: 'bank', destination: 'd', purpose: 'y', category: 'c' },
    } as const;
    for (const [term, value] of Object.entries(others))
      expect(text({ rows: [{ ...row, [term]: value }, ...batch.rows.slice(1)] }), term).not.toBe(whole);
  });
});

describe('executing a batch', () => {
  const code = (change: Partial<BatchCode> = {}): BatchCode => ({
    ...{
      digest: 'rows',
      failures: 0,
      sentAt: after(-60_000),
      expiresAt: after(4 * 60_000),
      verifiedAt: after(-30_000),
    },
    ...{ consumedAt: null, voidedAt: null, channel: 'mail', ...change },
  });

  /** Facts under which every check passes, but for what a test states. */
  const facts = (change: Partial<BatchFacts> = {}): BatchFacts => ({
    act: 'execute',
    now: NOW,
    batch: { ref: 'bat_7f3k2m', status: 'approved', currency: 'KES', createdBy: 'rita', hash: 'h', hashNow: 'h' },
    fund: {
      ...{ companyId: 'acme', regionId: null, branchId: null, code: 'NBI', state: 'open' },
      ...{ balanceMinor: kes('300'), reservedMinor: 0 },
    },
    executor: { userId: 'jane', username: 'jane', phone: '254700000001', grants: [aGrant('cashier')] },
    deciderIds: ['abel'],
    waiting: [
      { line: 2, method: 'mpesa', destination: '254712345678', amountMinor: kes('100') },
      { line: 3, method: 'cash', destination: 'Jane', amountMinor: kes('200') },
    ],
    tally: { waiting: 2, paid: 0, inFlight: 0, failed: 0, cancelled: 0 },
    code: code(),
    digest: 'rows',
    begun: null,
    others: ['peter'],
    ...change,
  });
  const failing = (change: Partial<BatchFacts>) =>
    batchChecks(facts(change)).flatMap(({ ok, code: failure }) => (ok === false ? [failure] : []));
  const usual = facts();

  test('passes every check, in the order of those of a payment', () => {
    const checks = batchChecks(usual);
    expect(checks.map(({ id }) => id).join()).toBe(
      'status,segregation,role,otp,otp_expiry,requisition,fund_open,balance',
    );
    expect(checks.every(({ ok }) => ok === true)).toBe(true);
  });

  test('takes a batch that is approved and has rows that wait', () => {
    const status = (word: string) => ({ batch: { ...usual.batch, status: word } });
    expect(failing(status('submitted'))).toEqual(['BATCH_NOT_APPROVED']);
    expect(failing(status('cancelled'))).toEqual(['BATCH_CANCELLED']);
    const left = (tally: Partial<BatchFacts['tally']>) => ({
      ...{ ...status('executing'), waiting: [], tally: { ...usual.tally, waiting: 0, ...tally } },
    });
    expect(failing(left({ paid: 2 }))).toEqual(['BATCH_DONE']);
    expect(failing(left({ paid: 1, failed: 1 }))).toEqual(['BATCH_ROWS_FAILED']);
    expect(failing(left({ failed: 1, inFlight: 1 }))).toEqual(['PAYMENT_IN_FLIGHT']);
  });

  test('is for who neither made nor decided on it, nor is paid by it, and has the role at its fund', () => {
    const executor = (change: object) => ({ executor: { ...usual.executor, ...change } });
    expect(failing(executor({ userId: 'rita' }))).toEqual(['EXECUTOR_IS_REQUESTER']);
    expect(failing(executor({ userId: 'abel' }))).toEqual(['EXECUTOR_IS_APPROVER']);
    expect(failing(executor({ phone: '254712345678' }))).toEqual(['DESTINATION_IS_EXECUTOR']);
    expect(failing(executor({ grants: [aGrant('auditor')] }))).toEqual(['ROLE_MISSING']);
    expect(failing(executor({ grants: [aGrant('cashier', { companyId: 'other' })] }))).toEqual(['OUT_OF_SCOPE']);
  });

  test('takes a code that was sent, entered, is not void and was given for its hash', () => {
    expect(failing({ code: null })).toEqual(['OTP_REQUIRED']);
    expect(failing({ code: code({ sentAt: null }) })).toEqual(['OTP_REQUIRED']);
    expect(failing({ code: code({ verifiedAt: null }) })).toEqual(['OTP_REQUIRED']);
    expect(failing({ code: code({ voidedAt: NOW }) })).toEqual(['OTP_REQUIRED']);
    expect(failing({ code: code({ consumedAt: NOW }) })).toEqual(['OTP_REQUIRED']);
    expect(failing({ code: code({ verifiedAt: null, failures: 5 }) })).toEqual(['OTP_LOCKED']);
    expect(failing({ code: code({ verifiedAt: null, failures: 4 }) })).toEqual(['OTP_REQUIRED']);
    // What was entered rightly stays good whatever was tried before and after it.
    expect(failing({ code: code({ failures: 5 }) })).toEqual([]);
    expect(failing({ digest: 'other rows' })).toEqual(['OTP_INVALID']);
  });

  test('takes it up to its deadline, and not a millisecond later', () => {
    expect(failing({ code: code({ expiresAt: NOW }) })).toEqual([]);
    expect(failing({ code: code({ expiresAt: after(-1) }) })).toEqual(['OTP_EXPIRED']);
  });

  test('takes rows that say what was approved, and a fund that is open and has what they need', () => {
    expect(failing({ batch: { ...usual.batch, hashNow: 'other' } })).toEqual(['BATCH_CHANGED']);
    const fund = (change: object) => ({ fund: { ...usual.fund, ...change } });
    expect(failing(fund({ state: 'frozen' }))).toEqual(['FUND_FROZEN']);
    expect(failing(fund({ state: 'closed' }))).toEqual(['FUND_CLOSED']);
    expect(failing(fund({ balanceMinor: kes('299.99') }))).toEqual(['INSUFFICIENT_FUNDS']);
    expect(failing(fund({ reservedMinor: 1 }))).toEqual(['INSUFFICIENT_FUNDS']);
  });

  describe('once it was begun', () => {
    const begun = (change: Partial<NonNullable<BatchFacts['begun']>> = {}) => ({
      ...{ by: 'jane', at: after(-60_000), voided: false, ...change },
    });
    const executing = { batch: { ...usual.batch, status: 'executing' } };

    test('it is covered for exactly 24 hours, unless its code was made void', () => {
      const end = new Date(NOW.getTime() - BATCH_LIFETIME_MS);
      expect(coversStill(begun({ at: end }), NOW)).toBe(true);
      expect(coversStill(begun({ at: new Date(end.getTime() - 1) }), NOW)).toBe(false);
      expect(coversStill(begun({ voided: true }), NOW)).toBe(false);
      expect(coversStill(null, NOW)).toBe(false);
    });

    test('nobody begins it again as long as it is covered, and anybody who may afterwards', () => {
      expect(failing({ ...executing, begun: begun() })).toEqual(['BATCH_BEGUN']);
      expect(failing({ ...executing, begun: begun({ voided: true }) })).toEqual([]);
      const long = after(-BATCH_LIFETIME_MS - 1);
      expect(failing({ ...executing, begun: begun({ by: 'peter', at: long }) })).toEqual([]);
    });

    test('who began it resumes it without a code, as long as it is covered', () => {
      const resume = (of: BatchFacts['begun']) => failing({ ...executing, act: 'resume', code: null, begun: of });
      expect(resume(begun())).toEqual([]);
      expect(resume(null)).toEqual(['BATCH_NOT_BEGUN']);
      expect(resume(begun({ by: 'peter' }))).toEqual(['OTP_REQUIRED']);
      expect(resume(begun({ voided: true }))).toEqual(['OTP_REQUIRED']);
      expect(resume(begun({ at: after(-BATCH_LIFETIME_MS) }))).toEqual([]);
      expect(resume(begun({ at: after(-BATCH_LIFETIME_MS - 1) }))).toEqual(['OTP_EXPIRED']);
    });

    test('who may not go on with it is told who may, or what to ask for', () => {
      const otp = (of: BatchFacts['begun']) =>
        batchChecks(facts({ ...executing, act: 'resume', code: null, begun: of })).find(({ id }) => id === 'otp');
      const another = { command: 'treasury batch otp bat_7f3k2m' };
      expect(otp(begun({ by: 'peter' }))).toMatchObject({ fix: { who: ['peter'] } });
      const over = after(-BATCH_LIFETIME_MS - 1);
      expect(otp(begun({ by: 'peter', at: over }))).toMatchObject({ message: 'A new code is needed.', fix: another });
      expect(otp(begun({ voided: true }))).toMatchObject({
        message: 'What the code of this batch allowed was made void.',
        fix: another,
      });
    });
  });

  test('is refused by people first, then what is in flight, then codes, then figures', () => {
    const kind = (...checks: readonly (readonly [string, string])[]) =>
      batchRefusalKind(checks.map(([id, failure]) => failed(id, failure, '')));
    const [people, flying, otp, money] = [
      ['segregation', 'EXECUTOR_IS_REQUESTER'],
      ['status', 'PAYMENT_IN_FLIGHT'],
      ['otp', 'OTP_REQUIRED'],
      ['balance', 'INSUFFICIENT_FUNDS'],
    ] as const;
    expect(kind(money, otp, flying, people)).toBe('forbidden');
    expect(kind(money, otp, flying)).toBe('pending');
    expect(kind(money, otp)).toBe('auth');
    expect(kind(money)).toBe('refused');
  });

  test('is refused for what fails, not for what passed', () => {
    const balance = failed('balance', 'INSUFFICIENT_FUNDS', '');
    const well = [passed('segregation', ''), passed('role', ''), passed('otp', ''), passed('otp_expiry', '')];
    expect(batchRefusalKind([...well, balance])).toBe('refused');
    expect(batchRefusalKind([...well, failed('otp_expiry', 'OTP_EXPIRED', '')])).toBe('auth');
    expect(batchRefusalKind([...well, failed('role', 'ROLE_MISSING', '')])).toBe('forbidden');
  });
});

test('what is next about a batch that can be paid depends on whose code covers it, and on whether one was given', () => {
  const next = (begun: boolean | null, coded: boolean) => payingVerb({ begun, coded });
  expect([next(null, false), next(null, true)]).toEqual(['otp', 'execute']);
  expect([next(true, false), next(true, true)]).toEqual(['resume', 'resume']);
  expect([next(false, false), next(false, true)]).toEqual(['show', 'show']);
});
