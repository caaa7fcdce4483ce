import { describe, expect, test } from 'vitest';
import { ExactPass } from '../../../src/domain/reconciliation/exact-pass.ts';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { entriesLeft, everythingFound, notablyFound } from '../../../src/domain/reconciliation/matching.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { aLine, anEntry } from '../../support/matching-facts.ts';

interface Outcome {
  /** The entry of each line. */
  readonly entries: (number | null)[];
  readonly left: number[];
  /** What takeLine said of each. */
  readonly taken: boolean[];
  readonly contested: number[];
}

function exactly(lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]): Outcome {
  const pass = new ExactPass();
  for (const wish of entries) pass.addEntry(anEntry(wish));
  const taken = lines.map((wish) => pass.takeLine(aLine(wish)));
  expect(pass.size).toEqual({ entries: entries.length, lines: lines.length });
  return {
    entries: lines.map((_, line) => pass.entryOf(line)),
    left: entriesLeft(pass),
    taken,
    contested: pass.contested(),
  };
}

const X = 'SG632NMUAB';
const Y = 'TAB3QWERTY';

describe('a line is the entry with its identifier and its amount', () => {
  test('however the identifier is written', () => {
    expect(exactly([{ externalId: X }], [{ externalId: 'sg6-32nmuab' }])).toEqual({
      ...{ entries: [0], left: [], taken: [true], contested: [] },
    });
  });

  test.each([
    ['one cent less', { externalId: X, amountMinor: -4999 }],
    ['one cent more', { externalId: X, amountMinor: -5001 }],
    ['the other sign', { externalId: X, amountMinor: 5000 }],
    ['another identifier', { externalId: Y }],
    ['no identifier', {}],
    ['an identifier of nothing', { externalId: '' }],
    ['a charge', { externalId: X, isCharge: true }],
  ])('but not with %s', (_, line) => {
    expect(exactly([line], [{ externalId: X }])).toMatchObject({
      entries: [null],
      left: [0],
      taken: [false],
      contested: [],
    });
  });

  test('a charge is the fee, and what is no charge is none', () => {
    const entries: Partial<EntryFacts>[] = [{ externalId: X }, { externalId: X, kind: 'fee' }];
    expect(exactly([{ externalId: X, isCharge: true }, { externalId: X }], entries).entries).toEqual([1, 0]);
    expect(exactly([{ externalId: X }], [{ externalId: X, kind: 'fee' }]).entries).toEqual([null]);
  });

  test('the amount tells entries of one identifier apart', () => {
    const entries = [
      { externalId: X, deltaMinor: -1 },
      { externalId: X, deltaMinor: -2 },
      { externalId: X, deltaMinor: -3 },
    ];
    expect(exactly([{ externalId: X, amountMinor: -2 }], entries)).toMatchObject({ entries: [1], left: [0, 2] });
  });
});

describe('what ties is left', () => {
  test('two entries with one identifier and one amount', () => {
    expect(exactly([{ externalId: X }], [{ externalId: X }, { externalId: X }])).toMatchObject({
      ...{ entries: [null], left: [0, 1], taken: [false], contested: [] },
    });
  });

  test('two lines for one entry, of which takeLine knew nothing yet', () => {
    expect(exactly([{ externalId: X }, {}, { externalId: X }], [{ externalId: X }])).toEqual({
      ...{ entries: [null, null, null], left: [0], taken: [true, false, true], contested: [0, 2] },
    });
  });

  test('any number of lines for one entry', () => {
    const lines = Array.from({ length: 8 }, () => ({ externalId: X }));
    expect(exactly(lines, [{ externalId: X }])).toMatchObject({ left: [0], contested: [0, 1, 2, 3, 4, 5, 6, 7] });
  });
});

