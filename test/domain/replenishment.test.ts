import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/domain/problem.ts';
import {
  approvableMinor,
  approvalChecks,
  fundingChecks,
  isReplenishmentStatus,
  raisesReplenishment,
  rejectionChecks,
  replenishmentRefusal,
  type ApprovalFacts,
  type FundingFacts,
} from '../../src/domain/replenishment.ts';

const request = {
  ref: 'rep_7f3k2m',
  status: 'pending',
  requestedMinor: 900_000,
  approvedMinor: null,
  amountFixed: false,
  requestedBy: 'david',
  approvedBy: null,
};
const fund = { code: 'PETTY', currency: 'KES', balanceMinor: 100_000, imprestLevelMinor: 1_000_000 };
const esther = { userId: 'esther', username: 'esther', mayHere: true };
const others = ['frank'];

const approval = (change: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  request,
  fund,
  person: esther,
  others,
  ...change,
});
const codes = (checks: readonly Check[]) => checks.flatMap((check) => (check.ok === false ? [check.code] : []));

describe('an entry raises a request', () => {
  const low = { state: 'open', autoReplenish: true, balanceMinor: 499_999, reorderLevelMinor: 500_000 };

  test('when the fund is strictly below its reorder level', () => {
    expect(raisesReplenishment(low)).toBe(true);
    expect(raisesReplenishment({ ...low, balanceMinor: 500_000 })).toBe(false);
  });

  test('not for a frozen or closed fund, nor one that shall not', () => {
    expect(raisesReplenishment({ ...low, state: 'frozen' })).toBe(false);
    expect(raisesReplenishment({ ...low, state: 'closed' })).toBe(false);
    expect(raisesReplenishment({ ...low, autoReplenish: false })).toBe(false);
  });
});

describe('approving', () => {
  test('a pending request by somebody else passes every check', () => {
    expect(approvalChecks(approval()).map(({ id, ok }) => [id, ok])).toEqual([
      ['status', true],
      ['segregation', true],
      ['role', true],
      ['amount', true],
    ]);
  });

  test('grants the way back to the imprest level now, or exactly what was fixed', () => {
    expect(approvableMinor(request, { ...fund, balanceMinor: 300_000 })).toBe(700_000);
    expect(approvableMinor({ ...request, amountFixed: true }, { ...fund, balanceMinor: 300_000 })).toBe(900_000);
  });

  test('is not for the requester', () => {
    expect(codes(approvalChecks(approval({ request: { ...request, requestedBy: 'esther' } })))).toEqual([
      'APPROVER_IS_REQUESTER',
    ]);
  });

  test("may be anybody's of the role when nobody asked", () => {
    expect(codes(approvalChecks(approval({ request: { ...request, requestedBy: null } })))).toEqual([]);
  });

  test('of a fund at its imprest level is refused; one cent less is not', () => {
    expect(codes(approvalChecks(approval({ fund: { ...fund, balanceMinor: 1_000_000 } })))).toEqual(['NOTHING_NEEDED']);
    expect(codes(approvalChecks(approval({ fund: { ...fund, balanceMinor: 999_999 } })))).toEqual([]);
    const fixed = { ...request, amountFixed: true };
    expect(codes(approvalChecks(approval({ request: fixed, fund: { ...fund, balanceMinor: 1_000_000 } })))).toEqual([]);
  });

  test.each(['approved', 'funded', 'rejected'])(
    'of a request that is %s is refused, and no figure judged',
    (status) => {
      const checks = approvalChecks(
        approval({ request: { ...request, status }, fund: { ...fund, balanceMinor: 1_000_000 } }),
      );
      expect(codes(checks)).toEqual(['REPLENISHMENT_NOT_PENDING']);
      expect(checks.at(-1)).toMatchObject({ id: 'amount', ok: null, code: null, fix: null });
    },
  );

  test('that fails in every way says every way, and who could', () => {
    const checks = approvalChecks(
      approval({
        request: { ...request, requestedBy: 'esther' },
        person: { ...esther, mayHere: false },
        fund: { ...fund, balanceMinor: 2_000_000 },
      }),
    );
    expect(codes(checks)).toEqual(['APPROVER_IS_REQUESTER', 'OUT_OF_SCOPE', 'NOTHING_NEEDED']);
    expect(checks[1]?.fix?.who).toEqual(['frank']);
    expect(checks[1]?.message).toBe('esther requested it and may not approve it.');
    expect(checks[3]?.message).toBe('Fund PETTY holds KES 20,000.00; its imprest level is KES 10,000.00.');
  });
});

