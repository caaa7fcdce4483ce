import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyDifference } from '../../src/domain/policy-replay.ts';
import { helps, isComplete, missingApprovals, policyVerdict } from '../../src/domain/policy-rules.ts';
import {
  APPROVING_ROLES,
  hoursOf,
  limitsDays,
  NO_POLICY,
  OPEN_RULES,
  otpThreshold,
  rulesFor,
  tierOf,
  WEEKDAYS,
  weekdayOf,
  type ApprovingRole,
  type MoneyRules,
  type Policy,
  type Tier,
} from '../../src/domain/policy.ts';
import { dayRanges } from '../../src/domain/policy-text.ts';
import { METHODS } from '../../src/domain/payment.ts';
import { kes } from '../support/a-payment.ts';
import { aCase, aPolicy, by, FULL_POLICY, terms } from '../support/a-policy.ts';

const FULL = aPolicy(FULL_POLICY);
const rules = rulesFor(FULL, 'KES');
const verdict = (stated: Parameters<typeof aCase>[0], policy: Policy = FULL) => policyVerdict(policy, aCase(stated));

describe('tiers', () => {
  test.each([
    ['0.01', 0],
    ['500000.00', 0],
    ['500000.01', 1],
    ['1000000.00', 1],
    ['1000000.01', 2],
    ['90071992547409.91', 2],
  ])('an amount of %s stands in tier %i: a limit includes its figure', (amount, at) => {
    expect(tierOf(rules, kes(amount))).toBe(rules.approval[at]);
  });

  test('without a policy one approver is enough at any amount', () => {
    for (const amount of [1, Number.MAX_SAFE_INTEGER])
      expect(tierOf(rulesFor(NO_POLICY, 'KES'), amount)).toEqual({ upToMinor: null, approvers: 1, roles: [] });
  });

  test('a ladder that ends is no policy', () => {
    expect(() => tierOf({ approval: [{ upToMinor: 5, approvers: 1, roles: [] }] }, 6)).toThrow('whose last tier ends');
  });

  test('a currency that the policy does not name is judged by its strictest rules at any amount', () => {
    const dollars = rulesFor(FULL, 'USD');
    expect(tierOf(dollars, 1)).toEqual({ upToMinor: null, approvers: 2, roles: ['cfo'] });
    expect(dollars).toMatchObject({ cfoAboveMinor: 0, otpAboveMinor: 0, limits: OPEN_RULES.limits });
    expect(dollars.otpAboveByMethodMinor).toEqual({ mpesa: 0, bank: null, cash: null });
    expect(rulesFor(aPolicy({}), 'USD')).toMatchObject({ cfoAboveMinor: null, otpAboveMinor: null });
    expect(rulesFor({ version: 1, terms: { ...terms({}), money: {} } }, 'USD')).toEqual(OPEN_RULES);
  });

  test('one that it names has its own', () => {
    const named = aPolicy({ ...FULL_POLICY, currency: { USD: { approval: [{ approvers: 3 }] } } });
    expect(tierOf(rulesFor(named, 'USD'), 1).approvers).toBe(3);
    expect(rulesFor(named, 'USD').cfoAboveMinor).toBe(null);
  });
});

