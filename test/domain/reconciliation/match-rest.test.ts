import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import type { FeeRule } from '../../../src/domain/reconciliation/fee-rule.ts';
import { matchRest } from '../../../src/domain/reconciliation/match-rest.ts';
import { aLine, anEntry } from '../../support/matching-facts.ts';

const WITHIN: FeeRule = { ref: 'fee_w', name: 'within', contains: '', tariff: [{ upToMinor: null, feeMinor: 50 }] };
const X = 'SG632NMUAB';
const VOUCHER = { references: ['PV-NBI-2026-00412'] };
const BY_VOUCHER = { description: 'PV-NBI-2026-00412' };
const PHONE = { destination: '254712345678' };
const BY_PHONE = { counterpartyAccount: '254712345678' };

function matched(lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]) {
  const rest = matchRest(
    lines.map((wish, index) => aLine({ ...wish, index })),
    entries.map((wish, index) => anEntry({ ...wish, index })),
    [WITHIN],
  );
  return {
    found: rest.found.map((one) => `${one.lines.join('+')} = ${one.entries.join('+')} by ${one.pass}`),
    differs: rest.differs.map(({ line, entry }) => `${line.index} = ${entry.index}`),
    ambiguous: [...rest.ambiguous],
    candidates: Object.fromEntries([...rest.candidates].map(([line, all]) => [line, all.map(({ entry }) => entry)])),
    lines: rest.lines.map(({ index }) => index),
    entries: rest.entries.map(({ index }) => index),
  };
}

test('each pass takes what those before it left', () => {
  const lines = [
    { externalId: X, amountMinor: -5030 },
    { ...BY_VOUCHER },
    { ...BY_PHONE },
    { description: 'PV-NBI-2026-00413', amountMinor: -5040 },
    { description: 'PV-NBI-2026-00414 PV-NBI-2026-00415', amountMinor: -10_000 },
    { isCharge: true, amountMinor: -6 },
    { amountMinor: -77 },
  ];
  const entries: Partial<EntryFacts>[] = [
    { externalId: X },
    { externalId: X, kind: 'fee', deltaMinor: -30 },
    VOUCHER,
    PHONE,
    ...[13, 14, 15].map((number) => ({ references: [`PV-NBI-2026-004${number}`] })),
    ...[-1, -2, -3].map((deltaMinor) => ({ kind: 'fee' as const, deltaMinor })),
    { deltaMinor: -88 },
  ];
  expect(matched(lines, entries)).toEqual({
    found: [
      '0 = 0+1 by group',
      '1 = 2 by reference',
      '4 = 5+6 by group',
      '2 = 3 by payee_and_date',
      '3 = 4 by fee_tolerance',
      '5 = 7+8+9 by group',
    ],
    ...{ differs: [], ambiguous: [], candidates: {}, lines: [6], entries: [10] },
  });
});

describe('what names an entry and differs in the amount is kept from every weaker pass', () => {
  test('by the identifier: neither side is the phone’s', () => {
    const line = { externalId: X, amountMinor: -9000, ...BY_PHONE };
    expect(
      matched(
        [line, BY_PHONE],
        [
          { externalId: X, ...PHONE },
          { ...PHONE, deltaMinor: -9000 },
        ],
      ),
    ).toMatchObject({ found: [], differs: ['0 = 0'], lines: [1], entries: [1] });
  });

  test('by the reference', () => {
    const line = { ...BY_VOUCHER, amountMinor: -9000, ...BY_PHONE };
    expect(
      matched(
        [line, BY_PHONE],
        [
          { ...VOUCHER, ...PHONE },
          { ...PHONE, deltaMinor: -9000 },
        ],
      ),
    ).toMatchObject({ found: [], differs: ['0 = 0'], lines: [1], entries: [1] });
  });

  test('with a fee that a rule allows it is no difference', () => {
    expect(matched([{ externalId: X, amountMinor: -5050 }], [{ externalId: X }])).toMatchObject({
      found: ['0 = 0 by fee_tolerance'],
      differs: [],
      lines: [],
    });
    expect(matched([{ externalId: X, amountMinor: -5051 }], [{ externalId: X }])).toMatchObject({
      found: [],
      differs: ['0 = 0'],
      lines: [],
      entries: [],
    });
  });

  test('a fee that the book has apart is not booked again', () => {
    const fee = { ...VOUCHER, kind: 'fee' as const, deltaMinor: -30 };
    expect(matched([{ ...BY_VOUCHER, amountMinor: -5030 }], [VOUCHER, fee]).found).toEqual(['0 = 0+1 by group']);
  });
});

