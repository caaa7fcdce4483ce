import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import type { FileImport } from '../../src/operations/import-statement.ts';
import { identityOf } from '../../src/operations/line-identity.ts';
import type { Row } from '../../src/store/tables.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { aFile, aLine, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

/** What really happened on an account: for each day its lines before noon and after, in few words and amounts, so that many say the same. */
type Day = readonly [morning: readonly number[], afternoon: readonly number[]];
const AMOUNTS = [-5_000, -5_000, -5_000, 20_000, 700];
const aHalf = fc.array(fc.nat(AMOUNTS.length - 1), { maxLength: 4 });
const aHistory = fc.array(fc.tuple(aHalf, aHalf), { minLength: 3, maxLength: 7 });

/** Files as people fetch them: from the beginning of a day, or of its afternoon, to noon of one or to its end. */
const aFetch = fc.record({
  from: fc.nat(6),
  to: fc.nat(6),
  afternoon: fc.boolean(),
  noon: fc.boolean(),
  turned: fc.boolean(),
});
type Fetch = typeof aFetch extends fc.Arbitrary<infer One> ? One : never;

const dayOf = (at: number): string => `2026-10-0${at + 1}`;
const lineOf = (day: number, amount: number): StatementLine =>
  aLine({ bookedOn: dayOf(day), amountMinor: AMOUNTS[amount] ?? 0, description: 'x' });
const sumOf = (lines: readonly StatementLine[]): number => lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** The halves of days that a file covers, as half-open numbers. */
function halvesOf({ from, to, afternoon, noon }: Fetch, days: number): [number, number] | null {
  const [first, last] = [Math.min(from, days - 1), Math.min(to, days - 1)];
  const [begin, end] = [first * 2 + Number(afternoon), last * 2 + (noon ? 1 : 2)];
  return begin < end ? [begin, end] : null;
}

const fetch = (from: number, to: number, half: 'noon' | 'afternoon' | 'whole'): Fetch => ({
  ...{ from, to, noon: half === 'noon', afternoon: half === 'afternoon', turned: false },
});

/** What was once taken for other lines, or for the same, because balances come back to where they were. */
const FOUND: [Day[], Fetch[]][] = [
  [
    [
      [[], []],
      [[], []],
      [
        [0, 0],
        [0, 3, 0],
      ],
    ],
    [fetch(2, 2, 'afternoon'), fetch(2, 2, 'whole')],
  ],
  [
    [
      [[], []],
      [[], [0]],
      [
        [0, 0, 3],
        [0, 0],
      ],
    ],
    [fetch(0, 0, 'whole'), fetch(2, 2, 'noon'), fetch(0, 2, 'whole')],
  ],
  [
    [
      [[], []],
      [[0], [0]],
      [[], []],
      [[0], []],
    ],
    [fetch(2, 3, 'whole'), fetch(0, 1, 'noon'), fetch(1, 3, 'afternoon')],
  ],
  [
    [
      [
        [0, 0],
        [0, 0, 3],
      ],
      [[], []],
      [[], []],
    ],
    [fetch(0, 0, 'afternoon'), fetch(0, 0, 'noon')],
  ],
  [
    [
      [[], []],
      [[], []],
      [
        [0, 0],
        [0, 0, 3, 0],
      ],
    ],
    [fetch(0, 2, 'noon'), fetch(2, 2, 'afternoon')],
  ],
];

/** The same ones each time; WINDOW_RUNS tries so many new ones. */
const runs = Number(process.env['WINDOW_RUNS'] ?? 0);
const HOW_MANY = runs > 0 ? { numRuns: runs } : { numRuns: 40, seed: 841_446_879 };

eachDatabase((open) => {
  let office: PayingOffice;
  beforeAll(async () => {
    office = await aPayingOffice(open);
  });

  test('whatever files of an account come in whatever order, each line is stored as often as it happened', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, fc.array(aFetch, { minLength: 1, maxLength: 8 }), async (days, fetches) => {
        const fund = await office.fund();
        const halves = days.flatMap((day: Day, at) => day.map((half) => half.map((amount) => lineOf(at, amount))));
        const files = fetches.flatMap((fetch) => {
          const span = halvesOf(fetch, days.length);
          return span === null ? [] : [{ span, file: fileOf(fund.id, halves, span, fetch.turned) }];
        });
        const covered = await takeAll(files);
        const expected = new Map<string, number>();
        for (const half of covered)
          for (const line of halves[half] ?? [])
            expected.set(identityOf(line), (expected.get(identityOf(line)) ?? 0) + 1);
        expect(await storedOf(fund)).toEqual(new Map([...expected].toSorted()));
      }),
      { ...HOW_MANY, examples: FOUND },
    );
    expect(await bookFaults(office.store)).toEqual([]);
  });

  function fileOf(
    fundId: string,
    halves: readonly StatementLine[][],
    [begin, end]: [number, number],
    turned: boolean,
  ): FileImport {
    const lines = halves.slice(begin, end).flat();
    const openingMinor = sumOf(halves.slice(0, begin).flat());
    return aFile(fundId, turned ? lines.toReversed() : lines, {
      ...{ openingMinor, closingMinor: openingMinor + sumOf(lines) },
      ...{ from: dayOf(Math.floor(begin / 2)), to: dayOf(Math.floor((end - 1) / 2)) },
    });
  }

  /** Imports files until none is left that can be: what lies between two others closes their gap. Tells the halves that came in. */
  async function takeAll(files: readonly { span: [number, number]; file: FileImport }[]): Promise<Set<number>> {
    const covered = new Set<number>();
    let waiting = [...files];
    for (let before = -1; before !== waiting.length;) {
      before = waiting.length;
      const refused: typeof waiting = [];
      for (const one of waiting) {
        try {
          await office.store.write((tx) => takeFile(tx, office.people.david, one.file));
          for (let half = one.span[0]; half < one.span[1]; half += 1) covered.add(half);
        } catch (error) {
          if (!(error instanceof Problem) || error.code !== 'STATEMENT_UNBALANCED') throw error;
          expect(error.details.faults?.join()).toMatch(/lines between them are missing/);
          refused.push(one);
        }
      }
      waiting = refused;
    }
    return covered;
  }

  async function storedOf(fund: Row<'funds'>): Promise<Map<string, number>> {
    const rows = await office.store.read((tx) => {
      const { statementLines: lines } = tx.t;
      return tx.db.select({ identity: lines.identity }).from(lines).where(eq(lines.fundId, fund.id));
    });
    const counted = Map.groupBy(rows, ({ identity }) => identity);
    return new Map([...counted].map(([identity, same]) => [identity, same.length] as const).toSorted());
  }
});
