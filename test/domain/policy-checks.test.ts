import { describe, expect, test } from 'vitest';
import { isFailed } from '../../src/domain/check.ts';
import { executionChecks, refusalKind } from '../../src/domain/execution-checks.ts';
import { NOBODY } from '../../src/domain/execution-facts.ts';
import { approvalChecks, judged, policyChecks } from '../../src/domain/policy-checks.ts';
import { NO_POLICY } from '../../src/domain/policy.ts';
import { actChecks, actRefusalKind, type ActFacts } from '../../src/domain/requisition.ts';
import { aGrant, executionFacts, kes } from '../support/a-payment.ts';
import { aCase, aPolicy, by, FULL_POLICY } from '../support/a-policy.ts';

const FULL = aPolicy(FULL_POLICY, 3);
/** Monday morning, when payments are made. */
const OPEN = { weekday: 'mon', minute: 540 } as const;
const OTHERS = { toExecute: ['tom'], toApprove: ['eve', 'fay'], cfos: ['eve'] };

const execution = (stated: Parameters<typeof executionFacts>[0] = {}) =>
  executionChecks(executionFacts({ policy: FULL, time: OPEN, others: OTHERS, ...stated }));
const failing = (stated: Parameters<typeof executionFacts>[0]) => execution(stated).filter(isFailed);

