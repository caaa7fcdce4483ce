import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { chargesOfDays, sumsByReference } from '../../../src/domain/reconciliation/group-pass.ts';
import { mentions } from '../../../src/domain/reconciliation/reference-pass.ts';
import { foundIn, openItems } from '../../support/matching-facts.ts';

type Lines = readonly Partial<LineFacts>[];
type Entries = readonly Partial<EntryFacts>[];

const A = { references: ['PV-NBI-2026-00001'], deltaMinor: -1000 };
const B = { references: ['PV-NBI-2026-00002'], deltaMinor: -2000 };
const C = { references: ['PV-NBI-2026-00003'], deltaMinor: -4000 };
const names = (...numbers: number[]): string => numbers.map((number) => `PV-NBI-2026-0000${number}`).join(' ');

function sums(lines: Lines, entries: Entries): string[] {
  const open = openItems(lines, entries);
  sumsByReference(open, mentions(open));
  return foundIn(open);
}

describe('one line for several entries that it names', () => {
  test('is what they come to', () => {
    const open = openItems([{ description: names(1, 2, 3), amountMinor: -7000 }], [A, B, C]);
    sumsByReference(open, mentions(open));
    expect(open.found).toEqual([
      { lines: [0], entries: [0, 1, 2], pass: 'group', score: 600, reasons: ['same_reference', 'sum_of_entries'] },
    ]);
  });

  test('also by their requisition', () => {
    const parts = [A, B].map((part) => ({ ...part, sharedReferences: ['REQ-2026-00012'] }));
    expect(sums([{ description: 'REQ-2026-00012', amountMinor: -3000 }], parts)).toEqual(['0 = 0+1']);
  });

  test('by their own references where it has such, whatever else has the requisition', () => {
    const parts = [A, B, C].map((part) => ({ ...part, sharedReferences: ['REQ-2026-00012'] }));
    expect(sums([{ description: `REQ-2026-00012 ${names(1, 2)}`, amountMinor: -3000 }], parts)).toEqual(['0 = 0+1']);
    expect(sums([{ description: `REQ-2026-00012 ${names(1, 2)}`, amountMinor: -7000 }], parts)).toEqual([]);
  });

  test('a payment with its fee, which has its references', () => {
    const fee = { ...A, kind: 'fee', deltaMinor: -30 } as const;
    expect(sums([{ description: names(1), amountMinor: -1030 }], [A, fee])).toEqual(['0 = 0+1']);
  });

  test.each([
    ['a cent less', [{ description: names(1, 2), amountMinor: -2999 }], [A, B]],
    ['one entry', [{ description: names(1), amountMinor: -1000 }], [A]],
    ['some of those that it names', [{ description: names(1, 2, 3), amountMinor: -3000 }], [A, B, C]],
    ['the other sign', [{ description: names(1, 2), amountMinor: 3000 }], [A, B]],
    ['a charge for payments', [{ description: names(1, 2), amountMinor: -3000, isCharge: true }], [A, B]],
    [
      'a charge for a payment and its fee',
      [{ description: names(1), amountMinor: -1030, isCharge: true }],
      [A, { ...A, kind: 'fee', deltaMinor: -30 }],
    ],
    [
      'a payment for fees',
      [{ description: names(1, 2), amountMinor: -3000 }],
      [
        { ...A, kind: 'fee' },
        { ...B, kind: 'fee' },
      ],
    ],
    ['a refund', [{ description: `REFUND OF ${names(1, 2)}`, amountMinor: -3000 }], [A, B]],
    [
      'beginnings of identifiers',
      [{ description: 'CHQ0000123', amountMinor: -10_000 }],
      [{ externalId: 'CHQ000012345' }, { externalId: 'CHQ000012346' }],
    ],
  ] as const)('not %s', (_, lines, entries) => {
    expect(sums(lines, entries)).toEqual([]);
  });

  test('a charge for fees', () => {
    const fees = [A, B].map((entry) => ({ ...entry, kind: 'fee' as const }));
    expect(sums([{ description: names(1, 2), amountMinor: -3000, isCharge: true }], fees)).toEqual(['0 = 0+1']);
  });

  test('only of what is open', () => {
    for (const gone of [
      { lines: [0], entries: [] },
      { lines: [], entries: [1] },
    ]) {
      const open = openItems([{ description: names(1, 2), amountMinor: -3000 }], [A, B]);
      const named = mentions(open);
      open.take({ ...gone, pass: 'reference', score: 0, reasons: [] });
      sumsByReference(open, named);
      expect(open.found).toHaveLength(1);
    }
  });
});

