import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_FAULTS } from '../../src/statements/limits.ts';
import { aProof, type ProvedStatement } from '../../src/statements/proof.ts';
import type {
  StatementClaims,
  StatementEvent,
  StatementHeader,
  StatementLine,
} from '../../src/statements/statement.ts';

const HEADER: StatementHeader = { type: 'csv', account: '0110', currency: 'KES', id: null, page: null };
const NOTHING: StatementClaims = {
  openingMinor: null,
  closingMinor: null,
  from: null,
  to: null,
  lines: null,
  creditsMinor: null,
  debitsMinor: null,
};

const aLine = (amountMinor: number, more: Partial<StatementLine> = {}): StatementLine => ({
  position: 1,
  bookedOn: '2026-09-01',
  valueOn: null,
  bookedAt: null,
  amountMinor,
  balanceMinor: null,
  externalId: null,
  references: [],
  counterparty: null,
  counterpartyAccount: null,
  description: '',
  isCharge: false,
  ...more,
});

/** Lines at positions from 2 on, one after the other. */
const lines = (...given: (readonly [amount: number, balance?: number])[]): StatementLine[] =>
  given.map(([amount, balance], at) => aLine(amount, { position: at + 2, balanceMinor: balance ?? null }));

function proved(
  given: readonly StatementLine[],
  claims: Partial<StatementClaims> = {},
  header = HEADER,
  today: string | null = null,
): ProvedStatement {
  const proof = aProof(today);
  proof.take({ kind: 'begin', header });
  for (const line of given) expect(proof.take({ kind: 'line', line })).toBeNull();
  const statement = proof.take({ kind: 'end', header, claims: { ...NOTHING, ...claims } });
  if (statement === null) throw new Error('no statement ended');
  return statement;
}

const told = (statement: ProvedStatement): string[] =>
  statement.contradictions.map(({ message, position }) => `${position}: ${message}`);

describe('the day on which a line is booked', () => {
  const bookedOn = (...days: string[]): string[] =>
    told(
      proved(
        days.map((day, at) => aLine(-1, { position: at + 2, bookedOn: day })),
        {},
        HEADER,
        '2026-09-30',
      ),
    );

  test('is one that a bank has come to by now, but for a month ahead', () => {
    expect(bookedOn('1990-01-01', '2026-09-30', '2026-10-31')).toEqual([]);
  });

  test('the first that cannot be is named', () => {
    expect(bookedOn('2026-09-01', '2062-09-01', '2062-09-02', '1989-09-01')).toEqual([
      '3: it is the first line booked on a day that cannot be: 2062-09-01 is more than 31 days after today, 2026-09-30',
    ]);
    expect(bookedOn('2026-09-01', '2026-09-01', '1989-09-01')).toEqual([
      '4: it is the first line booked on a day that cannot be: 1989-09-01 is before 1990',
    ]);
  });
});

describe('opening + lines = closing', () => {
  test('to the cent', () => {
    const given = lines([500], [-200]);
    expect(proved(given, { openingMinor: 100, closingMinor: 400 })).toMatchObject({
      ties: true,
      lines: 2,
      creditsMinor: 500,
      debitsMinor: 200,
      contradictions: [],
    });
    const wrong = proved(given, { openingMinor: 100, closingMinor: 401 });
    expect(wrong.ties).toBe(false);
    expect(told(wrong)).toEqual([
      '3: it does not tie: KES 1.00 + KES 5.00 - KES 2.00 = KES 4.00, but it closes with KES 4.01',
    ]);
  });

  test('cannot be judged without both balances', () => {
    for (const claims of [{}, { openingMinor: 1 }, { closingMinor: 1 }])
      expect(proved(lines([5]), claims)).toMatchObject({ ties: null, contradictions: [] });
  });

  test('cannot be judged where a balance is in another currency', () => {
    const statement = proved(lines([5]), { openingMinor: 1, closingMinor: 6, closingCurrency: 'USD' });
    expect(statement.ties).toBeNull();
    expect(statement.warnings[0]?.message).toContain('the closing balance is in USD, the statement in KES');
  });

  test('an empty statement ties when nothing has changed', () => {
    expect(proved([], { openingMinor: 7, closingMinor: 7 }).ties).toBe(true);
    expect(proved([], { openingMinor: 7, closingMinor: 8 }).ties).toBe(false);
  });
});

