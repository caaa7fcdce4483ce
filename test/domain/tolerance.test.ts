import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_POLICY, OPEN_RULES, type Policy } from '../../src/domain/policy.ts';
import { isTolerated, toleranceCheck, toleranceOf, toleranceText } from '../../src/domain/tolerance.ts';
import { kes } from '../support/a-payment.ts';

const policy = (basisPoints: number | null, amountMinor: number | null): Policy => ({
  version: 3,
  terms: {
    currency: 'KES',
    money: { KES: { ...OPEN_RULES, varianceMinor: amountMinor }, UGX: { ...OPEN_RULES, varianceMinor: 7 } },
    hours: [],
    varianceBasisPoints: basisPoints,
    stale: { statementDays: null, requisitionDays: null, changeDays: null },
  },
});

describe('what a policy tolerates', () => {
  test('is a share of the amount before, in any currency, and a figure of each', () => {
    expect(toleranceOf(policy(500, kes('1000')), 'KES')).toEqual({ basisPoints: 500, amountMinor: kes('1000') });
    expect(toleranceOf(policy(500, kes('1000')), 'UGX')).toEqual({ basisPoints: 500, amountMinor: 7 });
    expect(toleranceOf(policy(500, kes('1000')), 'USD')).toEqual({ basisPoints: 500, amountMinor: null });
    expect(toleranceOf(NO_POLICY, 'KES')).toEqual({ basisPoints: null, amountMinor: null });
  });

  test.each([
    // 5 % of KES 10,000.00, and one cent more, in both directions.
    [500, null, kes('10000'), kes('500'), true],
    [500, null, kes('10000'), kes('500.01'), false],
    [500, null, kes('10000'), -kes('500'), true],
    [500, null, kes('10000'), -kes('500.01'), false],
    [null, kes('1000'), kes('10'), kes('1000'), true],
    [null, kes('1000'), kes('10'), -kes('1000.01'), false],
    // Each figure must hold.
    [500, kes('400'), kes('10000'), kes('400'), true],
    [500, kes('400'), kes('10000'), kes('400.01'), false],
    [500, kes('600'), kes('10000'), kes('500.01'), false],
    // A hundredth of a percent of one shilling is less than a cent; a balance below zero counts by its size.
    [1, null, kes('1'), 1, false],
    [1, null, kes('100'), 1, true],
    [500, null, -kes('10000'), kes('500'), true],
    [500, null, -kes('10000'), kes('500.01'), false],
    // Of nothing, any difference is too much; nothing tolerated is nothing.
    [10_000, null, 0, 1, false],
    [0, null, kes('10000'), 1, false],
    [null, 0, kes('10000'), 1, false],
    [null, null, kes('10000'), kes('9999'), null],
  ] as const)('%s basis points and %s: of %s, %s is tolerated: %s', (points, amount, original, variance, tolerated) => {
    const tolerance = { basisPoints: points, amountMinor: amount };
    expect(isTolerated(tolerance, { originalMinor: original, varianceMinor: variance })).toBe(tolerated);
  });

  test('is exact for figures of any size', () => {
    const minor = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), minor, minor, (basisPoints, originalMinor, varianceMinor) => {
        const exact = BigInt(varianceMinor) * 10_000n <= BigInt(basisPoints) * BigInt(originalMinor);
        expect(isTolerated({ basisPoints, amountMinor: null }, { originalMinor, varianceMinor })).toBe(exact);
      }),
    );
  });

  test('is said with every figure there is', () => {
    expect(toleranceText({ basisPoints: 250, amountMinor: kes('1000') }, 'KES')).toBe('2.5 % and KES 1,000.00');
    expect(toleranceText({ basisPoints: 500, amountMinor: null }, 'KES')).toBe('5 %');
    expect(toleranceText({ basisPoints: null, amountMinor: 7 }, 'UGX')).toBe('UGX 7');
  });
});

describe('whoever approves what is not tolerated', () => {
  const check = (inForce: Policy, varianceMinor: number, reason: string | null = null) =>
    toleranceCheck({
      ...{ ref: 'var_1', policy: inForce, currency: 'KES', reason, command: 'treasury variance approve var_1' },
      difference: { originalMinor: kes('10000'), varianceMinor },
    });

  test('says why', () => {
    expect(check(policy(500, null), -kes('500.01'))).toMatchObject({
      ok: false,
      code: 'BEYOND_TOLERANCE',
      message: 'var_1: KES 500.01 are beyond the tolerance of 5 % (policy 3): say why it is approved.',
      fix: { command: 'treasury variance approve var_1' },
      facts: { policy: 3, variance_minor: -50_001, tolerance_percent: '5', tolerance_minor: null },
    });
    expect(check(policy(500, null), -kes('500.01'), 'seen at the bank')).toMatchObject({
      ok: true,
      message: 'var_1: KES 500.01 are beyond the tolerance of 5 % (policy 3); the reason is given.',
    });
  });

  test('need not of what is, nor where no policy says', () => {
    expect(check(policy(500, kes('1000')), kes('500'))).toMatchObject({
      ok: true,
      message: 'var_1: KES 500.00 are within the tolerance of 5 % and KES 1,000.00.',
      facts: { tolerance_percent: '5', tolerance_minor: kes('1000') },
    });
    expect(check(NO_POLICY, kes('9000'))).toMatchObject({
      ok: true,
      message: 'var_1: no policy says which difference is tolerated.',
      facts: { policy: 0, tolerance_percent: null, tolerance_minor: null },
    });
  });
});
