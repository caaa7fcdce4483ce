import { describe, expect, test } from 'vitest';
import {
  feePass,
  ownReference,
  sameIdentifier,
  sameIdentifierSums,
  type Difference,
} from '../../../src/domain/reconciliation/amount-pass.ts';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import type { FeeRule } from '../../../src/domain/reconciliation/fee-rule.ts';
import { mentions } from '../../../src/domain/reconciliation/reference-pass.ts';
import { foundIn, openItems } from '../../support/matching-facts.ts';

type Lines = readonly Partial<LineFacts>[];
type Entries = readonly Partial<EntryFacts>[];

const X = 'SG632NMUAB';
const Y = 'TAB3QWERTY';
const told = (differences: readonly Difference[]): string[] =>
  differences.map(({ line, entry, reasons }) => `${line.index} = ${entry.index} by ${reasons.join(', ')}`);

describe('lines and entries of one identifier that make up the same sum', () => {
  const sums = (lines: Lines, entries: Entries): string[] => {
    const open = openItems(
      lines.map((line) => ({ externalId: X, ...line })),
      entries.map((entry) => ({ externalId: X, ...entry })),
    );
    sameIdentifierSums(open);
    return foundIn(open);
  };

  test('a payment and its fee in one line', () => {
    const open = openItems(
      [{ externalId: X, amountMinor: -5030 }],
      [{ externalId: X }, { externalId: X, kind: 'fee', deltaMinor: -30 }],
    );
    sameIdentifierSums(open);
    expect(open.found).toEqual([
      { lines: [0], entries: [0, 1], pass: 'group', score: 600, reasons: ['same_external_id', 'sum_of_entries'] },
    ]);
  });

  test('a payment in parts, beside which its charge stands apart', () => {
    const lines = [{ amountMinor: -2000 }, { amountMinor: -3000 }, { amountMinor: -30, isCharge: true }];
    const open = openItems(
      lines.map((line) => ({ externalId: X, ...line })),
      [{ externalId: X }, { externalId: X, kind: 'fee', deltaMinor: -30 }],
    );
    sameIdentifierSums(open);
    expect(open.found).toEqual([
      { lines: [0, 1], entries: [0], pass: 'group', score: 600, reasons: ['same_external_id', 'sum_of_lines'] },
    ]);
  });

  test('several payments in one line', () => {
    expect(sums([{ amountMinor: -7000 }], [{}, { deltaMinor: -2000 }])).toEqual(['0 = 0+1']);
  });

  test.each([
    ['one line and one entry', [{}], [{}]],
    ['a cent less', [{ amountMinor: -5029 }], [{}, { kind: 'fee', deltaMinor: -30 }]],
    ['a charge', [{ amountMinor: -5030, isCharge: true }], [{}, { kind: 'fee', deltaMinor: -30 }]],
    [
      'fees alone',
      [{ amountMinor: -60 }],
      [
        { kind: 'fee', deltaMinor: -30 },
        { kind: 'fee', deltaMinor: -30 },
      ],
    ],
    ['one fee in two lines', [{ amountMinor: -15 }, { amountMinor: -15 }], [{ kind: 'fee', deltaMinor: -30 }]],
    ['two lines and two payments', [{ amountMinor: -2000 }, { amountMinor: -5000 }], [{}, { deltaMinor: -2000 }]],
    ['a line that goes the other way', [{ amountMinor: -6000 }, { amountMinor: 1000 }], [{}]],
    ['entries of which one goes the other way', [{ amountMinor: -4000 }], [{}, { deltaMinor: 1000 }]],
    ['nothing on the other side', [{ amountMinor: -4000, externalId: Y }], [{}, {}]],
    [
      'words',
      [{ amountMinor: -5030, externalId: 'RENT' }],
      [{ externalId: 'RENT' }, { externalId: 'RENT', deltaMinor: -30 }],
    ],
    [
      'no identifier',
      [{ amountMinor: -5030, externalId: null }],
      [{ externalId: null }, { externalId: null, deltaMinor: -30 }],
    ],
  ] as const)('not %s', (_, lines, entries) => {
    expect(sums(lines, entries)).toEqual([]);
  });

  test('eight parts, but not nine: what stands in so many lines is no payment’s', () => {
    const parts = (count: number) => Array.from({ length: count }, () => ({ amountMinor: -10 }));
    expect(sums(parts(8), [{ deltaMinor: -80 }])).toEqual(['0+1+2+3+4+5+6+7 = 0']);
    expect(sums(parts(9), [{ deltaMinor: -90 }])).toEqual([]);
  });
});

