import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import {
  feeCap,
  feeRuleFaults,
  isFeeRuleStatus,
  ruleForCharge,
  ruleForFeeWithin,
  type FeeRule,
} from '../../../src/domain/reconciliation/fee-rule.ts';
import { matchRest } from '../../../src/domain/reconciliation/match-rest.ts';
import { kes } from '../../support/a-payment.ts';

const TARIFF = [
  { upToMinor: kes('100'), feeMinor: 0 },
  { upToMinor: kes('1000'), feeMinor: kes('13') },
];
const rule = (change: Partial<FeeRule> = {}): FeeRule => ({
  ...{ ref: 'fee_1', name: 'tariff', contains: '', tariff: TARIFF },
  ...change,
});
const charge = (minor: number, description = 'Business Payment Charge to 254700000000') => ({
  ...{ description, amountMinor: -minor },
});
const paid = (minor: number, feesMinor = 0) => ({ paidMinor: minor, feesMinor });

describe('the cap of a tariff', () => {
  test('counts an amount to the step that ends with it, one cent more to the next', () => {
    expect(feeCap(TARIFF, kes('100'))).toBe(0);
    expect(feeCap(TARIFF, kes('100.01'))).toBe(kes('13'));
    expect(feeCap(TARIFF, kes('1000'))).toBe(kes('13'));
    expect(feeCap(TARIFF, kes('1000.01'))).toBe(0);
    expect(feeCap([{ upToMinor: null, feeMinor: 5 }], Number.MAX_SAFE_INTEGER)).toBe(5);
  });

  test('without a payment is the most of all its steps', () => {
    expect(feeCap([...TARIFF, { upToMinor: null, feeMinor: 1 }], null)).toBe(kes('13'));
    expect(feeCap([], null)).toBe(0);
  });
});

describe('a charge with a line of its own', () => {
  const charges = rule({ contains: 'payment CHARGE' });

  test('is booked when its text fits, small letters or capitals, up to the cap and not one cent more', () => {
    expect(ruleForCharge([charges], charge(kes('13')), paid(kes('500')))).toBe(charges);
    expect(ruleForCharge([charges], charge(kes('13.01')), paid(kes('500')))).toBe(null);
    expect(ruleForCharge([charges], charge(kes('1')), paid(kes('100')))).toBe(null);
    expect(ruleForCharge([charges], charge(kes('13'), 'Ledger fee'), paid(kes('500')))).toBe(null);
    expect(ruleForCharge([charges], charge(kes('13')), null)).toBe(charges);
  });

  test('is capped together with what was booked for the same payment', () => {
    expect(ruleForCharge([charges], charge(kes('3')), paid(kes('500'), kes('10')))).toBe(charges);
    expect(ruleForCharge([charges], charge(kes('3')), paid(kes('500'), kes('10.01')))).toBe(null);
  });

  test('is money out, and of no rule for fees within lines', () => {
    expect(ruleForCharge([charges], { ...charge(0), amountMinor: kes('13') }, null)).toBe(null);
    expect(ruleForCharge([rule()], charge(kes('13')), paid(kes('500')))).toBe(null);
  });

  test('the first rule that allows it counts', () => {
    const [narrow, wide] = [
      rule({ ref: 'fee_2', contains: 'charge', tariff: [{ upToMinor: null, feeMinor: 1 }] }),
      charges,
    ];
    expect(ruleForCharge([narrow, wide], charge(kes('13')), null)).toBe(wide);
  });
});

test('a fee within a line is capped in the same way, by the rules for that only', () => {
  expect(ruleForFeeWithin([rule()], kes('13'), paid(kes('1000')))?.ref).toBe('fee_1');
  expect(ruleForFeeWithin([rule()], kes('13.01'), paid(kes('1000')))).toBe(null);
  expect(ruleForFeeWithin([rule()], kes('13'), paid(kes('1000'), 1))).toBe(null);
  expect(ruleForFeeWithin([rule({ contains: 'charge' })], kes('13'), paid(kes('1000')))).toBe(null);
});