describe('a line that nobody’s identifier is on its own is looked for by what it mentions', () => {
  test('one reference', () => {
    expect(exactly([{ references: ['NONREF', X] }], [{ externalId: X }]).entries).toEqual([0]);
    expect(exactly([{ externalId: 'FT26031ABCDE', references: [X] }], [{ externalId: X }]).entries).toEqual([0]);
    expect(exactly([{ references: [X, X] }], [{ externalId: X }]).entries).toEqual([0]);
  });

  test('a reference must be too particular to be another’s', () => {
    expect(exactly([{ references: ['4711'] }], [{ externalId: '4711' }]).entries).toEqual([null]);
    expect(exactly([{ externalId: '4711' }], [{ externalId: '4711' }]).entries).toEqual([0]);
    expect(exactly([{ references: ['998877'] }], [{ externalId: '998877' }]).entries).toEqual([0]);
  });

  test('two references to two entries of its amount tie, of which one has another amount they do not', () => {
    const references = [X, Y];
    expect(exactly([{ references }], [{ externalId: X }, { externalId: Y }]).entries).toEqual([null]);
    expect(exactly([{ references }], [{ externalId: X }, { externalId: Y, deltaMinor: -1 }]).entries).toEqual([0]);
    expect(exactly([{ references }], [{ externalId: X, deltaMinor: -1 }, { externalId: Y }]).entries).toEqual([1]);
  });

  test('the bank’s own identifier outweighs what is mentioned', () => {
    const entries = [{ externalId: X }, { externalId: Y }];
    expect(exactly([{ externalId: X, references: [Y] }], entries)).toMatchObject({ entries: [0], left: [1] });
    // Two entries have its own: what it mentions decides nothing.
    expect(exactly([{ externalId: X, references: [Y] }], [{ externalId: X }, ...entries]).entries).toEqual([null]);
  });

  test('what M-Pesa links to a payment is another movement, but for a charge with its own receipt', () => {
    const linked = { externalId: Y, references: [X] };
    expect(exactly([linked], [{ externalId: X }]).entries).toEqual([null]);
    expect(exactly([{ ...linked, isCharge: true }], [{ externalId: X, kind: 'fee' }]).entries).toEqual([0]);
  });
});

describe('what people type for many payments is nobody’s identifier', () => {
  test.each(['RENT', 'JAN2026', '0000', 'NONREF', 'WEEK 12', '123456', ''])('%j', (typed) => {
    expect(exactly([{ externalId: typed }, { references: [typed] }], [{ externalId: typed }])).toMatchObject({
      ...{ entries: [null, null], left: [0], taken: [false, false] },
    });
  });
});

describe('a receipt of M-Pesa’s is one, whatever it looks like', () => {
  test.each(['SKTQDMWXYZ', 'SKAEXACT01', 'sk-aexact01', 'MPESA001', '7'])('%j', (receipt) => {
    const entries = [{ externalId: receipt }, { externalId: X }];
    expect(exactly([{ externalId: receipt, isReceipt: true }], entries)).toMatchObject({ entries: [0], left: [1] });
    const pass = new ExactPass();
    for (const wish of entries) pass.addEntry(anEntry(wish));
    const bytes = new TextEncoder().encode(`,${receipt},`);
    const bounds = { from: 1, to: bytes.length - 1, isCharge: false };
    expect(pass.takeIdentifier(bytes, { ...bounds, amountMinor: -4999 })).toBe(false);
    expect(pass.takeIdentifier(bytes, { ...bounds, amountMinor: -5000 })).toBe(true);
    expect([pass.entryOf(0), pass.entryOf(1)]).toEqual([null, 0]);
  });

  test('but not with another amount, nor twice, nor where another line only mentions it', () => {
    const line = { externalId: 'SKTQDMWXYZ', isReceipt: true };
    const entries = [{ externalId: 'SKTQDMWXYZ' }];
    expect(exactly([{ ...line, amountMinor: -4999 }], entries).entries).toEqual([null]);
    expect(exactly([line, line], entries)).toMatchObject({ entries: [null, null], contested: [0, 1] });
    expect(exactly([{ externalId: X, isReceipt: true, references: ['SKTQDMWXYZ'] }], entries).entries).toEqual([null]);
    expect(exactly([{ ...line, externalId: '', references: [] }], [{ externalId: '' }]).entries).toEqual([null]);
  });
});

describe('what stands on every line is nobody’s identifier', () => {
  const own = '01109988776600';
  const others = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ references: [own], amountMinor: -at - 1 }));

  test('eight lines may have a payment’s, nine may not', () => {
    expect(exactly([{ references: [own] }, ...others(7)], [{ externalId: own }])).toMatchObject({
      left: [],
      contested: [],
    });
    expect(exactly([{ references: [own] }, ...others(8)], [{ externalId: own }])).toMatchObject({
      left: [0],
      contested: [0],
    });
  });

  test('of two entries, sixteen and seventeen', () => {
    const entries = [{ externalId: own }, { externalId: own, deltaMinor: 1 }];
    expect(exactly([{ externalId: own }, ...others(15)], entries).left).toEqual([1]);
    expect(exactly([{ externalId: own }, ...others(16)], entries).left).toEqual([0, 1]);
  });

  test('lines count that have it beside an identifier of their own', () => {
    const lines = Array.from({ length: 9 }, (_, at) => ({ externalId: `FT2603${at}ABCDE`, references: [own] }));
    const entries = [{ externalId: own }, ...lines.map(({ externalId }) => ({ externalId }))];
    expect(exactly([{ references: [own] }, ...lines], entries)).toMatchObject({ left: [0], contested: [0] });
  });

  test('seventy thousand lines are not forgotten', () => {
    const pass = new ExactPass();
    pass.addEntry(anEntry({ externalId: own }));
    for (let at = 0; at < 70_000; at += 1) pass.takeLine(aLine({ references: [own], amountMinor: -1 }));
    pass.takeLine(aLine({ externalId: own }));
    expect(pass.isMatched(0)).toBe(false);
  });
});

