import { describe, expect, test } from 'vitest';
import { isFailed } from '../../src/domain/check.ts';
import { executionChecks, refusalKind } from '../../src/domain/execution-checks.ts';
import { codeNeeded, NOBODY } from '../../src/domain/execution-facts.ts';
import { after, aChallenge, aGrant, executionFacts, kes, NOW } from '../support/a-payment.ts';
import type { Check } from '../../src/domain/problem.ts';

type Stated = Parameters<typeof executionFacts>[0];

const IDS = [
  'status',
  'segregation',
  'role',
  'otp',
  'otp_expiry',
  'retries',
  'requisition',
  'limits',
  'fund_open',
  'balance',
] as const;

const judge = (stated: Stated, id: (typeof IDS)[number]): Check => {
  const found = executionChecks(executionFacts(stated)).find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};

/** `ok`, `null` for not judged, or the code of the refusal. */
const verdict = (stated: Stated, id: (typeof IDS)[number]) => {
  const { ok, code } = judge(stated, id);
  return ok === false ? code : ok;
};

const failing = (stated: Stated) =>
  executionChecks(executionFacts(stated))
    .filter(isFailed)
    .map((check) => check.code);

const kindOf = (stated: Stated) => refusalKind(executionChecks(executionFacts(stated)));

describe('all checks together', () => {
  test('an ordinary payment passes every check, in the order of the manual, and says why', () => {
    const checks = executionChecks(executionFacts());
    expect(checks.map((check) => check.id)).toEqual(IDS);
    expect(checks.every((check) => check.ok === true && check.code === null && check.fix === null)).toBe(true);
    expect(checks.map((check) => check.message)).toEqual([
      'It is pending.',
      'jane neither requested nor approved it.',
      'jane may pay from fund NBI.',
      'The one-time code was verified.',
      'The code is not older than five minutes.',
      '0 of 3 attempts have failed.',
      'REQ-2026-00912 is approved with these terms.',
      'It is within the limits of its fund.',
      'Fund NBI is open.',
      'Fund NBI has KES 100,000.00 available.',
    ]);
    expect(checks.map((check) => check.facts)).toEqual([
      { status: 'pending' },
      {},
      {},
      { required: true },
      { expires_at: '2026-10-18T06:10:03.950Z' },
      { retry_count: 0, max_retries: 3 },
      { requisition: 'REQ-2026-00912', status: 'approved' },
      {},
      {},
      { available_minor: 10_000_000, amount_minor: 500_000, reserved_minor: 0 },
    ]);
  });

  test('everything wrong at once is said at once', () => {
    const worst: Stated = {
      payment: { retryCount: 3 },
      executor: { userId: 'rita', grants: [] },
      challenge: aChallenge({ verifiedAt: null, expiresAt: after(-1) }),
      requisition: { status: 'cancelled' },
      fund: { state: 'frozen', balanceMinor: 0, paymentLimitMinor: 1 },
    };
    expect(failing(worst)).toEqual([
      'EXECUTOR_IS_REQUESTER',
      'ROLE_MISSING',
      'OTP_REQUIRED',
      'OTP_EXPIRED',
      'RETRIES_EXHAUSTED',
      'REQUISITION_NOT_APPROVED',
      'LIMIT_EXCEEDED',
      'FUND_FROZEN',
      'INSUFFICIENT_FUNDS',
    ]);
  });

  test('what is not judged does not fail', () => {
    const checks = executionChecks(executionFacts({ payment: { status: 'success' } }));
    expect(checks.filter((check) => check.ok === null).map((check) => check.id)).toEqual([
      'otp',
      'otp_expiry',
      'balance',
    ]);
    expect(checks.filter((check) => check.ok === null).some(isFailed)).toBe(false);
  });
});

