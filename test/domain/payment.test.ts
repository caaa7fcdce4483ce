import { describe, expect, test } from 'vitest';
import * as payment from '../../src/domain/payment.ts';
import type { Check } from '../../src/domain/problem.ts';
import { kes } from '../support/a-payment.ts';

const coast = { companyId: 'acme', regionId: 'coast', branchId: null };
const mombasa = { companyId: 'acme', regionId: 'coast', branchId: 'mombasa' };

interface Stated {
  readonly requisition?: Partial<payment.CreationFacts['requisition']>;
  readonly fund?: Partial<payment.CreationFacts['fund']>;
  readonly amount?: string;
  readonly committed?: string;
}

/** Checks of a payment of KES 1,000.00 out of KES 5,000.00 approved for Mombasa, from the fund of the coast. */
const creation = ({ requisition, fund, amount = '1000', committed = '0' }: Stated = {}): Check[] =>
  payment.creationChecks({
    requisition: {
      number: 'REQ-2026-00912',
      status: 'approved',
      amountMinor: kes('5000'),
      currency: 'KES',
      ...mombasa,
      ...requisition,
    },
    fund: { code: 'COAST', state: 'open', currency: 'KES', ...coast, ...fund },
    amountMinor: kes(amount),
    committedMinor: kes(committed),
  });

const failing = (stated: Stated) => creation(stated).filter((check) => check.ok === false);
const codes = (stated: Stated) => failing(stated).map((check) => check.code);

describe('making a payment of a requisition', () => {
  test('passes every check and says why', () => {
    const checks = creation();
    expect(checks.map(({ id, ok, message }) => [id, ok, message])).toEqual([
      ['requisition', true, 'REQ-2026-00912 is approved.'],
      ['currency', true, 'Both are in KES.'],
      ['place', true, "Fund COAST stands at the requisition's place or above."],
      ['amount', true, 'KES 1,000.00 of KES 5,000.00 left.'],
      ['fund_open', true, 'Fund COAST is not closed.'],
    ]);
    expect(checks.every((check) => check.code === null && check.fix === null)).toBe(true);
  });

  test.each(['submitted', 'paid', 'rejected', 'cancelled'])('one that is %s pays nothing', (status) => {
    expect(failing({ requisition: { status } })).toEqual([
      {
        id: 'requisition',
        ok: false,
        code: 'REQUISITION_NOT_APPROVED',
        message: `REQ-2026-00912 is ${status}, not approved.`,
        fix: { command: 'treasury requisition show REQ-2026-00912', who: [] },
        facts: {},
      },
    ]);
  });

  test('the fund holds the same currency', () => {
    expect(failing({ fund: { currency: 'USD' } })).toEqual([
      expect.objectContaining({
        id: 'currency',
        code: 'CURRENCY_DIFFERS',
        message: 'Fund COAST holds USD; REQ-2026-00912 is in KES.',
        fix: { command: 'treasury fund list', who: [] },
      }),
    ]);
  });

  test('the fund stands at the place of the requisition or above', () => {
    expect(codes({ fund: { branchId: 'mombasa' } })).toEqual([]);
    expect(codes({ fund: { regionId: null } })).toEqual([]);
    expect(codes({ fund: { branchId: 'malindi' } })).toEqual(['FUND_ELSEWHERE']);
    expect(codes({ requisition: { branchId: null }, fund: { branchId: 'mombasa' } })).toEqual(['FUND_ELSEWHERE']);
    expect(failing({ fund: { companyId: 'other' } })).toEqual([
      expect.objectContaining({
        id: 'place',
        message: 'Fund COAST does not stand at the place of REQ-2026-00912 or above it.',
        fix: { command: 'treasury fund list', who: [] },
      }),
    ]);
  });

  test('what is left of the requisition can be paid, and not one cent more', () => {
    expect(codes({ amount: '5000.00' })).toEqual([]);
    expect(codes({ amount: '5000.01' })).toEqual(['REQUISITION_EXCEEDED']);
    expect(codes({ amount: '1000.00', committed: '4000.00' })).toEqual([]);
    expect(failing({ amount: '1000.00', committed: '4000.01' })).toEqual([
      expect.objectContaining({
        id: 'amount',
        code: 'REQUISITION_EXCEEDED',
        message: 'REQ-2026-00912 has KES 999.99 left of KES 5,000.00; this payment would be KES 1,000.00.',
        fix: { command: 'treasury payment create --requisition REQ-2026-00912 --fund COAST --amount 999.99', who: [] },
      }),
    ]);
  });

  test('the fix can be typed as it is: amounts without commas', () => {
    expect(failing({ amount: '5000.01', committed: '0.01' })[0]?.fix?.command).toMatch(/ --amount 4999\.99$/);
  });

  test.each(['5000.00', '5000.01'])('of one that is used up (%s) nothing is left, not even 0', (committed) => {
    for (const amount of ['0', '0.01']) {
      expect(failing({ amount, committed })).toEqual([
        expect.objectContaining({
          message: 'Nothing is left of the KES 5,000.00 of REQ-2026-00912.',
          fix: { command: null, who: [] },
        }),
      ]);
    }
  });

  test('a frozen fund may be named, a closed one may not', () => {
    expect(codes({ fund: { state: 'frozen' } })).toEqual([]);
    expect(failing({ fund: { state: 'closed' } })).toEqual([
      expect.objectContaining({
        id: 'fund_open',
        code: 'FUND_CLOSED',
        message: 'Fund COAST is closed.',
        fix: { command: 'treasury fund list', who: [] },
      }),
    ]);
  });

  test('everything wrong is said at once', () => {
    const worst = {
      requisition: { status: 'rejected' },
      fund: { currency: 'USD', companyId: 'other', state: 'closed' },
      amount: '5000.01',
    };
    expect(codes(worst)).toEqual([
      'REQUISITION_NOT_APPROVED',
      'CURRENCY_DIFFERS',
      'FUND_ELSEWHERE',
      'REQUISITION_EXCEEDED',
      'FUND_CLOSED',
    ]);
  });
});

