import { describe, expect, test } from 'vitest';
import type { Reason } from '../../../src/domain/reconciliation/facts.ts';
import { decideByDay, isPossible, type Days, type Pair } from '../../../src/domain/reconciliation/pairing.ts';
import { pairsByTrying } from '../../support/pairing-oracle.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cases } from '../../support/seed.ts';

interface Case {
  readonly pairs: readonly Pair[];
  readonly days: Days;
}

/** Lines and entries of one payee and one amount by their days, each possible with each that is not too far. */
function aPayee(
  lineDays: readonly number[],
  entryDays: readonly number[],
  wish: (line: number, entry: number) => Partial<Pair> | null = () => ({}),
): Case {
  const pairs = lineDays.flatMap((lineDay, line) =>
    entryDays.flatMap((entryDay, entry) => {
      const special = wish(line, entry);
      const days = lineDay - entryDay;
      return special === null || !isPossible(days)
        ? []
        : [{ line, entry, days, certain: true, score: 0, reasons: [], ...special }];
    }),
  );
  return { pairs, days: { ofLine: (line) => lineDays[line] ?? 0, ofEntry: (entry) => entryDays[entry] ?? 0 } };
}

const taken = ({ pairs, days }: Case): string[] =>
  decideByDay(pairs, days)
    .chosen.map(({ line, entry }) => `${line} = ${entry}`)
    .toSorted();

describe('a pair that is near nothing else is taken', () => {
  test.each([
    [-1, true],
    [0, true],
    [5, true],
    [6, false],
    [25, false],
  ])('a line %i days after its entry: %s', (days, isTaken) => {
    expect(taken(aPayee([100 + days], [100]))).toEqual(isTaken ? ['0 = 0'] : []);
  });

  test.each([
    [-2, false],
    [-1, true],
    [25, true],
    [26, false],
  ])('%i days after, it could be the entry’s: %s', (days, possible) => {
    expect(isPossible(days)).toBe(possible);
  });

  test('but not on evidence that would not do alone', () => {
    expect(taken(aPayee([100], [100], () => ({ certain: false })))).toEqual([]);
  });

  test('each of several that are not near each other', () => {
    expect(taken(aPayee([100, 107, 114], [100, 107, 114]))).toEqual(['0 = 0', '1 = 1', '2 = 2']);
  });
});

describe('what is near two is left', () => {
  test.each([
    ['one line, two entries', [100], [100, 100]],
    ['one line, two entries on two days', [101], [100, 101]],
    ['two lines, one entry', [100, 100], [100]],
    ['two lines on two days, one entry', [100, 101], [100]],
    ['two lines and two entries, a day late', [101, 102], [100, 101]],
    ['two lines on two days, two entries on one', [100, 101], [100, 100]],
    ['two lines on one day, two entries on two', [101, 101], [100, 101]],
    ['three lines, two entries', [100, 100, 100], [100, 100]],
    ['two lines, three entries', [100, 100], [100, 100, 100]],
  ])('%s', (_, lines, entries) => {
    const one = aPayee(lines, entries);
    expect(taken(one)).toEqual([]);
    expect(decideByDay(one.pairs, one.days).tied).toEqual(one.pairs);
  });
});

describe('twins', () => {
  test('as many lines of one day as entries of one day are taken in their order', () => {
    expect(taken(aPayee([103, 103], [100, 100]))).toEqual(['0 = 0', '1 = 1']);
    expect(taken(aPayee([100, 100, 100], [100, 100, 100]))).toEqual(['0 = 0', '1 = 1', '2 = 2']);
  });

  test('are none when one of them does not fit all', () => {
    expect(taken(aPayee([100, 100], [100, 100], (line, entry) => (line === 0 && entry === 1 ? null : {})))).toEqual([]);
  });

  test('are none when an identifier was mistyped', () => {
    const mistyped: readonly Reason[] = ['identifier_mistyped'];
    const wish = (line: number, entry: number) => (line === 0 && entry === 0 ? { reasons: mistyped } : {});
    expect(taken(aPayee([100, 100], [100, 100], wish))).toEqual([]);
    expect(taken(aPayee([100], [100], wish))).toEqual(['0 = 0']);
  });
});