describe('status', () => {
  test.each([
    ['pending', true, true],
    ['executing', 'PAYMENT_IN_FLIGHT', null],
    ['success', 'PAYMENT_ALREADY_EXECUTED', null],
    ['failed', 'PAYMENT_FAILED', true],
    ['reconciled', 'PAYMENT_ALREADY_EXECUTED', null],
    ['cancelled', 'PAYMENT_CANCELLED', null],
    ['reversed', 'PAYMENT_ALREADY_EXECUTED', null],
  ])('a payment that is %s: status %s, balance %s', (status, expected, balance) => {
    expect(verdict({ payment: { status } }, 'status')).toBe(expected);
    expect(verdict({ payment: { status } }, 'balance')).toBe(balance);
    expect(judge({ payment: { status } }, 'status').facts).toMatchObject({ status });
  });

  test('a failed status leaves the code unjudged, however bad the code is', () => {
    for (const status of ['executing', 'success', 'failed', 'reconciled', 'cancelled', 'reversed']) {
      for (const challenge of [null, aChallenge({ expiresAt: after(-1) }), aChallenge({ digest: 'other' })]) {
        for (const id of ['otp', 'otp_expiry'] as const) {
          expect(judge({ payment: { status }, challenge }, id)).toEqual({
            id,
            ok: null,
            code: null,
            message: 'The code is not judged, as the payment is not pending.',
            fix: null,
            facts: {},
          });
        }
      }
    }
  });

  test('each says what happened and what to do now', () => {
    for (const [gateway, state, command] of [
      ['manual', 'sent', 'treasury payment resolve pay_7f3k2m --gateway-reference REFERENCE'],
      ['daraja', 'unknown', 'treasury payment resolve pay_7f3k2m'],
      ['bankfile', 'reserved', 'treasury bankfile export --fund NBI --out FILE'],
      ['bankfile', 'sent', 'treasury bankfile import REPORT'],
    ] as const)
      expect(judge({ payment: { status: 'executing' }, carrier: { gateway, state } }, 'status')).toMatchObject({
        message: 'pay_7f3k2m is being paid already; its outcome is not known yet. Never pay it again.',
        fix: { command, who: [] },
      });
    expect(judge({ payment: { status: 'failed' } }, 'status')).toMatchObject({
      message: 'The last attempt of pay_7f3k2m failed.',
      fix: { command: 'treasury payment retry pay_7f3k2m', who: [] },
    });
    expect(judge({ payment: { status: 'cancelled' } }, 'status')).toMatchObject({
      message: 'pay_7f3k2m was cancelled.',
      fix: { command: null, who: [] },
    });
    expect(judge({ payment: { status: 'success' } }, 'status')).toMatchObject({
      message: 'pay_7f3k2m was paid already.',
      fix: { command: 'treasury payment show pay_7f3k2m', who: [] },
      facts: { status: 'success', voucher: null },
    });
  });

  test('a payment that was made names its voucher', () => {
    const check = judge({ payment: { status: 'success', voucher: 'PV-NBI-2026-00412' } }, 'status');
    expect(check.message).toBe('pay_7f3k2m was paid already with voucher PV-NBI-2026-00412.');
    expect(check.facts).toEqual({ status: 'success', voucher: 'PV-NBI-2026-00412' });
  });

  test('what is being paid is not judged against its own reservation', () => {
    expect(judge({ payment: { status: 'executing' } }, 'balance').message).toBe(
      'The balance is not judged for a payment that is not waiting.',
    );
  });
});