describe('executing under a policy', () => {
  test('what is within it passes, and says which policy it was', () => {
    const checks = execution({ payment: { amountMinor: kes('5000.00') }, fund: { otpThresholdMinor: kes('9000') } });
    expect(checks.filter(isFailed)).toEqual([]);
    expect(checks.find(({ id }) => id === 'limits')?.message).toBe(
      'It is within the limits of its fund and of policy 3.',
    );
    expect(checks.find(({ id }) => id === 'otp')?.message).toBe(
      'No code is needed up to the thresholds of its fund and of policy 3.',
    );
  });

  test('a code is needed above the lower of two thresholds', () => {
    const fund = { otpThresholdMinor: kes('9000') };
    const code = (amount: string) =>
      failing({ payment: { amountMinor: kes(amount) }, fund, challenge: null }).map((check) => check.code);
    expect(code('5000.00')).toEqual([]);
    expect(code('5000.01')).toEqual(['OTP_REQUIRED']);
  });

  test('approvals that a stricter policy misses are asked for, with who and how', () => {
    const [check, ...more] = failing({
      payment: { amountMinor: kes('40000'), method: 'cash' },
      policy: aPolicy({ approval: [{ approvers: 2, roles: ['cfo'] }] }, 4),
    });
    expect(more).toEqual([]);
    expect(check).toEqual({
      id: 'requisition',
      ok: false,
      code: 'APPROVALS_MISSING',
      message:
        'REQ-2026-00912 has 1 of 2 approvals: policy 4 asks for 2 approvers, among them 1 cfo (any amount); still needed: 1 more approver, a cfo.',
      fix: { command: 'treasury requisition approve REQ-2026-00912', who: ['eve', 'fay'] },
      facts: { requisition: 'REQ-2026-00912', status: 'approved', policy: 4 },
    });
    expect(refusalKind([check as NonNullable<typeof check>])).toBe('refused');
  });

  test('what is submitted says how far it has come', () => {
    const submitted = { requisition: { status: 'submitted', approvals: [] } };
    expect(failing(submitted)[0]?.message).toBe(
      'REQ-2026-00912 is submitted, not approved. REQ-2026-00912 has 0 of 1 approvals: policy 3 asks for 1 approver (up to KES 500,000.00); still needed: 1 more approver.',
    );
    expect(failing({ ...submitted, policy: NO_POLICY })[0]?.message).toBe('REQ-2026-00912 is submitted, not approved.');
    expect(failing({ requisition: { status: 'submitted' } })[0]?.message).toBe(
      'REQ-2026-00912 is submitted, not approved.',
    );
  });

  test('an approved requisition without any approval pays nothing, also without a policy', () => {
    const [check] = failing({ policy: NO_POLICY, requisition: { approvals: [] } });
    expect(check).toMatchObject({
      code: 'APPROVALS_MISSING',
      message: expect.stringContaining('the office asks for 1 approver') as string,
    });
  });

  test('above its figure a CFO must act; the role is refused (5), and a CFO who executes is enough', () => {
    const policy = aPolicy({ cfo: { above: '500,000' } }, 3);
    const big = { policy, payment: { amountMinor: kes('500000.01') }, fund: { balanceMinor: kes('900000') } };
    expect(failing({ ...big, payment: { amountMinor: kes('500000.00') } })).toEqual([]);
    const [check, ...more] = failing(big);
    expect(more).toEqual([]);
    expect(check).toMatchObject({
      id: 'role',
      code: 'CFO_REQUIRED',
      fix: { command: null, who: ['eve'] },
      facts: { policy: 3 },
    });
    expect(refusalKind([check as NonNullable<typeof check>])).toBe('forbidden');
    expect(failing({ ...big, executor: { grants: [aGrant('cfo')] } })).toEqual([]);
    expect(
      failing({ ...big, executor: { grants: [aGrant('cashier'), aGrant('cfo', { companyId: 'other' })] } })[0]?.code,
    ).toBe('CFO_REQUIRED');
  });

  test('a wrong role and a missing CFO are said together', () => {
    const policy = aPolicy({ cfo: { above: '0' } });
    const [check] = failing({ policy, executor: { grants: [] } });
    expect(check).toMatchObject({ code: 'ROLE_MISSING', fix: { who: ['eve'] } });
    expect(check?.message).toMatch(
      /^jane has none of the roles .* at fund NBI\. REQ-2026-00912 is of .* a CFO approves it/,
    );
  });

  test('limits of the fund, of the method, and the hours are one check with all faults', () => {
    const [check] = failing({
      payment: { amountMinor: kes('250000.01') },
      fund: { balanceMinor: kes('900000'), paymentLimitMinor: kes('1') },
      paidTodayByMethodMinor: kes('499999'),
      time: { weekday: 'sun', minute: 0 },
    });
    expect(check).toMatchObject({
      id: 'limits',
      code: 'LIMIT_EXCEEDED',
      fix: { command: 'treasury fund show NBI' },
      facts: {
        codes: 'LIMIT_EXCEEDED OUTSIDE_PAYMENT_HOURS',
        policy: 3,
        method_payment_limit_minor: kes('250000'),
        method_daily_limit_minor: kes('500000'),
        method_paid_today_minor: kes('499999'),
        payment_hours: 'mon-fri 08:00-17:00',
        time: 'sun 00:00',
      },
    });
    expect(check?.message.split('. ')).toHaveLength(4);
  });

  test('outside the hours alone is its own code, and refused like a limit', () => {
    const [check, ...more] = failing({ time: { weekday: 'mon', minute: 1020 } });
    expect(more).toEqual([]);
    expect(check).toMatchObject({
      id: 'limits',
      code: 'OUTSIDE_PAYMENT_HOURS',
      message: 'Policy 3 lets payments by mpesa be made mon-fri 08:00-17:00; it is mon 17:00.',
      fix: { command: 'treasury policy show' },
    });
    expect(refusalKind([check as NonNullable<typeof check>])).toBe('forbidden');
  });

  test('a limit without days and hours says so with nulls', () => {
    const policy = aPolicy({ limits: { mpesa: { per_payment: '1' } } });
    expect(failing({ policy })[0]?.facts).toMatchObject({ method_paid_today_minor: null, payment_hours: null });
  });

  test('what is being paid or was paid is not judged by a later policy', () => {
    const later = {
      policy: aPolicy({ approval: [{ approvers: 9 }], cfo: { above: 0 } }),
      time: { weekday: 'sun', minute: 0 },
    } as const;
    expect(failing({ ...later, payment: { status: 'executing' } }).map(({ id }) => id)).toEqual(['status']);
    expect(
      failing({ ...later, payment: { status: 'success' }, requisition: { status: 'paid' } }).map(({ id }) => id),
    ).toEqual(['status']);
    expect(failing({ ...later, payment: { status: 'failed' } }).map(({ id }) => id)).toEqual([
      'status',
      'role',
      'requisition',
    ]);
    expect(failing({ fund: { paymentLimitMinor: 1 }, payment: { status: 'executing' } })[1]?.facts).not.toHaveProperty(
      'policy',
    );
  });

  test('nobody is named before somebody has to be', () => {
    expect(NOBODY).toEqual({ toExecute: [], toApprove: [], cfos: [] });
  });
});