describe('running balances', () => {
  test('follow from each other, oldest or newest first', () => {
    expect(proved(lines([5, 105], [-20, 85], [1, 86]))).toMatchObject({ ties: true, contradictions: [] });
    expect(proved(lines([1, 86], [-20, 85], [5, 105]))).toMatchObject({ ties: true, contradictions: [] });
  });

  test('the line after which the balance is wrong is named', () => {
    const statement = proved(lines([5, 105], [-20, 85], [1, 87], [3, 90]));
    expect(statement.ties).toBe(false);
    expect(told(statement)).toEqual(['4: the balance is KES 0.87, but KES 0.86 follows from the balance before']);
    const newest = proved(lines([3, 90], [1, 87], [-20, 85], [5, 105]));
    expect(told(newest)).toEqual(['3: the balance is KES 0.87, but KES 0.86 follows from the balance before']);
  });

  test('begin at the opening balance and end at the closing balance', () => {
    expect(proved(lines([5, 105], [1, 106]), { openingMinor: 100, closingMinor: 106 }).ties).toBe(true);
    expect(proved(lines([1, 106], [5, 105]), { openingMinor: 100, closingMinor: 106 }).ties).toBe(true);
    expect(told(proved(lines([5, 105], [1, 106]), { openingMinor: 99 }))[0]).toContain('2: the balance is KES 1.05');
    expect(told(proved(lines([5, 105], [1, 106]), { closingMinor: 107 }))[0]).toContain('3: the balance is KES 1.07');
  });

  test('may be missing on some lines', () => {
    expect(proved(lines([5], [2, 107], [-7], [1, 101], [1]), { openingMinor: 100, closingMinor: 102 }).ties).toBe(true);
    expect(proved(lines([5], [2, 107], [-7], [1, 102])).ties).toBe(false);
  });

  test('one alone proves nothing', () => {
    expect(proved(lines([5, 105])).ties).toBeNull();
    expect(proved(lines([5, 105]), { openingMinor: 100 }).ties).toBe(true);
    expect(proved(lines([5, 105]), { closingMinor: 106 }).ties).toBe(false);
  });

  test('any true account ties in either order, and with one cent changed it does not', () => {
    const amounts = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(amounts, fc.boolean(), fc.nat(), (given, newestFirst, seed) => {
        let balance = 0;
        const oldest = given.map((amount): [number, number] => [amount, (balance += amount)]);
        const file = newestFirst ? oldest.toReversed() : oldest;
        const claims = { openingMinor: 0, closingMinor: balance };
        expect(proved(lines(...file), claims).ties).toBe(true);
        const at = seed % file.length;
        const broken = file.map(([amount, after], index): [number, number] => [
          amount,
          index === at ? after + 1 : after,
        ]);
        expect(proved(lines(...broken), claims).ties).toBe(false);
      }),
    );
  });

  test('wrong without end are counted, not kept', () => {
    const many = lines(...Array.from({ length: 1000 }, (): [number, number] => [1, 1]));
    const { contradictions } = proved(many);
    expect(contradictions).toHaveLength(MOST_FAULTS + 1);
    expect(contradictions.at(-1)?.message).toBe(`${999 - MOST_FAULTS} more balances do not follow from those before`);
  });
});