describe('segregation', () => {
  test.each([
    [
      'the requester of the payment',
      { executor: { userId: 'sam' }, payment: { requesterId: 'sam' } },
      'EXECUTOR_IS_REQUESTER',
    ],
    [
      'who asked for the requisition',
      { executor: { userId: 'sam' }, requisition: { requestedBy: 'sam' } },
      'EXECUTOR_IS_REQUESTER',
    ],
    ['an approver', { executor: { userId: 'abel' } }, 'EXECUTOR_IS_APPROVER'],
    [
      'a second approver',
      { executor: { userId: 'ben' }, requisition: { approverIds: ['abel', 'ben'] } },
      'EXECUTOR_IS_APPROVER',
    ],
    [
      'who rejected it before it was amended and approved',
      { executor: { userId: 'ben' }, requisition: { rejecterIds: ['ben'] } },
      'EXECUTOR_IS_APPROVER',
    ],
    [
      'who rejected it once and approved it later',
      { executor: { userId: 'abel' }, requisition: { rejecterIds: ['abel'] } },
      'EXECUTOR_IS_APPROVER',
    ],
    ['the owner of the phone', { payment: { destination: '254700000001' } }, 'DESTINATION_IS_EXECUTOR'],
    ['somebody without a phone', { executor: { phone: null } }, true],
    ['a fourth person', {}, true],
  ] satisfies [string, Stated, string | boolean][])('%s: %s', (_who, stated, expected) => {
    expect(verdict(stated, 'segregation')).toBe(expected);
  });

  test('no role exempts, not even all of them in the whole office', () => {
    const grants = (['cashier', 'treasurer', 'cfo', 'admin'] as const).map((role) => aGrant(role));
    expect(failing({ executor: { userId: 'rita', grants } })).toEqual(['EXECUTOR_IS_REQUESTER']);
    expect(failing({ executor: { userId: 'abel', grants } })).toEqual(['EXECUTOR_IS_APPROVER']);
  });

  test('people are told apart by who they are, not by what they are called', () => {
    expect(verdict({ executor: { userId: 'jane', username: 'rita' } }, 'segregation')).toBe(true);
    expect(verdict({ executor: { userId: 'rita', username: 'jane' } }, 'segregation')).toBe('EXECUTOR_IS_REQUESTER');
  });

  test('cash is handed to people, whatever numbers stand in their names', () => {
    const executor = { userId: 'carl', username: 'carl', phone: '254712345678' };
    for (const [method, expected] of [
      ['mpesa', 'DESTINATION_IS_EXECUTOR'],
      ['bank', 'DESTINATION_IS_EXECUTOR'],
      ['cash', true],
    ] as const)
      expect(verdict({ executor, payment: { method } }, 'segregation')).toBe(expected);
  });

  test('who is everything at once is told everything, and who may do it instead', () => {
    const check = judge(
      {
        executor: { userId: 'rita', username: 'rita', phone: '254712345678' },
        requisition: { approverIds: ['rita'] },
        others: { ...NOBODY, toExecute: ['jane', 'tom'] },
      },
      'segregation',
    );
    expect(check).toEqual({
      id: 'segregation',
      ok: false,
      code: 'EXECUTOR_IS_REQUESTER',
      message:
        'rita requested this payment and may not execute it. rita approved REQ-2026-00912 and may not execute it. ' +
        "254712345678 is rita's own phone.",
      fix: { command: null, who: ['jane', 'tom'] },
      facts: { codes: 'EXECUTOR_IS_REQUESTER EXECUTOR_IS_APPROVER DESTINATION_IS_EXECUTOR' },
    });
  });
});

describe('role', () => {
  test.each([
    ['cashier', true],
    ['treasurer', true],
    ['cfo', true],
    ['requester', 'ROLE_MISSING'],
    ['approver', 'ROLE_MISSING'],
    ['auditor', 'ROLE_MISSING'],
    ['admin', 'ROLE_MISSING'],
  ] as const)('a %s: %s', (role, expected) => {
    expect(verdict({ executor: { grants: [aGrant(role)] } }, 'role')).toBe(expected);
  });

  test.each([
    [{ companyId: 'acme' }, true],
    [{ companyId: 'acme', regionId: 'coast' }, true],
    [{ companyId: 'acme', regionId: 'coast', branchId: 'mombasa' }, true],
    [{ companyId: 'acme', regionId: 'coast', branchId: 'malindi' }, 'OUT_OF_SCOPE'],
    [{ companyId: 'acme', regionId: 'rift' }, 'OUT_OF_SCOPE'],
    [{ companyId: 'other' }, 'OUT_OF_SCOPE'],
  ])('a cashier of %o at a fund in mombasa: %s', (place, expected) => {
    expect(verdict({ executor: { grants: [aGrant('cashier', place)] } }, 'role')).toBe(expected);
  });

  test('a refusal names the roles, the fund and the people who may', () => {
    expect(judge({ executor: { grants: [] }, others: { ...NOBODY, toExecute: ['tom'] } }, 'role')).toMatchObject({
      message: 'jane has none of the roles cashier, treasurer, cfo at fund NBI.',
      fix: { command: null, who: ['tom'] },
    });
    expect(
      judge(
        { executor: { grants: [aGrant('cfo', { companyId: 'other' })] }, others: { ...NOBODY, toExecute: ['tom'] } },
        'role',
      ),
    ).toMatchObject({
      message: "jane's role does not reach fund NBI.",
      fix: { command: null, who: ['tom'] },
    });
  });
});