describe('explaining a policy', () => {
  const explained = (stated: Parameters<typeof aCase>[0], used: boolean | null, policy = FULL) =>
    policyChecks(judged(policy, aCase(stated)), used === null ? null : { used }).map(({ id, ok, code, message }) => [
      id,
      ok,
      code,
      message,
    ]);

  test('every rule with its figures, passed', () => {
    expect(explained({}, null)).toEqual([
      ['approvals', true, null, '1 of 1 approver (up to KES 500,000.00).'],
      ['cfo', true, null, 'No CFO is asked for up to KES 500,000.00.'],
      ['limits', true, null, 'By mpesa: at most KES 250,000.00 at once, and KES 500,000.00 a day, with KES 0.00 paid.'],
      ['hours', true, null, 'mon 09:00 is within mon-fri 08:00-17:00.'],
      [
        'otp',
        true,
        null,
        'No code is needed: KES 5,000.00 to this destination in 7 days, KES 5,000.00 without a code.',
      ],
    ]);
  });

  test('and where there are none', () => {
    expect(explained({}, true, NO_POLICY).map(([, , , message]) => message)).toEqual([
      '1 of 1 approver (any amount).',
      'No CFO is asked for at any amount.',
      'By mpesa: no limits.',
      'At any time.',
      'No code is needed: KES 5,000.00 to this destination in 7 days, KES 1,000,000.00 without a code.',
    ]);
  });

  test('and failed', () => {
    const wrong = {
      requisition: { amountMinor: kes('600000'), approvals: [] },
      payment: { amountMinor: kes('600000') },
      time: { weekday: 'sun', minute: 0 },
    } as const;
    expect(explained(wrong, false).map(([id, ok, code]) => [id, ok, code])).toEqual([
      ['approvals', false, 'APPROVALS_MISSING'],
      ['cfo', false, 'CFO_REQUIRED'],
      ['limits', false, 'LIMIT_EXCEEDED'],
      ['hours', false, 'OUTSIDE_PAYMENT_HOURS'],
      ['otp', false, 'OTP_REQUIRED'],
    ]);
  });

  test('a CFO who acted and a code that was used are said', () => {
    const acted = {
      requisition: { amountMinor: kes('600000'), approvals: [by('eve', 'cfo')] },
      paidToDestinationMinor: 1,
    };
    const [, cfo, , , otp] = explained(acted, true);
    expect(cfo).toEqual(['cfo', true, null, 'A CFO acted, as above KES 500,000.00 one must.']);
    expect(otp?.[3]).toMatch(/^A code was needed and used: KES 5,000.01/);
    expect(explained(acted, null)[4]?.[3]).toMatch(/^A code is needed: /);
  });

  test('of a requisition only what concerns its approval', () => {
    expect(approvalChecks(judged(FULL, aCase())).map(({ id }) => id)).toEqual(['approvals', 'cfo']);
    const bank = { payment: { method: 'bank' }, time: { weekday: 'mon', minute: 600 } } as const;
    expect(explained(bank, null)[2]?.[3]).toBe('By bank: at most KES 2,000,000.00 at once.');
  });
});