describe('words', () => {
  test('methods and statuses are those of the manual', () => {
    expect(['mpesa', 'bank', 'cash'].every(payment.isMethod)).toBe(true);
    expect(['', 'MPESA', 'cheque'].some(payment.isMethod)).toBe(false);
    const statuses = ['pending', 'executing', 'success', 'failed', 'reconciled', 'cancelled', 'reversed'];
    expect(payment.PAYMENT_STATUSES).toEqual(statuses);
    expect(statuses.every(payment.isPaymentStatus)).toBe(true);
    expect(['', 'paid', 'Pending'].some(payment.isPaymentStatus)).toBe(false);
    expect(payment.DEFAULT_MAX_RETRIES).toBe(3);
  });

  test('cash is handed over by the fund; the others are paid in an app, whose references never repeat in any fund', () => {
    expect(['cash', 'mpesa', 'bank'].map(payment.gatewayOf)).toEqual(['cash', 'manual', 'manual']);
    expect(['cash', 'mpesa', 'bank'].map((method) => payment.gatewayAccountOf(method, 'NBI'))).toEqual([
      'cash:NBI',
      'mpesa',
      'bank',
    ]);
  });

  test('references are compared in capitals and without spaces around', () => {
    expect(payment.normalReference(' tj4xa1b2c3\n')).toBe('TJ4XA1B2C3');
  });

  test.each([
    ['TJ4XA 1B2C3', 'TJ4XA1B2C3'],
    ['t j 4 x\ta1b2\u00a0c3', 'TJ4XA1B2C3'],
    ['SKJ7X2M9QP', 'SKJ7X2M9QP'],
  ])('a receipt of M-Pesa has no spaces within: %j', (text, receipt) => {
    expect(payment.normalReference(text)).toBe(receipt);
  });

  test.each(['CHQ 000123', 'TJ4XA 1B2C', 'TJ4XA 1B2C34', '4TJXA 1B2C3', 'TJ4XA-1B2 C3'])(
    'what is no receipt keeps its spaces: %j',
    (text) => {
      expect(payment.normalReference(text)).toBe(text);
    },
  );

  test.each(['AB', 'TJ4XA1B2C3', '0 ./_-', 'A'.repeat(64)])('%s is a reference', (reference) => {
    expect(payment.referenceFault(reference)).toBeNull();
  });

  test.each(['', 'A', 'A'.repeat(65), ' AB', '-AB', 'ab', 'A\nB', 'AB\n', 'ÄB', 'A;B', '=A1'])(
    '%j is none',
    (reference) => {
      expect(payment.referenceFault(reference)).toBe(
        'a reference has 2 to 64 letters, digits, spaces, dots, dashes, slashes or underscores',
      );
    },
  );
});