describe('one-time code', () => {
  const send = 'treasury payment otp pay_7f3k2m';
  const none = 'A one-time code is needed and none has been sent.';

  test.each([
    ['none was asked for', null, 'OTP_REQUIRED', none, send],
    ['it was not sent', aChallenge({ sentAt: null, verifiedAt: null }), 'OTP_REQUIRED', none, send],
    ['a new one voided it', aChallenge({ voidedAt: after(-1) }), 'OTP_REQUIRED', none, send],
    [
      'nobody entered it',
      aChallenge({ verifiedAt: null }),
      'OTP_REQUIRED',
      'A one-time code was sent and has not been entered.',
      'treasury payment otp pay_7f3k2m --verify --code-stdin',
    ],
    [
      'nobody gave one of the app',
      aChallenge({ channel: 'totp', verifiedAt: null }),
      'OTP_REQUIRED',
      'A code from the app is awaited and has not been entered.',
      'treasury payment otp pay_7f3k2m --verify --code-stdin',
    ],
    ['it was used', aChallenge({ consumedAt: after(-1) }), 'OTP_USED', 'The last code was used already.', send],
    [
      'five guesses were wrong',
      aChallenge({ verifiedAt: null, failures: 5 }),
      'OTP_LOCKED',
      'The code was guessed wrongly 5 times and is void.',
      send,
    ],
    [
      'it was for other terms',
      aChallenge({ digest: 'others' }),
      'OTP_INVALID',
      'The code was given for other terms than those of this payment.',
      send,
    ],
  ])('%s', (_case, challenge, code, message, command) => {
    expect(judge({ challenge }, 'otp')).toEqual({
      id: 'otp',
      ok: false,
      code,
      message,
      fix: { command, who: [] },
      facts: { required: true },
    });
  });

  test('four wrong guesses leave the code alive, the fifth voids it', () => {
    const guessed = (failures: number) => judge({ challenge: aChallenge({ verifiedAt: null, failures }) }, 'otp').code;
    expect([guessed(4), guessed(5), guessed(6)]).toEqual(['OTP_REQUIRED', 'OTP_LOCKED', 'OTP_LOCKED']);
  });

  test('wrong guesses do not undo a code that was entered rightly', () => {
    expect(verdict({ challenge: aChallenge({ failures: 5 }) }, 'otp')).toBe(true);
  });

  test('a used code stays used, whatever else is wrong with it', () => {
    const challenge = aChallenge({ consumedAt: after(-1), voidedAt: after(-1), digest: 'other', failures: 9 });
    expect(verdict({ challenge }, 'otp')).toBe('OTP_USED');
  });

  test('exactly five minutes after sending the code is good, one millisecond later it is not', () => {
    const sent = (ago: number) => ({ challenge: aChallenge({ sentAt: after(-ago) }) });
    expect(verdict(sent(300_000), 'otp_expiry')).toBe(true);
    expect(judge(sent(300_001), 'otp_expiry')).toEqual({
      id: 'otp_expiry',
      ok: false,
      code: 'OTP_EXPIRED',
      message: 'The code and what it allows ended five minutes after it was sent.',
      fix: { command: send, who: [] },
      facts: { expires_at: after(-1).toISOString() },
    });
  });

  test('verifying late does not lengthen the five minutes', () => {
    expect(verdict({ challenge: aChallenge({ sentAt: after(-300_001), verifiedAt: NOW }) }, 'otp_expiry')).toBe(
      'OTP_EXPIRED',
    );
  });

  test('a code that was never entered expires too', () => {
    const challenge = aChallenge({ sentAt: after(-300_001), verifiedAt: null });
    expect(failing({ challenge })).toEqual(['OTP_REQUIRED', 'OTP_EXPIRED']);
  });

  test.each([
    ['no challenge', null],
    ['not sent', aChallenge({ sentAt: null })],
    ['voided', aChallenge({ voidedAt: NOW })],
    ['used', aChallenge({ consumedAt: NOW })],
  ])('without a live code (%s) there is no deadline to judge', (_case, challenge) => {
    const check = judge({ challenge: challenge && { ...challenge, expiresAt: after(-1) } }, 'otp_expiry');
    expect(check).toMatchObject({ ok: null, code: null, message: 'There is no live code.' });
  });

  test('up to the threshold no code is needed, one cent more and it is', () => {
    const upTo = (otpThreshold: string) => ({ challenge: null, fund: { otpThresholdMinor: kes(otpThreshold) } });
    expect(failing(upTo('5000.00'))).toEqual([]);
    expect(failing(upTo('4999.99'))).toEqual(['OTP_REQUIRED']);
    expect(judge(upTo('5000.00'), 'otp')).toMatchObject({
      ok: true,
      message: 'No code is needed up to the threshold of its fund.',
      facts: { required: false },
    });
    expect(judge(upTo('5000.00'), 'otp_expiry')).toMatchObject({ ok: true, message: 'No code is needed.', facts: {} });
  });

  test('a code that is not needed may be old, used or of other terms', () => {
    const challenge = aChallenge({ digest: 'other', consumedAt: after(-1), expiresAt: after(-1) });
    expect(failing({ challenge, fund: { otpThresholdMinor: kes('5000') } })).toEqual([]);
  });

  test('a threshold of 0 asks for a code for every payment, even of one cent', () => {
    expect(codeNeeded(executionFacts({ payment: { amountMinor: 1 } }))).toBe(true);
  });

  test('splitting gains nothing: what the destination got in seven days counts', () => {
    const split = (paidToDestinationMinor: number) => ({
      challenge: null,
      paidToDestinationMinor,
      fund: { otpThresholdMinor: kes('8000') },
    });
    expect(failing(split(kes('3000.00')))).toEqual([]);
    expect(failing(split(kes('3000.01')))).toEqual(['OTP_REQUIRED']);
  });
});

