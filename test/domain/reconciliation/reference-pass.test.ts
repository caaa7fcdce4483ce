import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { isAnother, mentions, Named, referencePass } from '../../../src/domain/reconciliation/reference-pass.ts';
import { aLine, anEntry, foundIn, openItems } from '../../support/matching-facts.ts';

function references(lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]) {
  const open = openItems(lines, entries);
  const tied = referencePass(open, mentions(open));
  return { found: foundIn(open), tied: tied.map(({ line, entry }) => `${line} = ${entry}`) };
}

const taken = { found: ['0 = 0'], tied: [] };
const left = { found: [], tied: [] };
const tie = { found: [], tied: ['0 = 0'] };

const VOUCHER = { references: ['PV-NBI-2026-00412'] };
const BY_VOUCHER = { description: 'TRF PV-NBI-2026-00412' };
const REQUISITION = { sharedReferences: ['REQ-2026-00012'] };
const BY_REQUISITION = { description: 'REQ-2026-00012' };
const X = 'SG632NMUAB';
const Y = 'TAB3QWERTY';

describe('the same amount, and a reference in the line’s text', () => {
  test.each([
    ['the voucher', BY_VOUCHER, VOUCHER, ['same_reference', 'same_amount']],
    ['the identifier', { description: X }, { externalId: X }, ['external_id_in_text', 'same_amount']],
    [
      'both',
      { description: `${X} PV-NBI-2026-00412` },
      { ...VOUCHER, externalId: X },
      ['external_id_in_text', 'same_reference', 'same_amount'],
    ],
    ['the requisition', BY_REQUISITION, REQUISITION, ['same_reference', 'same_amount']],
    [
      'the identifier, cut',
      { description: 'CHQ0000123' },
      { externalId: 'CHQ000012345' },
      ['identifier_cut', 'same_amount'],
    ],
  ] as const)('%s', (_, line, entry, reasons) => {
    const open = openItems([line], [entry]);
    expect(referencePass(open, mentions(open))).toEqual([]);
    expect(open.found).toEqual([{ lines: [0], entries: [0], pass: 'reference', score: 900, reasons }]);
  });

  test.each([
    ['one cent less', { ...BY_VOUCHER, amountMinor: -4999 }, VOUCHER],
    ['the other sign', { ...BY_VOUCHER, amountMinor: 5000 }, VOUCHER],
    ['a charge for a payment', { ...BY_VOUCHER, isCharge: true }, VOUCHER],
    ['a payment for a fee', BY_VOUCHER, { ...VOUCHER, kind: 'fee' }],
    ['another receipt', { ...BY_VOUCHER, externalId: Y }, { ...VOUCHER, externalId: X }],
    ['another voucher', { description: 'PV-NBI-2026-00413' }, VOUCHER],
  ] as const)('but not %s', (_, line, entry) => {
    expect(references([line], [entry])).toEqual(left);
  });

  test('a charge for its fee', () => {
    expect(references([{ ...BY_VOUCHER, isCharge: true }], [{ ...VOUCHER, kind: 'fee' }, VOUCHER])).toEqual(taken);
  });

  test.each([
    [-8, left],
    [-7, taken],
    [90, taken],
    [91, left],
  ])('%i days after the entry its own reference counts or not', (days, outcome) => {
    expect(references([{ ...BY_VOUCHER, day: 100 + days }], [VOUCHER])).toEqual(outcome);
  });

  test.each([
    [-2, left],
    [-1, taken],
    [25, taken],
    [26, left],
  ])('%i days after the entry a requisition counts or not: it may be paid again', (days, outcome) => {
    expect(references([{ ...BY_REQUISITION, day: 100 + days }], [REQUISITION])).toEqual(outcome);
  });
});