describe('a line with an entry’s identifier and another amount', () => {
  const differing = (lines: Lines, entries: Entries): string[] => told(sameIdentifier(openItems(lines, entries)));
  const line = { externalId: X, amountMinor: -6000 };

  test.each([
    ['in its own field', line],
    ['mentioned', { references: [X], amountMinor: -6000 }],
    ['mentioned twice', { references: [X, 'sg632nmuab'], amountMinor: -6000 }],
    ['mentioned beside a bank’s identifier', { externalId: 'FT26031ABCDE', references: [X], amountMinor: -6000 }],
    ['mistyped by nobody', { ...line, references: [Y] }],
  ])('%s', (_, one) => {
    expect(differing([one], [{ externalId: X }])).toEqual(['0 = 0 by same_external_id']);
  });

  test.each([
    ['the same amount', [{ externalId: X }], [{ externalId: X }]],
    ['the other sign', [{ externalId: X, amountMinor: 6000 }], [{ externalId: X }]],
    ['a charge', [{ ...line, isCharge: true }], [{ externalId: X }]],
    ['a fee', [line], [{ externalId: X, kind: 'fee' }]],
    ['two lines', [line, line], [{ externalId: X }]],
    ['two entries', [line], [{ externalId: X }, { externalId: X }]],
    [
      'another receipt’s line that mentions it',
      [{ externalId: Y, references: [X], amountMinor: -6000 }],
      [{ externalId: X }],
    ],
    ['a short number that it mentions', [{ references: ['4711'], amountMinor: -6000 }], [{ externalId: '4711' }]],
    ['words', [{ externalId: 'JAN2026', amountMinor: -6000 }], [{ externalId: 'JAN2026' }]],
    ['nothing', [{ amountMinor: -6000 }], [{}]],
  ] as const)('not %s', (_, lines, entries) => {
    expect(differing(lines, entries)).toEqual([]);
  });

  test('the payment, though its fee has the identifier as well', () => {
    expect(differing([line], [{ externalId: X, kind: 'fee', deltaMinor: -30 }, { externalId: X }])).toEqual([
      '0 = 1 by same_external_id',
    ]);
  });

  test('its own identifier outweighs one that it mentions', () => {
    expect(
      differing([{ ...line, references: ['FT26031ABCDE'] }], [{ externalId: X }, { externalId: 'FT26031ABCDE' }]),
    ).toEqual(['0 = 0 by same_external_id']);
  });

  test('two that it mentions are two', () => {
    expect(
      differing(
        [{ references: [X, 'FT26031ABCDE'], amountMinor: -6000 }],
        [{ externalId: X }, { externalId: 'FT26031ABCDE' }],
      ),
    ).toEqual([]);
  });

  test('what stands in nine lines is nobody’s', () => {
    const own = '01109988776600';
    const others = (count: number) => Array.from({ length: count }, () => ({ references: [own], amountMinor: 1 }));
    expect(differing([{ references: [own], amountMinor: -6000 }, ...others(7)], [{ externalId: own }])).toHaveLength(1);
    expect(differing([{ references: [own], amountMinor: -6000 }, ...others(8)], [{ externalId: own }])).toEqual([]);
  });
});

describe('a line with an entry’s own reference and another amount', () => {
  const differing = (lines: Lines, entries: Entries): string[] => {
    const open = openItems(lines, entries);
    return told(ownReference(open, mentions(open)));
  };
  const VOUCHER = { references: ['PV-NBI-2026-00412'] };
  const line = { description: 'PV-NBI-2026-00412', amountMinor: -6000 };

  test('is told', () => {
    expect(differing([line], [VOUCHER])).toEqual(['0 = 0 by same_reference']);
    expect(differing([line], [{ ...VOUCHER, kind: 'fee', deltaMinor: -30 }, VOUCHER])).toEqual([
      '0 = 1 by same_reference',
    ]);
  });

  test.each([
    ['the same amount', [{ ...line, amountMinor: -5000 }], [VOUCHER]],
    ['the requisition', [{ ...line, description: 'REQ-2026-00012' }], [{ sharedReferences: ['REQ-2026-00012'] }]],
    ['a charge', [{ ...line, isCharge: true }], [VOUCHER]],
    ['a fee', [line], [{ ...VOUCHER, kind: 'fee' }]],
    ['a refund', [{ ...line, description: 'REFUND OF PV-NBI-2026-00412' }], [VOUCHER]],
    ['two lines', [line, line], [VOUCHER]],
    [
      'two entries',
      [{ ...line, description: 'PV-NBI-2026-00412 PV-NBI-2026-00413' }],
      [VOUCHER, { references: ['PV-NBI-2026-00413'] }],
    ],
  ] as const)('not %s', (_, lines, entries) => {
    expect(differing(lines, entries)).toEqual([]);
  });

  test('only what is open', () => {
    const open = openItems(
      [line, { ...line, description: 'PV-NBI-2026-00413' }],
      [VOUCHER, { references: ['PV-NBI-2026-00413'] }],
    );
    const named = mentions(open);
    open.take({ lines: [0], entries: [1], pass: 'group', score: 0, reasons: [] });
    expect(ownReference(open, named)).toEqual([]);
  });
});