describe('retries', () => {
  test('the third attempt of three may be made, a fourth may not', () => {
    expect(judge({ payment: { retryCount: 2 } }, 'retries')).toMatchObject({
      ok: true,
      message: '2 of 3 attempts have failed.',
    });
    expect(judge({ payment: { retryCount: 3 } }, 'retries')).toEqual({
      id: 'retries',
      ok: false,
      code: 'RETRIES_EXHAUSTED',
      message: 'All 3 attempts have failed.',
      fix: {
        command:
          'treasury payment cancel pay_7f3k2m && treasury payment create --requisition REQ-2026-00912 --fund NBI --amount 5000.00',
        who: [],
      },
      facts: { retry_count: 3, max_retries: 3 },
    });
    expect(verdict({ payment: { retryCount: 4 } }, 'retries')).toBe('RETRIES_EXHAUSTED');
  });
});

describe('requisition', () => {
  test.each([
    ['submitted', 'pending', 'REQUISITION_NOT_APPROVED'],
    ['rejected', 'pending', 'REQUISITION_NOT_APPROVED'],
    ['cancelled', 'pending', 'REQUISITION_NOT_APPROVED'],
    ['paid', 'pending', 'REQUISITION_NOT_APPROVED'],
    ['approved', 'pending', true],
    ['paid', 'success', true],
    ['rejected', 'success', 'REQUISITION_NOT_APPROVED'],
  ])('one that is %s, for a payment that is %s: %s', (status, payment, expected) => {
    expect(verdict({ requisition: { status }, payment: { status: payment } }, 'requisition')).toBe(expected);
  });

  test('a refusal names it and shows the way', () => {
    expect(judge({ requisition: { status: 'submitted' } }, 'requisition')).toMatchObject({
      message: 'REQ-2026-00912 is submitted, not approved.',
      fix: { command: 'treasury requisition show REQ-2026-00912', who: [] },
      facts: { requisition: 'REQ-2026-00912', status: 'submitted' },
    });
    expect(judge({ requisition: { termsAgree: false } }, 'requisition')).toEqual({
      id: 'requisition',
      ok: false,
      code: 'REQUISITION_TERMS_CHANGED',
      message: 'REQ-2026-00912 was approved with other terms than this payment has.',
      fix: { command: 'treasury payment cancel pay_7f3k2m', who: [] },
      facts: { requisition: 'REQ-2026-00912', status: 'approved' },
    });
  });

  test('its payments may come to what was approved, and to not one cent more', () => {
    const approved = { amountMinor: kes('5000.00') };
    expect(verdict({ requisition: { ...approved, committedMinor: kes('5000.00') } }, 'requisition')).toBe(true);
    expect(judge({ requisition: { ...approved, committedMinor: kes('5000.01') } }, 'requisition')).toEqual({
      id: 'requisition',
      ok: false,
      code: 'REQUISITION_EXCEEDED',
      message: 'The payments of REQ-2026-00912 come to KES 5,000.01; approved are KES 5,000.00.',
      fix: { command: 'treasury payment list --search REQ-2026-00912', who: [] },
      facts: { requisition: 'REQ-2026-00912', status: 'approved' },
    });
  });
});