describe('what ties is shown with both', () => {
  test('two entries for a line', () => {
    expect(matched([BY_PHONE], [PHONE, PHONE])).toEqual({
      ...{ found: [], differs: [], ambiguous: [0], candidates: { 0: [0, 1] }, lines: [0], entries: [0, 1] },
    });
  });

  test('two lines for an entry', () => {
    expect(matched([BY_VOUCHER, BY_VOUCHER], [VOUCHER])).toMatchObject({
      ambiguous: [0, 1],
      candidates: { 0: [0], 1: [0] },
    });
  });

  test('what a later pass decides is no tie', () => {
    const requisition = { sharedReferences: ['REQ-2026-00012'] };
    const line = { description: 'REQ-2026-00012' };
    expect(matched([{ ...line, ...BY_PHONE }], [requisition, { ...requisition, ...PHONE }])).toMatchObject({
      found: ['0 = 1 by payee_and_date'],
      ambiguous: [],
      lines: [],
    });
  });

  test('what only may be is shown and is no tie', () => {
    expect(matched([{ ...BY_PHONE, day: 120 }], [PHONE])).toMatchObject({ ambiguous: [], candidates: { 0: [0] } });
  });

  test('an earlier wage whose line is missing is shown beside this one', () => {
    expect(matched([{ ...BY_PHONE, day: 107 }], [PHONE, { ...PHONE, day: 107 }])).toMatchObject({
      found: [],
      ambiguous: [0],
      candidates: { 0: [1, 0] },
    });
  });
});

test('the bank’s row that stands twice is not the next payment’s', () => {
  const entries = [{ externalId: X, ...PHONE }, PHONE];
  const row = { externalId: X, ...BY_PHONE };
  expect(matched([row, row], entries)).toMatchObject({ found: [], ambiguous: [0, 1] });
});

test('nothing of nothing', () => {
  expect(matched([], [])).toEqual({ found: [], differs: [], ambiguous: [], candidates: {}, lines: [], entries: [] });
});

describe('a receipt of M-Pesa’s that has fewer digits than words have', () => {
  const RECEIPT = { externalId: 'SKTQDMWXYZ', isReceipt: true };
  const entry = { externalId: 'SKTQDMWXYZ', ...PHONE };

  test('that comes twice ties, and with another amount it differs', () => {
    expect(matched([RECEIPT, RECEIPT], [entry])).toMatchObject({ found: [], ambiguous: [0, 1] });
    expect(matched([{ ...RECEIPT, amountMinor: -4000 }], [entry])).toMatchObject({ found: [], differs: ['0 = 0'] });
    expect(matched([{ externalId: 'SKTQDMWXYZ', amountMinor: -4000 }], [entry]).differs).toEqual([]);
  });

  test('and its overdraft are the payment together', () => {
    const parts = [-2000, -3000].map((amountMinor) => ({ ...RECEIPT, amountMinor }));
    expect(matched(parts, [entry]).found).toEqual(['0+1 = 0 by group']);
  });

  test.each([
    ['SKTQDMWXYZ', X],
    [X, 'SKTQDMWXYZ'],
    ['SKTQDMWXYZ', 'SKTQDMWXAB'],
  ])('another one, %s for %s, is another payment to the same phone', (paid, shown) => {
    const line = { externalId: shown, isReceipt: true, ...BY_PHONE };
    expect(matched([line], [{ externalId: paid, ...PHONE }]).found).toEqual([]);
    expect(matched([line], [{ externalId: null, ...PHONE }]).found).toEqual(['0 = 0 by payee_and_date']);
    // What was typed instead of a receipt says nothing of it.
    expect(matched([line], [{ externalId: 'BY HAND', ...PHONE }]).found).toEqual(['0 = 0 by payee_and_date']);
  });

  test('mistyped by neighbours exchanged, it is still the phone’s', () => {
    const line = { externalId: 'SKTQDMWXZY', isReceipt: true, ...BY_PHONE };
    expect(matched([line], [entry]).found).toEqual(['0 = 0 by payee_and_date']);
  });
});