describe('approvals', () => {
  const tier = (approvers: number, ...roles: ApprovingRole[]): Tier => ({ upToMinor: null, approvers, roles });

  test.each([
    ['nobody of one', tier(1), [], 1, []],
    ['one of one', tier(1), [by('a', 'approver')], 0, []],
    ['one of two', tier(2), [by('a', 'cfo')], 1, []],
    ['one twice is still one', tier(2), [by('a', 'cfo'), by('a', 'approver')], 1, []],
    ['two of two', tier(2), [by('a', 'cfo'), by('b', 'approver')], 0, []],
    ['one without the role', tier(1, 'cfo'), [by('a', 'approver')], 1, ['cfo']],
    ['one with it', tier(1, 'cfo'), [by('a', 'cfo')], 0, []],
    ['two, none of whom has it', tier(2, 'cfo'), [by('a', 'approver'), by('b', 'approver')], 1, ['cfo']],
    ['two CFOs asked for, one there', tier(2, 'cfo', 'cfo'), [by('a', 'cfo'), by('b', 'approver')], 1, ['cfo']],
    ['one in two roles fills only one', tier(2, 'cfo', 'approver'), [by('a', 'cfo', 'approver')], 1, []],
    ['the same person in each role', tier(2, 'cfo', 'approver'), [by('a', 'cfo'), by('a', 'approver')], 1, []],
    ['both roles, nobody yet', tier(3, 'cfo', 'approver'), [], 3, ['cfo', 'approver']],
    ['more than enough', tier(1), [by('a', 'cfo'), by('b', 'cfo'), by('c', 'approver')], 0, []],
  ] as const)('%s', (_, asked, approvals, people, roles) => {
    expect(missingApprovals(asked, approvals)).toEqual({ people, roles });
  });

  test('what is complete can be assigned: every role its own person, by whichever of their roles', () => {
    const role = fc.constantFrom<ApprovingRole>(...APPROVING_ROLES);
    const people = fc.array(fc.uniqueArray(role, { minLength: 1 }), { maxLength: 5 });
    const asked = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(role, { maxLength: 4 }));
    fc.assert(
      fc.property(people, asked, (held, [approvers, roles]) => {
        fc.pre(roles.length <= approvers);
        const approvals = held.map((roles, at) => by(String(at), ...roles));
        expect(isComplete(missingApprovals(tier(approvers, ...roles), approvals))).toBe(
          held.length >= approvers && assignable(held, roles),
        );
      }),
    );
  });

  test('whoever brings it nearer may approve, and nobody in vain', () => {
    const missing = (people: number, ...roles: ApprovingRole[]) => ({ missing: { people, roles }, cfoAwaited: false });
    expect(helps(missing(1), ['approver'])).toBe(true);
    expect(helps(missing(1, 'cfo'), ['approver'])).toBe(false);
    expect(helps(missing(1, 'cfo'), ['cfo'])).toBe(true);
    expect(helps(missing(2, 'cfo'), ['approver'])).toBe(true);
    expect(helps(missing(0), ['cfo'])).toBe(false);
    expect(helps({ ...missing(0), cfoAwaited: true }, ['cfo'])).toBe(true);
    expect(helps({ ...missing(0), cfoAwaited: true }, ['approver'])).toBe(false);
  });
});

/** Whether each role can have a person of its own, by trying everything. */
function assignable(held: readonly (readonly ApprovingRole[])[], roles: readonly ApprovingRole[]): boolean {
  const [first, ...rest] = roles;
  if (first === undefined) return true;
  return held.some((has, at) => has.includes(first) && assignable(held.toSpliced(at, 1), rest));
}

describe('the CFO', () => {
  const above = { requisition: { amountMinor: kes('500000.01') } };

  test('must act above the figure, and not at it', () => {
    expect(verdict({ requisition: { amountMinor: kes('500000') } }).cfoMissingAboveMinor).toBe(null);
    expect(verdict(above).cfoMissingAboveMinor).toBe(kes('500000'));
  });

  test('acts by approving or by executing', () => {
    expect(verdict({ ...above, executorIsCfo: true }).cfoMissingAboveMinor).toBe(null);
    const requisition = { ...above.requisition, approvals: [by('eve', 'cfo')] };
    expect(verdict({ requisition }).cfoMissingAboveMinor).toBe(null);
  });

  test('is asked for by what was approved, so paying it in parts gains nothing', () => {
    const parts = { ...above, payment: { amountMinor: 1 } };
    expect(verdict(parts).cfoMissingAboveMinor).toBe(kes('500000'));
  });
});