describe('limits', () => {
  test('a limit includes its figure; one cent more exceeds it', () => {
    expect(verdict({ fund: { paymentLimitMinor: kes('5000.00') } }, 'limits')).toBe(true);
    expect(verdict({ fund: { paymentLimitMinor: kes('4999.99') } }, 'limits')).toBe('LIMIT_EXCEEDED');
  });

  test('a daily limit counts what went out today', () => {
    const today = (paid: string) =>
      verdict({ paidTodayMinor: kes(paid), fund: { dailyLimitMinor: kes('8000') } }, 'limits');
    expect([today('0'), today('3000.00'), today('3000.01')]).toEqual([true, true, 'LIMIT_EXCEEDED']);
  });

  test('no limit is no limit, and a limit of 0 lets nothing out', () => {
    expect(verdict({ paidTodayMinor: Number.MAX_SAFE_INTEGER }, 'limits')).toBe(true);
    expect(verdict({ payment: { amountMinor: 1 }, fund: { paymentLimitMinor: 0 } }, 'limits')).toBe('LIMIT_EXCEEDED');
    expect(verdict({ payment: { amountMinor: 1 }, fund: { dailyLimitMinor: 0 } }, 'limits')).toBe('LIMIT_EXCEEDED');
  });

  test('both limits are told together, with their figures', () => {
    const stated = {
      paidTodayMinor: kes('3000.01'),
      fund: { paymentLimitMinor: kes('4999.99'), dailyLimitMinor: kes('8000') },
    };
    expect(judge(stated, 'limits')).toEqual({
      id: 'limits',
      ok: false,
      code: 'LIMIT_EXCEEDED',
      message:
        'Fund NBI pays at most KES 4,999.99 at once; this payment is KES 5,000.00. ' +
        'Fund NBI pays at most KES 8,000.00 a day; KES 3,000.01 went out today and this payment is KES 5,000.00.',
      fix: { command: 'treasury fund show NBI', who: [] },
      facts: { payment_limit_minor: 499_999, daily_limit_minor: 800_000, paid_today_minor: 300_001 },
    });
  });
});

test('without a daily limit nobody counts what went out today', () => {
  const facts = judge({ paidTodayMinor: kes('3000'), fund: { paymentLimitMinor: kes('4999.99') } }, 'limits').facts;
  expect(facts).toEqual({ payment_limit_minor: 499_999, daily_limit_minor: null, paid_today_minor: null });
});

describe('fund', () => {
  test('a frozen or closed fund pays nothing', () => {
    expect(judge({ fund: { state: 'frozen' } }, 'fund_open')).toMatchObject({
      ok: false,
      code: 'FUND_FROZEN',
      message: 'Fund NBI is frozen.',
      fix: { command: 'treasury fund unfreeze NBI', who: [] },
    });
    expect(judge({ fund: { state: 'closed' } }, 'fund_open')).toMatchObject({
      ok: false,
      code: 'FUND_CLOSED',
      message: 'Fund NBI is closed.',
      fix: { command: null, who: [] },
    });
  });

  test('the whole balance can be paid, and not one cent more', () => {
    expect(failing({ fund: { balanceMinor: kes('5000.00') } })).toEqual([]);
    expect(judge({ fund: { balanceMinor: kes('4999.99') } }, 'balance')).toEqual({
      id: 'balance',
      ok: false,
      code: 'INSUFFICIENT_FUNDS',
      message: 'Fund NBI has KES 4,999.99 available; this payment needs KES 5,000.00.',
      fix: { command: 'treasury replenish request NBI --reason REASON', who: [] },
      facts: { available_minor: 499_999, amount_minor: 500_000, reserved_minor: 0 },
    });
  });

  test('money reserved for payments under way cannot be paid again', () => {
    const reserved = (amount: string) => ({ fund: { balanceMinor: kes('8000'), reservedMinor: kes(amount) } });
    expect(failing(reserved('3000.00'))).toEqual([]);
    expect(failing(reserved('3000.01'))).toEqual(['INSUFFICIENT_FUNDS']);
    expect(judge(reserved('3000.01'), 'balance').facts).toEqual({
      available_minor: 499_999,
      amount_minor: 500_000,
      reserved_minor: 300_001,
    });
  });

  test('a fund with negative available pays nothing, not even one cent', () => {
    expect(judge({ payment: { amountMinor: 1 }, fund: { balanceMinor: -1 } }, 'balance').message).toBe(
      'Fund NBI has KES -0.01 available; this payment needs KES 0.01.',
    );
  });
});