describe('what a file says of its lines', () => {
  test('its numbers are held against them', () => {
    const given = lines([5], [-2], [-3]);
    expect(told(proved(given, { lines: 3, creditLines: 1, debitLines: 2, creditsMinor: 5, debitsMinor: 5 }))).toEqual(
      [],
    );
    expect(told(proved(given, { lines: 4, creditLines: 2, debitLines: 1 }))).toEqual([
      '4: it says that it has 4 lines, and has 3',
      '4: it says that it has 2 credits, and has 1',
      '4: it says that it has 1 debits, and has 2',
    ]);
    expect(told(proved(given, { creditsMinor: 6, debitsMinor: 4, turnoverMinor: 11 }))).toEqual([
      '4: it says that credits come to KES 0.06, and they come to KES 0.05',
      '4: it says that debits come to KES 0.04, and they come to KES 0.05',
      '4: it says that all lines come to KES 0.11, and they come to KES 0.10',
    ]);
  });

  test('a line of nothing may be counted on either side', () => {
    const given = lines([5], [0]);
    for (const claims of [
      { creditLines: 2, debitLines: 0 },
      { creditLines: 1, debitLines: 1 },
    ])
      expect(told(proved(given, claims))).toEqual([]);
    expect(told(proved(given, { creditLines: 3 }))).toHaveLength(1);
  });

  test('they contradict a total, and the balances tie all the same', () => {
    expect(proved(lines([5]), { openingMinor: 0, closingMinor: 5, lines: 2 })).toMatchObject({ ties: true });
  });

  test('its days are those it names, else those of its lines', () => {
    const days = ['2026-09-03', 'soon', '2026-09-01'].map((bookedOn) => aLine(1, { bookedOn }));
    expect(proved(days)).toMatchObject({ from: '2026-09-01', to: '2026-09-03' });
    expect(proved(days, { from: '2026-08-31', to: '2026-09-30' })).toMatchObject({
      from: '2026-08-31',
      to: '2026-09-30',
    });
    expect(proved([])).toMatchObject({ from: null, to: null });
  });
});

describe('currencies', () => {
  test('a line in another is in no sum, and is named', () => {
    const statement = proved([aLine(5), aLine(7, { otherCurrency: 'USD', position: 9 })], {
      openingMinor: 0,
      closingMinor: 5,
    });
    expect(statement).toMatchObject({ creditsMinor: 5, lines: 2, ties: true });
    expect(told(statement)).toEqual(['9: from here on, some lines are in another currency']);
  });

  test('none, or one that is none, is a warning', () => {
    for (const currency of [null, 'BGN'])
      expect(proved([], {}, { ...HEADER, currency }).warnings[0]?.message).toContain('2 decimals');
    expect(
      proved(lines([5]), { openingMinor: 0, closingMinor: 6 }, { ...HEADER, currency: null }).contradictions[0]
        ?.message,
    ).toBe('it does not tie: 0.00 + 0.05 - 0.00 = 0.05, but it closes with 0.06');
  });
});

describe('several statements in a file', () => {
  const events = (...balances: (readonly [opening: number, closing: number, account?: string])[]): StatementEvent[] =>
    balances.flatMap(([openingMinor, closingMinor, account = '0110']): StatementEvent[] => {
      const header = { ...HEADER, account };
      const line = aLine(closingMinor - openingMinor);
      const claims = { ...NOTHING, openingMinor, closingMinor };
      return [
        { kind: 'begin', header },
        { kind: 'line', line },
        { kind: 'end', header, claims },
      ];
    });
  const gaps = (given: StatementEvent[]): string[] => {
    const proof = aProof();
    return given.flatMap((event) => proof.take(event)?.contradictions ?? []).map(({ message }) => message);
  };

  test('one opens where the other closes, in either order', () => {
    expect(gaps(events([1, 2], [2, 5], [5, 4]))).toEqual([]);
    expect(gaps(events([5, 4], [2, 5], [1, 2]))).toEqual([]);
    expect(gaps(events([1, 2], [7, 8, 'other'], [2, 3]))).toEqual([]);
  });

  test('a gap between two of one account is named', () => {
    expect(gaps(events([1, 2], [3, 5]))).toEqual([
      'it opens with KES 0.03, but the statement before it of the same account closes with KES 0.02',
    ]);
  });

  test('what was said before the first belongs to it, and after the last to none', () => {
    const proof = aProof();
    const [begin, line, end] = events([1, 2]);
    proof.take({ kind: 'warning', message: 'early', position: 1 });
    for (const event of [begin, line]) if (event !== undefined) proof.take(event);
    expect(end === undefined ? null : proof.take(end)?.warnings).toEqual([{ message: 'early', position: 1 }]);
    proof.take({ kind: 'warning', message: 'late', position: 9 });
    expect(proof.rest()).toEqual([{ message: 'late', position: 9 }]);
  });
});

test('sums above 2^53-1 are refused, not rounded', () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(proved(lines([most], [-most])).creditsMinor).toBe(most);
  expect(() => proved(lines([most], [1]))).toThrow(/line 3: the sum/);
  expect(() => proved(lines([-most], [-1]))).toThrow(/line 3: the sum/);
  expect(told(proved(lines([most]), { openingMinor: 1, closingMinor: 0 }))[0]).not.toContain('=');
});