describe('rejecting', () => {
  test.each([
    ['pending', []],
    ['approved', []],
    ['funded', ['REPLENISHMENT_CLOSED']],
    ['rejected', ['REPLENISHMENT_CLOSED']],
  ])('a request that is %s', (status, expected) => {
    expect(codes(rejectionChecks(approval({ request: { ...request, status } })))).toEqual(expected);
  });

  test('needs the role at the place', () => {
    expect(codes(rejectionChecks(approval({ person: { ...esther, mayHere: false } })))).toEqual(['OUT_OF_SCOPE']);
  });
});

describe('funding', () => {
  const approved = { ...request, status: 'approved', approvedMinor: 900_000, approvedBy: 'esther' };
  const frank = { userId: 'frank', username: 'frank', mayHere: true };
  const funding = (change: Partial<FundingFacts> = {}): FundingFacts => ({
    request: approved,
    fund,
    person: frank,
    others,
    amountMinor: 900_000,
    reference: 'FT1',
    referenceUsedBy: null,
    ...change,
  });

  test('what was approved, by a third person, passes every check', () => {
    expect(fundingChecks(funding()).map(({ id, ok }) => [id, ok])).toEqual([
      ['status', true],
      ['segregation', true],
      ['segregation', true],
      ['role', true],
      ['amount', true],
      ['reference', true],
    ]);
  });

  test('is for neither the requester nor the approver', () => {
    expect(codes(fundingChecks(funding({ person: { ...frank, userId: 'david' } })))).toEqual(['FUNDER_IS_REQUESTER']);
    expect(codes(fundingChecks(funding({ person: { ...frank, userId: 'esther' } })))).toEqual(['FUNDER_IS_APPROVER']);
    const automatic = { ...approved, requestedBy: null };
    expect(codes(fundingChecks(funding({ request: automatic, person: esther })))).toEqual(['FUNDER_IS_APPROVER']);
  });

  test('may be all that was approved, and not one cent more', () => {
    expect(codes(fundingChecks(funding({ amountMinor: 900_000 })))).toEqual([]);
    expect(codes(fundingChecks(funding({ amountMinor: 900_001 })))).toEqual(['AMOUNT_EXCEEDED']);
  });

  test('uses a reference once', () => {
    const checks = fundingChecks(funding({ referenceUsedBy: 'rep_before' }));
    expect(codes(checks)).toEqual(['REFERENCE_USED']);
    expect(checks.at(-1)?.fix?.command).toBe('treasury replenish show rep_before');
  });

  test('before the approval has no figure to judge', () => {
    const checks = fundingChecks(funding({ request }));
    expect(codes(checks)).toEqual(['REPLENISHMENT_NOT_APPROVED']);
    expect(checks[4]).toMatchObject({ id: 'amount', ok: null, code: null });
  });
});

test('people come first when several kinds fail', () => {
  const status: Check = { id: 'status', ok: false, code: 'X', message: '', fix: null, facts: {} };
  expect(replenishmentRefusal([status])).toBe('refused');
  expect(replenishmentRefusal([status, { ...status, id: 'segregation' }])).toBe('forbidden');
  expect(replenishmentRefusal([status, { ...status, id: 'role' }])).toBe('forbidden');
  expect(replenishmentRefusal([status, { ...status, id: 'role', ok: true }])).toBe('refused');
});

test('statuses are those four', () => {
  expect(isReplenishmentStatus('funded')).toBe(true);
  expect(isReplenishmentStatus('Funded')).toBe(false);
});