describe('which exit code', () => {
  const forbidden = [
    { executor: { userId: 'abel' } },
    { executor: { grants: [] } },
    { fund: { paymentLimitMinor: 1 } },
  ] satisfies Stated[];
  const code = [{ challenge: null }, { challenge: aChallenge({ expiresAt: after(-1) }) }] satisfies Stated[];
  const business = [
    { payment: { status: 'cancelled' } },
    { payment: { status: 'failed' } },
    { payment: { retryCount: 3 } },
    { requisition: { status: 'rejected' } },
    { fund: { state: 'closed' } },
    { fund: { balanceMinor: 0 } },
  ] satisfies Stated[];

  test.each(forbidden)('5 for people and limits: %o', (stated) => {
    expect(kindOf(stated)).toBe('forbidden');
  });

  test.each(code)('4 for the code: %o', (stated) => {
    expect(kindOf(stated)).toBe('auth');
  });

  test.each(business)('6 for the business: %o', (stated) => {
    expect(kindOf(stated)).toBe('refused');
  });

  test('8 for a payment under way', () => {
    expect(kindOf({ payment: { status: 'executing' } })).toBe('pending');
  });

  test('5 before 8 before 4 before 6', () => {
    const inFlight = { payment: { status: 'executing' } };
    for (const stated of forbidden) expect(kindOf({ ...inFlight, ...stated })).toBe('forbidden');
    expect(kindOf({ ...inFlight, challenge: null, requisition: { status: 'rejected' } })).toBe('pending');
    expect(kindOf({ challenge: null, requisition: { status: 'rejected' }, fund: { balanceMinor: 0 } })).toBe('auth');
    expect(kindOf({ challenge: null, executor: { grants: [] } })).toBe('forbidden');
  });

  const failed = (id: string, code: string): Check => ({ id, ok: false, code, message: '', fix: null, facts: {} });
  const kinds = [
    [failed('limits', 'LIMIT_EXCEEDED'), 'forbidden'],
    [failed('status', 'PAYMENT_IN_FLIGHT'), 'pending'],
    [failed('otp_expiry', 'OTP_EXPIRED'), 'auth'],
    [failed('balance', 'INSUFFICIENT_FUNDS'), 'refused'],
  ] as const;

  test('whatever the order and number of the failing checks', () => {
    for (const [i, [worse, kind]] of kinds.entries()) {
      for (const [other] of kinds.slice(i)) {
        expect(refusalKind([worse, other])).toBe(kind);
        expect(refusalKind([other, worse])).toBe(kind);
      }
    }
  });

  test('a check that passed or was not judged has no say', () => {
    for (const ok of [true, null]) {
      for (const [check] of kinds) expect(refusalKind([{ ...check, ok }])).toBe('refused');
    }
  });
});

describe('money that left already', () => {
  test.each([
    ['is open', true, 'treasury suspense settle sus_4kq7z2 --reason REASON', 'is held as sus_4kq7z2'],
    ['was debited', false, 'treasury payment cancel pay_7f3k2m', 'was debited for it by sus_4kq7z2'],
  ])('is not paid again, whatever else is well: its item %s', (_, open, command, said) => {
    for (const status of ['pending', 'failed']) {
      const checks = executionChecks(executionFacts({ payment: { status }, held: { ref: 'sus_4kq7z2', open } }));
      const found = checks.find(({ id }) => id === 'suspense');
      expect(found).toMatchObject({ ok: false, code: 'PAYMENT_IN_SUSPENSE', fix: { command } });
      expect(found?.message).toContain(said);
      expect(refusalKind(checks)).toBe('refused');
    }
  });

  test('what is paid, or was paid twice, is judged by its status alone', () => {
    const held = { ref: 'sus_4kq7z2', open: true };
    for (const status of ['executing', 'success', 'cancelled'])
      expect(failing({ payment: { status }, held })).not.toContain('PAYMENT_IN_SUSPENSE');
    expect(failing({})).toEqual([]);
  });
});