describe('limits of a method', () => {
  test.each([
    ['mpesa', '250000.00', null],
    ['mpesa', '250000.01', kes('250000')],
    ['bank', '2000000.00', null],
    ['bank', '2000000.01', kes('2000000')],
  ] as const)('by %s, %s at once: %s', (method, amount, expected) => {
    expect(verdict({ payment: { method, amountMinor: kes(amount) } }).overPaymentLimitMinor).toBe(expected);
  });

  test('a day holds its figure exactly, and not a cent more', () => {
    const day = (paid: string) => verdict({ paidTodayByMethodMinor: kes(paid) }).overDayLimitMinor;
    expect(day('495000.00')).toBe(null);
    expect(day('495000.01')).toBe(kes('500000'));
    expect(verdict({ payment: { method: 'bank' }, paidTodayByMethodMinor: kes('9000000') }).overDayLimitMinor).toBe(
      null,
    );
  });

  test('days are summed only where some method is limited in one', () => {
    expect(limitsDays(terms(FULL_POLICY))).toBe(true);
    expect(limitsDays(terms({ limits: { bank: { per_payment: 1 } } }))).toBe(false);
    expect(limitsDays(terms({ currency: { USD: { limits: { bank: { per_day: 1 } } } } }))).toBe(true);
  });
});

describe('hours', () => {
  const at = (weekday: (typeof WEEKDAYS)[number], minute: number, method: 'mpesa' | 'bank' = 'mpesa') =>
    verdict({ payment: { method }, time: { weekday, minute } }).outsideHours;

  test('begin with their first minute and end before their last', () => {
    expect(at('mon', 8 * 60 - 1)).toBe(true);
    expect(at('mon', 8 * 60)).toBe(false);
    expect(at('fri', 17 * 60 - 1)).toBe(false);
    expect(at('fri', 17 * 60)).toBe(true);
    expect(at('sat', 9 * 60)).toBe(true);
  });

  test('a method with hours of its own has only those', () => {
    expect(at('mon', 8 * 60, 'bank')).toBe(true);
    expect(at('sat', 9 * 60, 'bank')).toBe(false);
    expect(at('sun', 24 * 60 - 1, 'bank')).toBe(false);
    expect(hoursOf(FULL, 'bank')).toHaveLength(2);
    expect(hoursOf(NO_POLICY, 'bank')).toEqual([]);
  });

  test('where only others have hours there are none', () => {
    const banks = aPolicy({ hours: [{ days: ['mon'], from: '08:00', to: '09:00', methods: ['bank'] }] });
    expect(verdict({ time: { weekday: 'sun', minute: 0 } }, banks).outsideHours).toBe(false);
  });

  test('a day of the week is the one that calendars show', () => {
    expect(['2026-10-12', '2026-10-17', '2026-10-18', '2024-02-29'].map(weekdayOf)).toEqual([
      'mon',
      'sat',
      'sun',
      'thu',
    ]);
  });

  test('three days or more in a row are a range', () => {
    expect(dayRanges(['fri', 'mon', 'tue', 'thu', 'wed'])).toEqual(['mon-fri']);
    expect(dayRanges(['sat', 'sun'])).toEqual(['sat', 'sun']);
    expect(dayRanges(['mon', 'wed', 'thu', 'fri'])).toEqual(['mon', 'wed-fri']);
    expect(dayRanges([])).toEqual([]);
  });
});

describe('codes', () => {
  test.each([
    ['0', 'mpesa', '0'],
    ['1000000', 'mpesa', '5000'],
    ['1000000', 'bank', '10000'],
    ['7000', 'bank', '7000'],
    ['4999.99', 'mpesa', '4999.99'],
  ] as const)('a fund with %s, by %s: a code above %s', (fund, method, expected) => {
    expect(otpThreshold(rules, method, kes(fund))).toBe(kes(expected));
  });

  test('the figure itself needs none, a cent more does; what went to the destination counts', () => {
    const code = (amount: string, paid = '0') =>
      verdict({ payment: { amountMinor: kes(amount) }, paidToDestinationMinor: kes(paid) }).codeNeeded;
    expect(code('5000.00')).toBe(false);
    expect(code('5000.01')).toBe(true);
    expect(code('1000.00', '4000.00')).toBe(false);
    expect(code('1000.00', '4000.01')).toBe(true);
  });
});