describe('which of several', () => {
  test('two entries that a line names tie, whatever else it names', () => {
    const entries = [VOUCHER, { references: ['PV-NBI-2026-00413'], sharedReferences: ['REQ-2026-00012'] }];
    const line = { description: 'PV-NBI-2026-00412 PV-NBI-2026-00413 REQ-2026-00012' };
    expect(references([line], entries)).toEqual({ found: [], tied: ['0 = 0', '0 = 1'] });
  });

  test('the amount tells them apart', () => {
    const entries = [{ ...VOUCHER, deltaMinor: -1 }, { references: ['PV-NBI-2026-00413'] }];
    expect(references([{ description: 'PV-NBI-2026-00413, after PV-NBI-2026-00412' }], entries)).toEqual({
      found: ['0 = 1'],
      tied: [],
    });
  });

  test('two lines that name an entry tie', () => {
    expect(references([BY_VOUCHER, BY_VOUCHER], [VOUCHER])).toEqual({ found: [], tied: ['0 = 0', '1 = 0'] });
  });

  test('the identifier in its own field outweighs one in other text', () => {
    expect(references([{ description: X }, { externalId: X }], [{ externalId: X }])).toEqual({
      found: ['1 = 0'],
      tied: [],
    });
    expect(references([{ externalId: X, description: 'PV-NBI-2026-00412' }], [VOUCHER, { externalId: X }])).toEqual({
      found: ['0 = 1'],
      tied: [],
    });
    expect(references([{ externalId: X }, { externalId: X }], [{ externalId: X }])).toEqual({
      found: [],
      tied: ['0 = 0', '1 = 0'],
    });
  });

  test('its own reference outweighs what it shares with others', () => {
    const entries = [REQUISITION, { ...REQUISITION, ...VOUCHER }];
    expect(references([{ description: 'PV-NBI-2026-00412 REQ-2026-00012' }], entries)).toEqual({
      found: ['0 = 1'],
      tied: [],
    });
  });

  test('a line that names an entry of another amount is no other entry’s of its requisition', () => {
    const entries = [REQUISITION, { ...VOUCHER, deltaMinor: -1 }];
    expect(references([{ description: 'PV-NBI-2026-00412 REQ-2026-00012' }], entries).found).toEqual([]);
  });

  test('an entry that another line names is no other line’s of its requisition', () => {
    const entry = { ...REQUISITION, ...VOUCHER };
    expect(references([BY_REQUISITION, { ...BY_VOUCHER, amountMinor: -1 }], [entry]).found).toEqual([]);
    expect(references([BY_REQUISITION], [entry])).toEqual(taken);
  });
});

describe('a requisition that was paid in equal parts', () => {
  const parts = (...days: number[]) => days.map((day) => ({ ...REQUISITION, day }));
  const lines = (...days: number[]) => days.map((day) => ({ ...BY_REQUISITION, day }));

  test('on one day: the lines cannot be told apart', () => {
    expect(references(lines(100, 100), parts(100, 100))).toEqual({ found: ['0 = 0', '1 = 1'], tied: [] });
  });

  test('weeks apart: each line is near one part', () => {
    expect(references(lines(121, 101), parts(100, 120))).toEqual({ found: ['0 = 1', '1 = 0'], tied: [] });
  });

  test('days apart, lines late: nobody knows', () => {
    expect(references(lines(102, 103), parts(100, 101)).found).toEqual([]);
  });

  test('of which one line is missing: it may be either’s', () => {
    expect(references(lines(120), parts(100, 120))).toEqual({ found: [], tied: ['0 = 0', '0 = 1'] });
    expect(references(lines(126), parts(100, 126))).toEqual({ found: ['0 = 1'], tied: [] });
  });

  test('a line weeks late is that of the only part that is left', () => {
    expect(references(lines(112, 130), parts(100, 130))).toEqual({ found: ['1 = 1', '0 = 0'], tied: [] });
  });
});

describe('what speaks of another payment is not taken', () => {
  test.each([
    'REFUND OF',
    'refunded',
    'REVERSAL',
    'RETURNED',
    'REPLACES',
    'IN PLACE OF',
    'INSTEAD OF',
    'IN LIEU OF',
    'CANCELLED',
    'BOUNCED',
    'BOUNCE',
    'RE-ISSUE OF',
    'REISSUED',
    'RESEND',
    'RE-SENT',
    'CORRECTION OF',
  ])('%s', (words) => {
    expect(references([{ description: `${words} PV-NBI-2026-00412` }], [VOUCHER])).toEqual(tie);
    expect(references([{ description: `PV-NBI-2026-00412`, references: [words] }], [VOUCHER])).toEqual(tie);
  });

  test.each(['PREFUNDED', 'UNRETURNING', 'SENT', 'PLACE', 'IN-HOUSE'])('%s is no such word', (words) => {
    expect(references([{ description: `${words} PV-NBI-2026-00412` }], [VOUCHER])).toEqual(taken);
  });

  test('but a reversal is what the book calls so', () => {
    const entry = { ...VOUCHER, kind: 'reversal', deltaMinor: 5000 } as const;
    expect(references([{ description: 'REVERSAL OF PV-NBI-2026-00412', amountMinor: 5000 }], [entry])).toEqual(taken);
  });

  test('nor is a line that shows another phone', () => {
    const entry = { ...VOUCHER, destination: '254712345678' };
    expect(references([{ ...BY_VOUCHER, counterpartyAccount: '0733000111' }], [entry])).toEqual(tie);
    expect(references([{ ...BY_VOUCHER, counterpartyAccount: '0712345678' }], [entry])).toEqual(taken);
    expect(references([{ ...BY_VOUCHER, counterpartyAccount: '1122334455' }], [entry])).toEqual(taken);
  });

  test('nor by its requisition', () => {
    expect(references([{ description: 'REFUND OF REQ-2026-00012' }], [REQUISITION])).toEqual(left);
  });
});