describe('approving under a policy', () => {
  const act = ({
    requisition,
    actor,
    ...rest
  }: {
    readonly requisition?: Partial<ActFacts['requisition']>;
    readonly actor?: Partial<ActFacts['actor']>;
  } & Partial<Omit<ActFacts, 'requisition' | 'actor'>> = {}) =>
    actChecks({
      act: 'approve',
      policy: FULL,
      requisition: {
        ...{ ref: 'req_abc123', number: 'REQ-2026-00001', status: 'submitted', requester: 'rita' },
        ...{ amountMinor: kes('2000000'), currency: 'KES', approvals: [] },
        ...requisition,
      },
      actor: {
        ...{ username: 'brian', isRequester: false, hasDecided: false, isExecutor: false },
        ...{ roles: ['approver'], mayDecide: true, decidesElsewhere: true },
        ...actor,
      },
      payments: [],
      others: ['eve', 'fay'],
      cfos: ['eve'],
      ...rest,
    });
  const refused = (stated: Parameters<typeof act>[0]) =>
    act(stated)
      .filter(isFailed)
      .map(({ id, code, fix }) => [id, code, fix?.who]);

  test('the first of two is taken, a second without the role is not', () => {
    expect(refused({})).toEqual([]);
    const approvals = [by('abel', 'approver')];
    expect(refused({ requisition: { approvals } })).toEqual([['role', 'CFO_REQUIRED', ['eve']]]);
    expect(refused({ requisition: { approvals }, actor: { roles: ['cfo'] } })).toEqual([]);
    const eve = [by('eve', 'cfo')];
    expect(refused({ requisition: { approvals: eve } })).toEqual([]);
  });

  test('where an approver is asked for, a CFO who is none is in vain', () => {
    const policy = aPolicy({ approval: [{ approvers: 1, roles: ['approver'] }] });
    expect(refused({ policy, actor: { roles: ['cfo'] } })).toEqual([['role', 'APPROVER_REQUIRED', ['eve', 'fay']]]);
  });

  test('nobody approves twice, in whichever roles, and a refusal of it is one of people', () => {
    const twice = {
      requisition: { approvals: [by('brian', 'approver')] },
      actor: { hasDecided: true, roles: ['approver', 'cfo'] },
    } as const;
    expect(refused(twice)).toEqual([['once', 'DECIDED_ALREADY', ['eve', 'fay']]]);
    expect(actRefusalKind(act(twice))).toBe('forbidden');
    expect(refused({ ...twice, act: 'reject' })).toEqual([['once', 'DECIDED_ALREADY', ['eve', 'fay']]]);
  });

  test('who executed a payment of it decides nothing about it', () => {
    const paid = { actor: { isExecutor: true } };
    expect(refused(paid)).toEqual([['segregation', 'APPROVER_IS_EXECUTOR', ['eve', 'fay']]]);
    expect(refused({ ...paid, act: 'reject' })).toEqual([['segregation', 'APPROVER_IS_EXECUTOR', ['eve', 'fay']]]);
  });

  test('what is approved, but not as a newer policy asks, can be approved further', () => {
    const approved = { status: 'approved', approvals: [by('abel', 'approver')] };
    expect(refused({ requisition: approved, actor: { roles: ['cfo'] } })).toEqual([]);
    expect(act({ requisition: approved, actor: { roles: ['cfo'] } })[0]?.message).toBe(
      'REQ-2026-00001 is approved, but not as policy 3 asks.',
    );
    const enough = { ...approved, amountMinor: kes('5000') };
    expect(refused({ requisition: enough })).toEqual([['status', 'REQUISITION_NOT_SUBMITTED', []]]);
    expect(refused({ requisition: approved, act: 'reject' })).toEqual([['status', 'REQUISITION_NOT_SUBMITTED', []]]);
  });

  test('above the cap a CFO may approve what is approved, and nobody else', () => {
    const policy = aPolicy({ cfo: { above: '1,000' } });
    const approved = { status: 'approved', approvals: [by('abel', 'approver')] };
    expect(refused({ policy, requisition: approved, actor: { roles: ['cfo'] } })).toEqual([]);
    expect(refused({ policy, requisition: approved })).toEqual([['role', 'CFO_REQUIRED', ['eve']]]);
    const byCfo = { status: 'approved', approvals: [by('eve', 'cfo')] };
    expect(refused({ policy, requisition: byCfo })).toEqual([['status', 'REQUISITION_NOT_SUBMITTED', []]]);
  });
});