describe('what is said', () => {
  const said = (checks: readonly Check[]) => checks.map(({ message, fix, facts }) => [message, fix, facts]);
  const approved = { ...request, status: 'approved', approvedMinor: 900_000, approvedBy: 'esther' };
  const funding = { request: approved, fund, others, reference: 'FT1', referenceUsedBy: null };

  test('of an approval', () => {
    expect(said(approvalChecks(approval()))).toEqual([
      ['rep_7f3k2m is pending.', null, { status: 'pending' }],
      ['esther is not the one who requested it.', null, {}],
      ['esther holds the role at this place.', null, {}],
      [
        'KES 9,000.00 are needed.',
        null,
        { balance_minor: 100_000, imprest_level_minor: 1_000_000, amount_minor: 900_000 },
      ],
    ]);
    const full = { ...fund, balanceMinor: 1_000_000 };
    const worst = approval({
      request: { ...request, status: 'funded', requestedBy: 'esther' },
      person: { ...esther, mayHere: false },
      fund: full,
    });
    expect(said(approvalChecks(worst)).slice(0, 3)).toEqual([
      [
        'rep_7f3k2m is funded, not pending.',
        { command: 'treasury replenish show rep_7f3k2m', who: [] },
        { status: 'funded' },
      ],
      ['esther requested it and may not approve it.', { command: null, who: ['frank'] }, {}],
      ["esther holds no role for this at the fund's place.", { command: null, who: ['frank'] }, {}],
    ]);
    expect(approvalChecks(approval({ fund: full }))[3]?.fix).toEqual({
      command: 'treasury replenish reject rep_7f3k2m',
      who: [],
    });
  });

  test('of a rejection', () => {
    expect(rejectionChecks(approval()).map((check) => check.id)).toEqual(['status', 'role']);
    expect(rejectionChecks(approval({ request: { ...request, status: 'funded' } }))[0]?.message).toBe(
      'rep_7f3k2m is funded, not pending or approved.',
    );
  });

  test('of a funding', () => {
    const frank = { userId: 'frank', username: 'frank', mayHere: true };
    expect(said(fundingChecks({ ...funding, person: frank, amountMinor: 899_999 })).slice(1)).toEqual([
      ['frank is not the one who requested it.', null, {}],
      ['frank is not the one who approved it.', null, {}],
      ['frank holds the role at this place.', null, {}],
      [
        'KES 9,000.00 were approved; KES 8,999.99 are not more.',
        null,
        { approved_minor: 900_000, amount_minor: 899_999 },
      ],
      ['Reference FT1 is new.', null, { reference: 'FT1' }],
    ]);
    const both = { ...approved, requestedBy: 'frank', approvedBy: 'frank' };
    const worst = fundingChecks({
      ...funding,
      request: both,
      person: frank,
      amountMinor: 900_001,
      referenceUsedBy: 'rep_before',
    });
    expect(codes(worst)).toEqual(['FUNDER_IS_REQUESTER', 'FUNDER_IS_APPROVER', 'AMOUNT_EXCEEDED', 'REFERENCE_USED']);
    expect(said(worst).slice(1)).toEqual([
      ['frank requested it and may not fund it.', { command: null, who: ['frank'] }, {}],
      ['frank approved it and may not fund it.', { command: null, who: ['frank'] }, {}],
      ['frank holds the role at this place.', null, {}],
      [
        'KES 9,000.00 were approved; KES 9,000.01 are more.',
        { command: 'treasury replenish fund rep_7f3k2m --reference FT1', who: [] },
        { approved_minor: 900_000, amount_minor: 900_001 },
      ],
      [
        'Reference FT1 has already funded rep_before; a reference is used once.',
        { command: 'treasury replenish show rep_before', who: [] },
        { reference: 'FT1' },
      ],
    ]);
    const early = fundingChecks({ ...funding, request, person: frank, amountMinor: 1 });
    expect(early[4]).toMatchObject({
      message: 'No amount was approved.',
      fix: null,
      facts: { approved_minor: null, amount_minor: 1 },
    });
    expect(early[0]?.message).toBe('rep_7f3k2m is pending, not approved.');
  });

  test('every status of a request is known', () => {
    expect(['pending', 'approved', 'funded', 'rejected'].every(isReplenishmentStatus)).toBe(true);
  });
});