describe('identifiers that name two movements', () => {
  test.each([
    ['no identifier of the entry', { externalId: Y }, {}, false],
    ['no identifier of the line', {}, { externalId: X }, false],
    ['the same', { externalId: 'sg632-nmuab' }, { externalId: X }, false],
    ['the same, and another that is mentioned', { externalId: X, references: [Y] }, { externalId: X }, false],
    ['another', { externalId: Y }, { externalId: X }, true],
    ['another, mistyped', { externalId: 'SG632NMUBA' }, { externalId: X }, false],
    ['another, and the same is mentioned', { externalId: Y, references: [X] }, { externalId: X }, true],
    [
      'the charge’s own, and the payment’s is mentioned',
      { externalId: Y, references: [X], isCharge: true },
      { externalId: X },
      false,
    ],
    ['the charge’s own, and nothing is mentioned', { externalId: Y, isCharge: true }, { externalId: X }, true],
    ['one of another kind', { externalId: 'FT26031ABCDE' }, { externalId: X }, false],
    [
      'one of another kind, and another is mentioned',
      { externalId: 'FT26031ABCDE', references: [Y] },
      { externalId: X },
      true,
    ],
    ['another is mentioned', { references: ['NONREF', Y] }, { externalId: X }, true],
    ['another is mentioned beside the same', { references: [Y, X] }, { externalId: X }, false],
    ['another in the text', { description: `MPESA ${Y}` }, { externalId: X }, true],
    ['another in the text beside the same', { description: `MPESA ${Y} ${X}` }, { externalId: X }, false],
    ['a bank’s identifier in the text', { description: 'FT26032XYZ12' }, { externalId: 'FT26031ABCDE' }, false],
    ['a bank’s identifier that is mentioned', { references: ['FT26032XYZ12'] }, { externalId: 'FT26031ABCDE' }, true],
  ])('%s: %#', (_, line, entry, expected) => {
    expect(isAnother(aLine(line), anEntry(entry))).toBe(expected);
  });
});

describe('what is named is kept for who names it', () => {
  const allows = (lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]): string[] => {
    const open = openItems(lines, entries);
    const named = new Named(open, mentions(open));
    return lines.flatMap((_, line) =>
      entries.flatMap((__, entry) => (named.allows(line, entry) ? [`${line} = ${entry}`] : [])),
    );
  };

  test('what names nothing is allowed everything that nothing names', () => {
    expect(allows([{}, {}], [{}, {}])).toEqual(['0 = 0', '0 = 1', '1 = 0', '1 = 1']);
  });

  test('a line keeps to its entry, an entry to its line', () => {
    expect(allows([BY_VOUCHER, {}], [VOUCHER, {}])).toEqual(['0 = 0', '1 = 1']);
  });

  test('a line keeps to its requisition, of which others may be', () => {
    expect(allows([BY_REQUISITION, {}], [REQUISITION, {}])).toEqual(['0 = 0', '1 = 0', '1 = 1']);
  });

  test('its own reference outweighs its requisition', () => {
    const line = { description: 'PV-NBI-2026-00412 REQ-2026-00012' };
    expect(allows([line], [VOUCHER, REQUISITION])).toEqual(['0 = 0']);
  });

  test('two lines that name an entry may both be it', () => {
    expect(allows([BY_VOUCHER, BY_VOUCHER, {}], [VOUCHER])).toEqual(['0 = 0', '1 = 0']);
  });

  test('what is named in a doubtful way is allowed to nobody', () => {
    expect(allows([{ description: 'REFUND OF PV-NBI-2026-00412' }, {}], [VOUCHER, {}])).toEqual(['1 = 1']);
    expect(allows([{ description: 'REFUND OF REQ-2026-00012' }, {}], [REQUISITION, {}])).toEqual(['1 = 0', '1 = 1']);
  });

  test('a line that was taken keeps nothing', () => {
    const open = openItems([BY_VOUCHER, {}], [VOUCHER]);
    const named = mentions(open);
    open.take({ lines: [0], entries: [], pass: 'group', score: 0, reasons: [] });
    expect(new Named(open, named).allows(1, 0)).toBe(true);
  });
});