describe('a fee within the line', () => {
  const tariff: FeeRule = {
    ...{ ref: 'fee_within', name: 'within', contains: '' },
    tariff: [
      { upToMinor: 4999, feeMinor: 10 },
      { upToMinor: 5000, feeMinor: 30 },
      { upToMinor: null, feeMinor: 99 },
    ],
  };
  const within = (amountMinor: number, entry: Partial<EntryFacts> = {}, rules: readonly FeeRule[] = [tariff]) => {
    const open = openItems([{ externalId: X, amountMinor }], [{ externalId: X, ...entry }]);
    const left = feePass(open, sameIdentifier(open), rules);
    return { found: open.found, left: told(left) };
  };

  test('is booked with the payment, as far as the tariff goes', () => {
    expect(within(-5030)).toEqual({
      found: [
        {
          ...{ lines: [0], entries: [0], pass: 'fee_tolerance', score: 700 },
          reasons: ['same_external_id', 'fee_within_tariff'],
          fee: { amountMinor: 30, rule: 'fee_within' },
        },
      ],
      left: [],
    });
    expect(within(-5031)).toEqual({ found: [], left: ['0 = 0 by same_external_id'] });
  });

  test('the tariff is that of what was paid', () => {
    expect(within(-5009, { deltaMinor: -4999 }).found).toHaveLength(1);
    expect(within(-5010, { deltaMinor: -4999 }).found).toEqual([]);
    expect(within(-5100, { deltaMinor: -5001 }).found).toHaveLength(1);
    expect(within(-5101, { deltaMinor: -5001 }).found).toEqual([]);
  });

  test('is that of the book where it has one of exactly so much', () => {
    const fees = [-20, -30].map((deltaMinor) => ({ externalId: X, kind: 'fee' as const, deltaMinor }));
    const open = openItems([{ externalId: X, amountMinor: -5030 }], [{ externalId: X }, ...fees]);
    expect(feePass(open, sameIdentifier(open), [])).toEqual([]);
    expect(open.found).toEqual([
      {
        lines: [0],
        entries: [0, 2],
        pass: 'fee_tolerance',
        score: 700,
        reasons: ['same_external_id', 'sum_of_entries'],
      },
    ]);
    // What is taken already is not there again, nor is another payment's.
    const again = openItems(
      [{ externalId: X, amountMinor: -5030 }],
      [{ externalId: X }, { ...fees[1], externalId: Y }, fees[1] ?? {}],
    );
    again.take({ lines: [], entries: [2], pass: 'group', score: 0, reasons: [] });
    expect(told(feePass(again, sameIdentifier(again), []))).toEqual(['0 = 0 by same_external_id']);
  });

  test('counts with the fees that the book has', () => {
    expect(within(-5020, { feesMinor: 10 }).found).toHaveLength(1);
    expect(within(-5021, { feesMinor: 10 }).found).toEqual([]);
  });

  test.each([
    ['less than was paid', -4999, {}, [tariff]],
    ['money that came in', 4970, { deltaMinor: 5000, kind: 'replenishment' }, [tariff]],
    ['no rule', -5030, {}, []],
    ['a rule for charges with a line of their own', -5030, {}, [{ ...tariff, contains: 'charge' }]],
  ] as const)('not %s', (_, amountMinor, entry, rules) => {
    expect(within(amountMinor, entry, rules)).toEqual({ found: [], left: ['0 = 0 by same_external_id'] });
  });
});
