import { describe, expect, test } from 'vitest';
import { otherFundOf, type OtherFundFacts, type SampledLine } from '../../../src/domain/reconciliation/other-fund.ts';

const PETTY = { id: 'petty', code: 'PETTY' };
const MPESA = { fundId: 'mpesa', fund: 'MPESA' };
const OWN = { fundId: 'petty', fund: 'PETTY' };

const line = (at: number): SampledLine => ({ identity: `line ${at}`, reference: `SKF${at}`, amountMinor: -100 * at });
const LINES = [1, 2, 3].map(line);
const stored = (of: typeof MPESA, ...lines: number[]) =>
  lines.map((at) => ({ ...of, ref: 'sta_aaaaaa', identity: `line ${at}` }));
const paid = (of: typeof MPESA, at: number, amountMinor = 100 * at) => [
  { ...of, ref: 'pay_aaaaaa', reference: `SKF${at}`, amountMinor },
];
const warning = (facts: Partial<OtherFundFacts>): string | null => {
  const other = otherFundOf({ fund: PETTY, account: null, lines: LINES, accounts: [], stored: [], paid: [], ...facts });
  expect(other?.code ?? 'MPESA').toBe('MPESA');
  return other?.warning ?? null;
};

describe('a file is held to be of another fund', () => {
  test('when its account is the one of that fund', () => {
    const accounts = [{ ...MPESA, ref: 'sta_bbbbbb', account: 'KE01 0000 1234 5678' }];
    expect(warning({ account: '0000-1234-5678', accounts })).toBe(
      'account "KE01 0000 1234 5678" is that of fund MPESA (sta_bbbbbb): is fund PETTY the right one?',
    );
    expect(warning({ account: '0000-1234-5679', accounts })).toBeNull();
    expect(warning({ account: null, accounts })).toBeNull();
  });

  test('when more than half of its lines came for that fund', () => {
    const said = 'lines of it came for fund MPESA already (sta_aaaaaa): is fund PETTY the right one?';
    expect(warning({ stored: stored(MPESA, 1, 2) })).toBe(said);
    // Twice the same line is one of them.
    expect(warning({ stored: stored(MPESA, 1, 1) })).toBeNull();
    const four = [...LINES, line(4)];
    expect(warning({ lines: four, stored: stored(MPESA, 1, 2) })).toBeNull();
    expect(warning({ lines: four, stored: stored(MPESA, 1, 2, 4) })).toBe(said);
  });

  test('when a line of it is a payment of that fund, to the cent', () => {
    expect(warning({ paid: paid(MPESA, 2) })).toBe(
      'SKF2 in it is a payment of fund MPESA (pay_aaaaaa): is fund PETTY the right one?',
    );
    expect(warning({ paid: paid(MPESA, 2, 199) })).toBeNull();
    // Money that comes in under that reference is not what was paid.
    expect(warning({ paid: paid(MPESA, 2, -200) })).toBeNull();
  });
});

test('a file with anything of the fund itself in it is not held to be of another', () => {
  const others = { stored: stored(MPESA, 1, 2, 3), paid: paid(MPESA, 2) };
  expect(warning({ ...others, stored: [...others.stored, ...stored(OWN, 3)] })).toBeNull();
  expect(warning({ ...others, paid: [...others.paid, ...paid(OWN, 3)] })).toBeNull();
  expect(warning({ ...others, paid: [...others.paid, ...paid(OWN, 3, 299)] })).not.toBeNull();
});

test('nothing is said of a file of which nothing is known, or that has no lines', () => {
  expect(warning({})).toBeNull();
  expect(warning({ lines: [] })).toBeNull();
});