const minor = fc.integer({ min: 0, max: 20 });
const maybe = fc.option(minor, { nil: null });
const byMethod = <Value>(value: fc.Arbitrary<Value>) => fc.record({ mpesa: value, bank: value, cash: value });

/** Ladders as files can make them: figures that rise, demands that never fall. */
const ladder = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1 }), fc.boolean()), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => {
    let [upTo, approvers, cfos] = [0, 1, 0];
    return steps.map(([rise, more, cfo], at): Tier => {
      [upTo, approvers, cfos] = [upTo + rise, approvers + more, Math.max(cfos, cfo ? 1 : 0)];
      return {
        upToMinor: at === steps.length - 1 ? null : upTo,
        approvers,
        roles: Array<ApprovingRole>(cfos).fill('cfo'),
      };
    });
  });
const moneyRules: fc.Arbitrary<MoneyRules> = fc.record({
  approval: ladder,
  limits: byMethod(fc.record({ perPaymentMinor: maybe, perDayMinor: maybe })),
  cfoAboveMinor: maybe,
  otpAboveMinor: maybe,
  otpAboveByMethodMinor: byMethod(maybe),
  varianceMinor: maybe,
});
const policyOf = (money: MoneyRules): Policy => ({
  version: 1,
  terms: { ...terms({}), money: { KES: money } },
});
const facts = fc
  .record({
    amount: fc.integer({ min: 1, max: 25 }),
    part: fc.integer({ min: 1, max: 25 }),
    method: fc.constantFrom(...METHODS),
    approvals: fc.array(
      fc.record({
        approverId: fc.constantFrom('a', 'b', 'c'),
        roles: fc.uniqueArray(fc.constantFrom(...APPROVING_ROLES)),
      }),
      { maxLength: 3 },
    ),
    executorIsCfo: fc.boolean(),
    paid: minor,
    threshold: minor,
  })
  .map(({ amount, part, method, approvals, executorIsCfo, paid, threshold }) =>
    aCase({
      requisition: { amountMinor: amount, approvals },
      payment: { amountMinor: Math.min(part, amount), method },
      fund: { otpThresholdMinor: threshold },
      executorIsCfo,
      paidTodayByMethodMinor: paid,
      paidToDestinationMinor: paid,
    }),
  );

describe('as properties', () => {
  test('every amount has exactly one tier', () => {
    fc.assert(
      fc.property(ladder, fc.integer({ min: 1, max: 40 }), (approval, amount) => {
        let below = 0;
        const spans = approval.filter(({ upToMinor }) => {
          const within = amount > below && (upToMinor === null || amount <= upToMinor);
          below = upToMinor ?? below;
          return within;
        });
        expect(spans).toEqual([tierOf({ approval }, amount)]);
      }),
    );
  });

  test('a fund is never made to ask for fewer codes', () => {
    fc.assert(
      fc.property(moneyRules, facts, (money, one) => {
        const without = policyVerdict(NO_POLICY, one).codeNeeded;
        expect(policyVerdict(policyOf(money), one).codeNeeded || !without).toBe(true);
      }),
    );
  });

  /** Makes one rule stricter, never looser. */
  const stricter = (money: MoneyRules, how: number): MoneyRules => {
    const lower = (figure: number | null): number | null => (figure === null ? how : Math.max(0, figure - how));
    return {
      ...money,
      approval: money.approval.map((tier) => ({
        ...tier,
        approvers: tier.approvers + 1,
        roles: [...tier.roles, 'cfo' as const].slice(0, tier.approvers + 1),
      })),
      limits: {
        ...money.limits,
        mpesa: {
          perPaymentMinor: lower(money.limits.mpesa.perPaymentMinor),
          perDayMinor: lower(money.limits.mpesa.perDayMinor),
        },
      },
      cfoAboveMinor: lower(money.cfoAboveMinor),
      otpAboveMinor: lower(money.otpAboveMinor),
    };
  };

  test('a stricter policy never allows more', () => {
    fc.assert(
      fc.property(moneyRules, facts, fc.integer({ min: 0, max: 5 }), (money, one, how) => {
        const [loose, strict] = [money, stricter(money, how)].map((each) => policyVerdict(policyOf(each), one));
        if (loose === undefined || strict === undefined) throw new Error('no verdict');
        const allows = (of: typeof loose) => ({
          approved: isComplete(of.missing),
          byCfo: of.cfoMissingAboveMinor === null,
          atOnce: of.overPaymentLimitMinor === null,
          inDay: of.overDayLimitMinor === null,
          withoutCode: !of.codeNeeded,
        });
        for (const [rule, allowed] of Object.entries(allows(strict)))
          if (allowed) expect([rule, allows(loose)[rule as 'approved']]).toEqual([rule, true]);
      }),
    );
  });

  test('a policy that is replayed on what was paid under itself changes nothing', () => {
    fc.assert(
      fc.property(moneyRules, facts, fc.boolean(), (money, one, codeUsed) => {
        const policy = policyOf(money);
        expect(policyDifference({ was: policy, proposed: policy, facts: one, codeUsed })).toBe(null);
      }),
    );
  });
});