describe('several lines that name one entry', () => {
  const part = (amountMinor: number, wish: Partial<LineFacts> = {}) => ({
    description: names(3),
    amountMinor,
    ...wish,
  });

  test('come to it', () => {
    const open = openItems([part(-1000), part(-1000), part(-2000)], [C]);
    sumsByReference(open, mentions(open));
    expect(open.found).toEqual([
      { lines: [0, 1, 2], entries: [0], pass: 'group', score: 600, reasons: ['same_reference', 'sum_of_lines'] },
    ]);
  });

  test('by what each names it by', () => {
    const open = openItems(
      [part(-1000), { description: 'SG632NMUAB', amountMinor: -3000 }],
      [{ ...C, externalId: 'SG632NMUAB' }],
    );
    sumsByReference(open, mentions(open));
    expect(open.found[0]?.reasons).toEqual(['same_reference', 'external_id_in_text', 'sum_of_lines']);
  });

  test('charges come to a fee', () => {
    const charge = { isCharge: true };
    expect(sums([part(-1000, charge), part(-3000, charge)], [{ ...C, kind: 'fee' }])).toEqual(['0+1 = 0']);
  });

  test.each([
    ['one line', [part(-4000)], [C]],
    ['a cent more', [part(-1000), part(-3001)], [C]],
    ['a charge among them', [part(-1000, { isCharge: true }), part(-3000)], [C]],
    ['lines that are no charges, for a fee', [part(-1000), part(-3000)], [{ ...C, kind: 'fee' }]],
    ['three of which two would do', [part(-1000), part(-3000), part(-5)], [C]],
  ] as const)('not %s', (_, lines, entries) => {
    expect(sums(lines, entries)).toEqual([]);
  });
});

describe('what two sums want is certain in neither', () => {
  test('an entry that two lines would need', () => {
    const lines = [
      { description: names(1, 2), amountMinor: -3000 },
      { description: names(1, 3), amountMinor: -5000 },
    ];
    expect(sums(lines, [A, B, C])).toEqual([]);
    expect(sums(lines.slice(1), [A, B, C])).toEqual(['0 = 0+2']);
  });

  test('a line that is a sum of entries and part of an entry', () => {
    const lines = [
      { description: names(1, 2, 3), amountMinor: -7000 },
      { description: names(3), amountMinor: 3000 },
    ];
    expect(sums(lines, [A, B, C])).toEqual(['0 = 0+1+2']);
    const parts = [
      { description: names(1, 2, 3), amountMinor: -7000 },
      { description: names(3), amountMinor: -1000 },
    ];
    expect(sums(parts, [A, B, { ...C, deltaMinor: -8000 }])).toEqual(['0+1 = 2']);
    expect(
      sums(
        [
          { ...parts[0], amountMinor: 0 - 11_000 },
          { ...parts[1], amountMinor: 3000 },
        ],
        [A, B, { ...C, deltaMinor: -8000 }],
      ),
    ).toEqual(['0 = 0+1+2']);
  });

  test('what is wanted once is taken beside it', () => {
    const lines = [
      { description: names(1, 2), amountMinor: -3000 },
      { description: names(1, 3), amountMinor: -5000 },
      { description: names(4, 5), amountMinor: -2 },
    ];
    const others = [4, 5].map((number) => ({ references: [`PV-NBI-2026-0000${number}`], deltaMinor: -1 }));
    expect(sums(lines, [A, B, C, ...others])).toEqual(['2 = 3+4']);
  });
});

describe('one charge for the fees of its day', () => {
  const fees = (...amounts: number[]) => amounts.map((deltaMinor) => ({ kind: 'fee', deltaMinor }) as const);
  const charge = { isCharge: true, amountMinor: -60 };

  function charges(lines: Lines, entries: Entries): string[] {
    const open = openItems(lines, entries);
    chargesOfDays(open, mentions(open));
    return foundIn(open);
  }

  test('is all of them', () => {
    const open = openItems([charge], fees(-10, -20, -30));
    chargesOfDays(open, []);
    expect(open.found).toEqual([
      { lines: [0], entries: [0, 1, 2], pass: 'group', score: 600, reasons: ['charge_of_the_day'] },
    ]);
  });

  test('each of two days, and payments beside them', () => {
    const lines = [charge, { ...charge, day: 101 }, {}];
    expect(
      charges(lines, [...fees(-10, -20, -30), ...fees(-20, -20, -20).map((fee) => ({ ...fee, day: 101 })), {}]),
    ).toEqual(['0 = 0+1+2', '1 = 3+4+5']);
  });

  test.each([
    ['of two fees: two amounts easily come to a third', [charge], fees(-30, -30)],
    ['of no fees', [charge], []],
    ['a cent less', [{ ...charge, amountMinor: -59 }], fees(-10, -20, -30)],
    ['of some of them', [charge], fees(-10, -20, -30, -5)],
    ['of the day before', [charge], fees(-10, -20, -30).map((fee) => ({ ...fee, day: 99 }))],
    ['beside another charge of the day', [charge, { ...charge, amountMinor: -1 }], fees(-10, -20, -30)],
    ['that is no charge', [{ ...charge, isCharge: false }], fees(-10, -20, -30)],
    [
      'with the receipt of one payment',
      [{ ...charge, externalId: 'TAB3QWERTY' }],
      fees(-10, -20, -30).map((fee) => ({ ...fee, externalId: 'SG632NMUAB' })),
    ],
    [
      'that names one of them',
      [{ ...charge, description: names(1) }],
      [...fees(-10, -20), { ...A, kind: 'fee', deltaMinor: -30 }],
    ],
    ['for payments', [charge], [{ deltaMinor: -10 }, { deltaMinor: -20 }, { deltaMinor: -30 }]],
  ] as const)('not %s', (_, lines, entries) => {
    expect(charges(lines, entries)).toEqual([]);
  });
});