describe('daily wages', () => {
  test('are taken day by day when lines and entries have the very same days', () => {
    expect(taken(aPayee([100, 101, 102], [100, 101, 102]))).toEqual(['0 = 0', '1 = 1', '2 = 2']);
    expect(taken(aPayee([102, 100, 101], [101, 102, 100]))).toEqual(['0 = 1', '1 = 2', '2 = 0']);
  });

  test('also with twins on a day', () => {
    expect(taken(aPayee([100, 101, 101], [101, 100, 101]))).toEqual(['0 = 1', '1 = 0', '2 = 2']);
  });

  test.each([
    ['a line comes a day late', [100, 102, 102], [100, 101, 102]],
    ['all lines come a day late', [101, 102, 103], [100, 101, 102]],
    ['a line is missing', [100, 102], [100, 101, 102]],
    ['an entry is missing', [100, 101, 102], [100, 102]],
    ['one day has two lines and another two entries', [100, 100, 101], [100, 101, 101]],
  ])('are left when %s', (_, lines, entries) => {
    expect(taken(aPayee(lines, entries))).toEqual([]);
  });

  test('are left when a line does not fit the entry of its day', () => {
    const wish = (line: number, entry: number) => (line === 1 && entry === 1 ? null : {});
    expect(taken(aPayee([100, 101, 102], [100, 101, 102], wish))).toEqual([]);
  });
});

describe('what is left over makes doubtful whatever it could be, were it late', () => {
  test('an entry whose line is missing: the lines of the next 25 days, and no later one', () => {
    expect(taken(aPayee([125], [100, 125]))).toEqual([]);
    expect(taken(aPayee([126], [100, 126]))).toEqual(['0 = 1']);
  });

  test('a line that was never recorded: the entries of the last 25 days, and no earlier one', () => {
    expect(taken(aPayee([100, 125], [100]))).toEqual([]);
    expect(taken(aPayee([100, 126], [100]))).toEqual(['0 = 0']);
  });

  test('also when the evidence would not do to take it', () => {
    expect(taken(aPayee([107], [100, 107], (_, entry) => ({ certain: entry === 1 })))).toEqual([]);
    expect(taken(aPayee([100, 107], [100], (line) => ({ certain: line === 0 })))).toEqual([]);
  });

  test('an entry before whose line came makes nothing doubtful', () => {
    expect(taken(aPayee([100, 107], [100, 107]))).toEqual(['0 = 0', '1 = 1']);
  });

  test('what is doubtful makes nothing else doubtful', () => {
    expect(taken(aPayee([107, 114, 121, 128], [100, 107, 114, 121, 128]))).toEqual(['3 = 4']);
  });

  test('of two lines near one entry one is left over, the entry is not', () => {
    // The entry of day 100 is one of the two lines', so the line of day 107 is not its late one.
    expect(taken(aPayee([100, 101, 110], [100, 110]))).toEqual(['2 = 1']);
    // The entry of day 90 could be the line's that is left over.
    expect(taken(aPayee([90, 100, 101], [90, 100]))).toEqual([]);
  });

  test('of two entries near one line one is left over, the line is not', () => {
    expect(taken(aPayee([90, 100], [90, 100, 100]))).toEqual(['0 = 0']);
    expect(taken(aPayee([100, 110], [100, 100, 110]))).toEqual([]);
  });

  test('of as many lines as entries nothing is left over, though nobody knows which is which', () => {
    expect(taken(aPayee([101, 102, 120], [100, 101, 120]))).toEqual(['2 = 2']);
  });
});

test('what is not taken is tied, and nothing that was taken is', () => {
  const { pairs, days } = aPayee([107, 200], [100, 107, 200]);
  const { chosen, tied } = decideByDay(pairs, days);
  expect(chosen.map(({ line }) => line)).toEqual([1]);
  expect(tied.map(({ line, entry }) => [line, entry])).toEqual([
    [0, 0],
    [0, 1],
  ]);
});

const CASES = cases(20_000);
const SEED = Number(process.env['PAIRING_SEED'] ?? 20_261);

test(`${CASES.toLocaleString('en')} small cases are decided as by trying everything (PAIRING_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  let decided = 0;
  for (let at = 0; at < CASES; at += 1) {
    const size = (most: number): number => random.below(most + 1);
    const spread = [1, 3, 8, 15, 40][random.below(5)] as number;
    const daysOf = (count: number): number[] => Array.from({ length: count }, () => 100 + random.below(spread));
    const entries = daysOf(size(4));
    // Half of them as things are: every line of an entry, on its day or soon after.
    const late = [1, 2, 6][random.below(3)] as number;
    const lines = random.below(2) === 0 ? daysOf(size(4)) : entries.map((day) => day + random.below(late));
    const [gaps, weak] = [random.below(3) === 0, random.below(4) === 0];
    const one = aPayee(lines, entries, () => {
      if (gaps && random.below(4) === 0) return null;
      const reasons: readonly Reason[] = random.below(30) === 0 ? ['identifier_mistyped'] : [];
      return { certain: !(weak && random.below(3) === 0), reasons };
    });
    const found = new Set(taken(one));
    expect({ lines, entries, pairs: one.pairs, found }, `PAIRING_SEED=${SEED}, case ${at}`).toEqual({
      ...{ lines, entries, pairs: one.pairs },
      found: pairsByTrying(one.pairs, one.days),
    });
    decided += found.size;
  }
  // Enough of them are decided for the comparison to mean something.
  expect(decided).toBeGreaterThan(CASES / 4);
});