describe('a line and a payment that name each other', () => {
  const line = (amountMinor: number, change: Partial<LineFacts> = {}): LineFacts => ({
    ...{ index: 0, day: 20_000, amountMinor, externalId: 'SKA1EXACT1', references: [], counterparty: null },
    ...{ counterpartyAccount: null, description: 'Payment', isCharge: false },
    ...change,
  });
  const entry = (index: number, deltaMinor: number, change: Partial<EntryFacts> = {}): EntryFacts => ({
    ...{ index, day: 20_000, deltaMinor, kind: 'payment', externalId: 'SKA1EXACT1', references: [] },
    ...{ sharedReferences: [], payee: null, destination: null },
    ...change,
  });
  const fee = (index: number, minor: number, externalId: string | null = 'SKA1EXACT1') =>
    entry(index, -minor, { kind: 'fee', externalId });

  test('with a fee that a rule allows are one match, and the fee is to be booked', () => {
    const { found, differs } = matchRest([line(-kes('513'))], [entry(0, -kes('500'))], [rule()]);
    expect(differs).toEqual([]);
    expect(found).toMatchObject([
      { lines: [0], entries: [0], pass: 'fee_tolerance', fee: { amountMinor: kes('13'), rule: 'fee_1' } },
    ]);
    expect(found[0]?.reasons).toEqual(['same_external_id', 'fee_within_tariff']);
  });

  test('differ when it is a cent too much, when the fees are used up, or when less was paid', () => {
    const left = (minor: number, paidFor = entry(0, -kes('500')), rules = [rule()]) =>
      matchRest([line(-minor)], [paidFor], rules).differs.length;
    expect(left(kes('513'))).toBe(0);
    expect(left(kes('513.01'))).toBe(1);
    expect(left(kes('513'), entry(0, -kes('500'), { feesMinor: 1 }))).toBe(1);
    expect(left(kes('487'))).toBe(1);
    expect(left(kes('513'), entry(0, -kes('500')), [])).toBe(1);
    expect(left(kes('513'), entry(0, -kes('500'), { kind: 'return' }))).toBe(1);
  });

  test('with a fee that was booked before are one match of three, and nothing is booked again', () => {
    const entries = [fee(0, kes('12')), entry(1, -kes('500'), { feesMinor: kes('25') }), fee(2, kes('13'))];
    const { found } = matchRest([line(-kes('513'))], entries, [rule()]);
    expect(found).toEqual([
      {
        ...{ lines: [0], entries: [1, 2], pass: 'fee_tolerance', score: 700 },
        reasons: ['same_external_id', 'sum_of_entries'],
      },
    ]);
    expect(matchRest([line(-kes('513'))], entries, []).found.length).toBe(1);
  });

  test('never with the fee of another payment, or of nothing; of two, one is left for the charge that has a line', () => {
    const differs = (...entries: readonly EntryFacts[]) =>
      matchRest([line(-kes('513')), charged], [entry(5, -kes('500'), { feesMinor: kes('13') }), ...entries], [rule()])
        .differs.length;
    const charged = line(-kes('13'), { index: 1, isCharge: true });
    expect(differs(fee(1, kes('13'), 'SKB2OTHER2'))).toBe(1);
    expect(differs(fee(1, kes('13'), null))).toBe(1);
    expect(differs(fee(1, kes('13')), fee(2, kes('13')))).toBe(0);
  });

  test('without an identifier have no fee that could be theirs', () => {
    const named = { externalId: null, references: ['PAY7F3K2M'] };
    const { differs } = matchRest(
      [line(-kes('513'), { externalId: null, description: 'pay_7f3k2m' })],
      [entry(0, -kes('500'), named), fee(1, kes('13'), null)],
      [],
    );
    expect(differs.length).toBe(1);
  });
});

test('the name and the text of a rule', () => {
  const faults = (name: string, contains: string | null = null) => feeRuleFaults({ name, contains });
  expect(faults('mpesa-2026')).toEqual([]);
  expect(faults('m'.repeat(40))).toEqual([]);
  for (const name of ['', 'm'.repeat(41), 'Mpesa', 'fee_1', '-a', 'a b']) expect(faults(name).length, name).toBe(1);
  expect(faults('a', ' fee ')).toEqual([]);
  expect(faults('a', 'fe')).toEqual([expect.stringContaining('fewer than 3 letters and digits')]);
  expect(faults('a', 'f.e-')).toHaveLength(1);
  expect(faults('a', 'x'.repeat(100))).toEqual([]);
  expect(faults('a', 'x'.repeat(101))).toHaveLength(1);
  expect(faults('a', 'bank\nfee')).toEqual([expect.stringContaining('control character')]);
  expect(faults('A', '')).toHaveLength(2);
  expect(['live', 'ended', 'open'].map(isFeeRuleStatus)).toEqual([true, true, false]);
});