test('everything that is certain is told in the order of the lines, then what others found', () => {
  const pass = new ExactPass();
  for (const externalId of [X, Y, null]) pass.addEntry(anEntry({ externalId }));
  for (const externalId of [Y, null, X]) pass.takeLine(aLine({ externalId }));
  const other = { lines: [1], entries: [2], pass: 'reference', score: 900, reasons: [] } as const;
  const exact = { pass: 'external_id', score: 1000, reasons: ['same_external_id', 'same_amount'] };
  expect([...everythingFound(pass, { found: [other] })]).toEqual([
    { ...exact, lines: [0], entries: [1] },
    { ...exact, lines: [2], entries: [0] },
    other,
  ]);
  expect(notablyFound(pass, { found: [other] }, (entry) => entry === 0)).toEqual({
    ...{ found: [{ ...exact, lines: [2], entries: [0] }, other], others: 1 },
  });
  expect(entriesLeft(pass)).toEqual([2]);
});

const SEED = Number(process.env['EXACT_SEED'] ?? 11);

test(`random entries and lines are paired as by looking at every pair (EXACT_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const ids = Array.from(
    { length: 3000 },
    (_, at) => `UAB${at % 10}Q${at.toString(36).toUpperCase().padStart(5, '0')}`,
  );
  const pick = (): string => ids[random.below(ids.length)] as string;
  const entries = Array.from({ length: 2500 }, (): Partial<EntryFacts> => ({
    ...{ externalId: random.below(9) === 0 ? null : pick(), deltaMinor: -random.below(2) - 1 },
    kind: random.below(4) === 0 ? 'fee' : 'payment',
  }));
  const lines = Array.from({ length: 2500 }, (): Partial<LineFacts> => ({
    ...{
      externalId: random.below(3) === 0 ? null : pick(),
      amountMinor: -random.below(2) - 1,
      isCharge: random.below(4) === 0,
    },
    references: Array.from({ length: random.below(3) }, pick),
  }));
  const fits = (line: Partial<LineFacts>, entry: Partial<EntryFacts>): boolean =>
    line.amountMinor === entry.deltaMinor && line.isCharge === (entry.kind === 'fee');
  const wanted = lines.map((line) => {
    const having = (id: string): number[] =>
      entries.flatMap((entry, at) => (entry.externalId === id && fits(line, entry) ? [at] : []));
    const own = line.externalId === null ? [] : having(line.externalId ?? '');
    // Other receipts of a line with a receipt of its own are only its charge's.
    const mayMention = own.length === 0 && (line.externalId === null || line.isCharge === true);
    const all = own.length > 0 ? own : mayMention ? (line.references ?? []).flatMap(having) : [];
    const [only, ...more] = new Set(all);
    return only === undefined || more.length > 0 ? null : only;
  });
  const expected = wanted.map((entry) =>
    entry !== null && wanted.filter((other) => other === entry).length === 1 ? entry : null,
  );
  // Whether a line is told in text or by its identifier in bytes decides nothing.
  const inBytes = new ExactPass();
  for (const wish of entries) inBytes.addEntry(anEntry(wish));
  const taken = lines.map((wish) => {
    const line = aLine(wish);
    if (line.references.length > 0 || line.externalId === null) return inBytes.takeLine(line);
    const bytes = new TextEncoder().encode(`,${line.externalId},`);
    return inBytes.takeIdentifier(bytes, { ...line, from: 1, to: bytes.length - 1 });
  });
  expect(taken).toEqual(wanted.map((entry) => entry !== null));
  expect(lines.map((_, line) => inBytes.entryOf(line))).toEqual(expected);
  const outcome = exactly(lines, entries);
  expect(outcome.entries).toEqual(expected);
  expect(outcome.taken).toEqual(wanted.map((entry) => entry !== null));
  expect(outcome.contested).toEqual(
    wanted.flatMap((entry, at) => (entry !== null && expected[at] === null ? [at] : [])),
  );
  expect(outcome.left).toEqual(entries.flatMap((_, at) => (expected.includes(at) ? [] : [at])));
  expect(expected.filter((entry) => entry !== null).length).toBeGreaterThan(200);
});