describe('what another policy would have changed', () => {
  const none: Policy = { version: 0, terms: null };
  const difference = (was: Policy, proposed: Policy, stated: Parameters<typeof aCase>[0] = {}, codeUsed = false) =>
    policyDifference({ was, proposed, facts: aCase(stated), codeUsed });

  test('nothing, where it asks for no more and no less', () => {
    expect(difference(none, FULL)).toBe(null);
  });

  test('every rule that would have stopped it is told', () => {
    const big = { requisition: { amountMinor: kes('2000000') }, payment: { amountMinor: kes('600000') } };
    const stopped = difference(none, FULL, { ...big, time: { weekday: 'sun', minute: 1 } });
    expect(stopped).toMatchObject({ outcome: 'stricter' });
    expect(stopped?.reasons).toEqual([
      'REQ-2026-00912 has 1 of 2 approvals: policy 1 asks for 2 approvers, among them 1 cfo (above KES 1,000,000.00); still needed: 1 more approver, a cfo.',
      'REQ-2026-00912 is of KES 2,000,000.00, above KES 500,000.00: policy 1 asks that a CFO approves it or executes its payment.',
      'Policy 1 lets a fund pay at most KES 250,000.00 at once by mpesa; this payment is KES 600,000.00.',
      'Policy 1 lets a fund pay at most KES 500,000.00 a day by mpesa; KES 0.00 went out of NBI so today and this payment is KES 600,000.00.',
      'Policy 1 lets payments by mpesa be made mon-fri 08:00-17:00; it is sun 00:01.',
      'Policy 1 would have asked for a code; none was used.',
    ]);
  });

  test('a rule that did not hold as things were is not counted against the file', () => {
    const big = { requisition: { amountMinor: kes('2000000') }, payment: { amountMinor: kes('600000') } };
    expect(difference(FULL, { ...FULL, version: 2 }, { ...big, time: { weekday: 'sun', minute: 1 } })).toBe(null);
  });

  test('less that would have been asked for is told', () => {
    const two = aPolicy({ approval: [{ approvers: 2, roles: ['cfo'] }], otp: { above: '0' } });
    const given = { requisition: { approvals: [by('abel', 'approver'), by('eve', 'cfo')] } };
    expect(difference(two, none, given, true)).toEqual({
      outcome: 'looser',
      reasons: [
        '1 approver would have been enough; 2 approvers, among them 1 cfo were asked for.',
        'No code would have been asked for.',
      ],
    });
    const anyTwo = aPolicy({ approval: [{ approvers: 2 }] });
    expect(difference(two, anyTwo, given)?.reasons).toEqual([
      '2 approvers would have been enough; 2 approvers, among them 1 cfo were asked for.',
    ]);
    expect(difference(anyTwo, two, given, true)).toBe(null);
  });
});
