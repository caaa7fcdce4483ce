import { describe, expect, test } from 'vitest';
import { continuityFindings, isSameAccount, type ContinuityFacts } from '../../src/domain/statement-continuity.ts';
import {
  adjoining,
  dayKey,
  daysInside,
  hasDay,
  isWhole,
  mayRepeat,
  replaceable,
  toldToTheEnd,
  type Adjoining,
  type EarlierStatement,
  type FileFacts,
  type PartOfFile,
} from '../../src/domain/statement-span.ts';

const OCTOBER = { from: '2026-10-01', to: '2026-10-31', openingMinor: 500_000, closingMinor: 700_000 };

const aPart = (change: Partial<PartOfFile> = {}): PartOfFile => ({
  ...OCTOBER,
  ...{
    number: null,
    page: null,
    paging: null,
    lines: 10,
    creditsMinor: 300_000,
    debitsMinor: 100_000,
    ties: true,
    contradictions: [],
  },
  ...change,
});
const aFile = (change: Partial<FileFacts> = {}): FileFacts => ({
  ...OCTOBER,
  ...{ account: '0110', currency: 'KES', parts: [aPart()], unlikeAt: null },
  ...change,
});
let statements = 0;
const anEarlier = (change: Partial<EarlierStatement> = {}): EarlierStatement => ({
  ...{ id: `id${(statements += 1)}`, ref: 'sta_old', account: '0110', number: null, lines: 5, newLines: 5 },
  ...{
    creditsMinor: 1,
    debitsMinor: 2,
    from: '2026-09-01',
    to: '2026-09-30',
    openingMinor: 100_000,
    closingMinor: 500_000,
  },
  ...{ ties: true, isFaulty: false },
  ...change,
});
const NONE = { count: 0, some: [] };
const found = (change: Partial<ContinuityFacts> = {}) =>
  continuityFindings({
    ...{ file: aFile(), fund: { code: 'NBI', currency: 'KES' }, accounts: ['0110'] },
    ...{ earlier: [anEarlier()], missing: NONE, added: null },
    ...change,
  });
const said = (change: Partial<ContinuityFacts> = {}): string[] => found(change).map(({ message }) => message);
const codes = (change: Partial<ContinuityFacts> = {}): string[] => found(change).map(({ code }) => code);

describe('a file that goes on where the last statement ended', () => {
  test('has nothing against it', () => expect(found()).toEqual([]));
  test('nor has the first file of a fund', () => expect(found({ accounts: [], earlier: [] })).toEqual([]));
});

describe('an account', () => {
  test.each([
    ['0110', '0110', true],
    ['01100012345600', '0110 0012-3456 00', true],
    ['KE12 0110 0012 3456 00', '01100012345600', true],
    ['ke12345678', 'KE12345678', true],
    ['99912345678', '12345678', true],
    ['9991234567', '1234567', false],
    ['01100012345600', '01100012345601', false],
    ['', '', true],
    ['', '12345678', false],
  ])('%j and %j: the same is %s', (one, other, same) => {
    expect(isSameAccount(one, other)).toBe(same);
    expect(isSameAccount(other, one)).toBe(same);
  });

  test('that no statement of the fund is of is named with those that are, and no balance is compared', () => {
    expect(found({ file: aFile({ account: '0999' }), earlier: [anEarlier({ closingMinor: 1 })] })).toEqual([
      {
        code: 'STATEMENT_OF_ANOTHER_ACCOUNT',
        message: 'it is of account "0999", and the statements of fund NBI are of "0110"',
        position: null,
        acceptable: true,
      },
    ]);
    expect(found({ file: aFile({ account: '0999' }), accounts: ['0110', '0999'] })).toEqual([]);
  });

  test('that the file does not name is any', () => expect(found({ file: aFile({ account: null }) })).toEqual([]));
});

describe('a currency', () => {
  test('that is not the fund’s nobody can accept', () => {
    expect(found({ file: aFile({ currency: 'USD' }), earlier: [anEarlier({ closingMinor: 1 })] })).toEqual([
      {
        code: 'STATEMENT_IN_ANOTHER_CURRENCY',
        message: 'it is in "USD", and fund NBI is in KES',
        position: null,
        acceptable: false,
      },
    ]);
  });

  test('of one line that is not the statement’s is told with its line', () => {
    expect(found({ file: aFile({ unlikeAt: 17 }) })).toEqual([
      {
        code: 'STATEMENT_IN_ANOTHER_CURRENCY',
        message: 'the amount is not in the currency of the statement',
        position: 17,
        acceptable: false,
      },
    ]);
  });

  test('that the file does not name is the fund’s', () =>
    expect(found({ file: aFile({ currency: null }) })).toEqual([]));
});

test('everything that a file says against itself is told, with its lines', () => {
  const [one, other] = [
    { message: 'it does not tie', position: 12 },
    { message: 'it has 3 lines', position: null },
  ];
  const parts = [aPart({ contradictions: [one] }), aPart({ contradictions: [other] })];
  expect(found({ file: aFile({ parts }) })).toEqual(
    [one, other].map((fault) => ({ ...fault, code: 'STATEMENT_CONTRADICTS_ITSELF', acceptable: true })),
  );
});

describe('a page', () => {
  const pages = (...numbers: (string | null)[]) =>
    aFile({ parts: numbers.map((page) => aPart({ number: 'S/7', page })) });

  test('that follows the one before it is in order', () => {
    expect(found({ file: pages('1', '2', '3') })).toEqual([]);
    expect(found({ file: pages('00001', '00002') })).toEqual([]);
    expect(found({ file: pages('2', '1') })).toEqual([]);
  });

  test('of which the one before it is not there is told', () => {
    expect(said({ file: pages('1', '3') })).toEqual(['page 3 of statement "S/7" is in it, page 2 is not']);
    expect(codes({ file: pages('2') })).toEqual(['STATEMENT_PAGE_MISSING']);
  });

  test('may begin a file where an earlier one had the pages before it', () => {
    const earlier = [anEarlier(), anEarlier({ number: 'S/7' })];
    expect(found({ file: pages('2'), earlier })).toEqual([]);
    expect(said({ file: pages('2', '4'), earlier })).toEqual(['page 4 of statement "S/7" is in it, page 3 is not']);
  });

  test('of a statement that is in the file itself came before nothing', () => {
    const part = { ...aPart({ number: 'S/7', page: '2' }), newLines: 0 };
    const same = anEarlier({
      ...OCTOBER,
      number: 'S/7',
      lines: part.lines,
      creditsMinor: 300_000,
      debitsMinor: 100_000,
    });
    expect(codes({ file: aFile({ parts: [part] }), earlier: [same] })).toContain('STATEMENT_PAGE_MISSING');
  });

  describe('that is not the last', () => {
    const paged = (of: 'statement' | 'message', ...all: (readonly [string, boolean | null, string?])[]) =>
      aFile({
        parts: all.map(([page, isLast, message = null]) =>
          aPart({ number: `S/${of === 'statement' ? 7 : page}`, page, paging: { of, message, isLast } }),
        ),
      });

    test('needs the one behind it', () => {
      expect(found({ file: paged('statement', ['1', false], ['2', true]) })).toEqual([]);
      expect(found({ file: paged('statement', ['2', true], ['1', false]) })).toEqual([]);
      expect(found({ file: paged('statement', ['1', null]) })).toEqual([]);
      expect(found({ file: paged('statement', ['1', false]) })).toEqual([
        {
          code: 'STATEMENT_PAGE_MISSING',
          message: 'page 1 of statement "S/7" is not the last, and page 2 is not in it',
          position: null,
          acceptable: true,
        },
      ]);
    });

    test('needs it even where another page of the statement came before', () => {
      const earlier = [anEarlier(), anEarlier({ number: 'S/7' })];
      expect(codes({ file: paged('statement', ['1', false]), earlier })).toEqual(['STATEMENT_PAGE_MISSING']);
    });

    test('of a message needs the next of that message, whatever statements are on it', () => {
      expect(found({ file: paged('message', ['1', false], ['2', true]) })).toEqual([]);
      expect(found({ file: paged('message', ['1', false, 'A'], ['2', true, 'B']) })).toEqual([]);
      expect(found({ file: paged('message', ['1', false, 'A'], ['1', false, 'A'], ['2', true, 'A']) })).toEqual([]);
      expect(said({ file: paged('message', ['1', false, 'A'], ['1', false, 'B'], ['2', true, 'C']) })).toEqual([
        'page 1 of the message is not the last, and page 2 is not in it',
      ]);
    });
  });

  test('that is no number says nothing, nor does one of a statement without a number', () => {
    expect(found({ file: pages('last', '0', '1.5', null) })).toEqual([]);
    expect(found({ file: aFile({ parts: [aPart({ page: '5' })] }) })).toEqual([]);
  });
});

describe('a gap', () => {
  const november = (change: Partial<EarlierStatement> = {}) =>
    anEarlier({ from: '2026-11-01', to: '2026-11-30', openingMinor: 700_000, ref: 'sta_nov', ...change });

  test('before it is told with both balances, one cent off as much as a thousand', () => {
    expect(found({ earlier: [anEarlier({ closingMinor: 500_001 })] })).toEqual([
      {
        code: 'STATEMENT_GAP',
        message:
          'it opens on 2026-10-01 with KES 5,000.00, but sta_old, the statement before it, closes on 2026-09-30 with KES 5,000.01: lines between them are missing',
        position: null,
        acceptable: true,
      },
    ]);
  });

  test('after it is told in the same way', () => {
    expect(said({ earlier: [anEarlier(), november({ openingMinor: 699_999 })] })).toEqual([
      'it closes on 2026-10-31 with KES 7,000.00, but sta_nov, the statement after it, opens on 2026-11-01 with KES 6,999.99: lines between them are missing',
    ]);
    expect(said({ earlier: [anEarlier(), november()] })).toEqual([]);
  });

  test('is none where days without a movement lie between', () => {
    expect(
      said({ earlier: [anEarlier({ to: '2026-09-12' }), november({ from: '2026-12-01', to: '2026-12-31' })] }),
    ).toEqual([]);
  });

  test('is judged by the statement that ends last before it and the one that begins first after it', () => {
    const august = anEarlier({ from: '2026-08-01', to: '2026-08-31', closingMinor: 1 });
    const december = anEarlier({ from: '2026-12-01', to: '2026-12-31', openingMinor: 1 });
    expect(said({ earlier: [august, anEarlier(), december, november()] })).toEqual([]);
    expect(codes({ earlier: [august, december] })).toEqual(['STATEMENT_GAP', 'STATEMENT_GAP']);
  });

  test('is none where one of several statements of that day fits, or one says nothing', () => {
    for (const closingMinor of [500_000, null])
      expect(said({ earlier: [anEarlier({ closingMinor: 3 }), anEarlier({ closingMinor })] })).toEqual([]);
    expect(said({ earlier: [november({ openingMinor: 3 }), november({ openingMinor: null })] })).toEqual([]);
  });

  test('is none where another statement covers the first or the last day', () => {
    const across = (from: string, to: string) => anEarlier({ from, to, openingMinor: 7, closingMinor: 7 });
    expect(said({ earlier: [anEarlier({ closingMinor: 1 }), across('2026-09-20', '2026-10-01')] })).toEqual([]);
    expect(said({ earlier: [november({ openingMinor: 1 }), across('2026-10-31', '2026-11-05')] })).toEqual([]);
    expect(codes({ earlier: [anEarlier({ closingMinor: 1 }), across('2026-10-02', '2026-10-05')] })).toEqual([
      'STATEMENT_GAP',
    ]);
  });

  test('cannot be seen by a file without days or without balances, nor beside a statement without days', () => {
    const gap = [anEarlier({ closingMinor: 1 }), november({ openingMinor: 1 })];
    expect(said({ earlier: gap })).toHaveLength(2);
    for (const change of [
      { from: null, to: null },
      { openingMinor: null, closingMinor: null },
    ])
      expect(said({ file: aFile(change), earlier: gap })).toEqual([]);
    expect(said({ file: aFile({ from: null }), earlier: gap })).toEqual([expect.stringMatching(/^it closes/)]);
    expect(said({ file: aFile({ to: null }), earlier: gap })).toEqual([expect.stringMatching(/^it opens/)]);
    for (const change of [{ from: null }, { to: null }])
      expect(said({ earlier: [anEarlier({ closingMinor: 1, ...change })] })).toEqual([]);
  });
});

describe('lines', () => {
  const line = { ref: 'stl_a0001', bookedOn: '2026-10-05', amountMinor: -5_000, statement: 'sta_old' };

  test('that are stored and not in it are named', () => {
    expect(said({ missing: { count: 1, some: [line] } })).toEqual([
      'it covers days of a line that is stored and not in it: stl_a0001 of 2026-10-05 with KES -50.00 from sta_old',
    ]);
    expect(said({ missing: { count: 3, some: [line] } })).toEqual([
      'it covers days of 3 lines that are stored and not in it: stl_a0001 of 2026-10-05 with KES -50.00 from sta_old and 2 more',
    ]);
  });

  test('that a statement does not have, though it told their days to the end, are named', () => {
    const added = { position: 9, bookedOn: '2026-10-05', statement: anEarlier() };
    expect(found({ added: { ...added, count: 1 } })).toEqual([
      {
        code: 'STATEMENT_LINES_ADDED',
        message: 'the line of 2026-10-05 is not in sta_old, which has told 2026-09-01 to 2026-09-30 to the end',
        position: 9,
        acceptable: true,
      },
    ]);
    expect(said({ added: { ...added, count: 2 } })).toEqual([
      expect.stringMatching(/^this and 1 more line of 2026-10-05 are not/),
    ]);
    expect(said({ added: { ...added, count: 3 } })).toEqual([expect.stringMatching(/^this and 2 more lines of/)]);
  });
});

describe('days inside', () => {
  test.each([
    ['2026-10-01', '2026-10-31', { first: '2026-10-02', last: '2026-10-30' }],
    ['2026-10-01', '2026-10-03', { first: '2026-10-02', last: '2026-10-02' }],
    ['2026-10-01', '2026-10-02', null],
    ['2026-10-01', '2026-10-01', null],
    [null, '2026-10-31', null],
    ['2026-10-01', null, null],
    ['2026-02-30', '2026-10-31', null],
    ['2026-10-01', '31/10/2026', null],
  ])('%s to %s', (from, to, inside) => expect(daysInside({ from, to })).toEqual(inside));

  test('of statements that tie and were not doubted tell everything', () => {
    const [told, doubted] = [anEarlier(), anEarlier({ isFaulty: true })];
    expect(toldToTheEnd([told, doubted, anEarlier({ ties: null }), anEarlier({ to: '2026-09-02' })])).toEqual([told]);
  });
});

test('a statement has its first day, its last and those between', () => {
  const [from, to] = ['2026-10-02', '2026-10-04'];
  const days = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04', '2026-10-05'];
  expect(days.map((day) => hasDay({ from, to }, day))).toEqual([false, true, true, true, false]);
  expect([hasDay({ from: null, to }, from), hasDay({ from, to: null }, from)]).toEqual([false, false]);
});

test('the key of a day is six digits', () => {
  expect(['2026-10-05', '1999-12-31', '5/10/2026', ''].map(dayKey)).toEqual(['261005', '991231', '000000', '000000']);
});

describe('statements that adjoin', () => {
  const DAY = '2026-10-05';
  const day = (openingMinor: number | null, closingMinor: number | null, change: Partial<EarlierStatement> = {}) =>
    anEarlier({ from: DAY, to: DAY, openingMinor, closingMinor, ...change });
  const file = (change: Partial<FileFacts> = {}) =>
    aFile({ from: DAY, to: DAY, openingMinor: 200, closingMinor: 300, parts: [], ...change });
  const ids = (of: FileFacts, earlier: EarlierStatement[]) => adjoining(of, earlier).map(({ id, seam }) => [id, seam]);

  test('end where it begins or begin where it ends, on that day and with that balance', () => {
    const [before, after] = [day(100, 200), day(300, 400)];
    expect(ids(file(), [before, after, day(100, 201), day(100, null), day(301, 400), day(null, 1)])).toEqual([
      [before.id, DAY],
      [after.id, DAY],
    ]);
    expect(ids(file(), [day(100, 200, { to: '2026-10-04' }), day(300, 400, { from: '2026-10-06' })])).toEqual([]);
  });

  test('may have others that adjoin them in turn, as long as these are of that day, too', () => {
    const last = day(100, 200);
    const middle = day(50, 100);
    const first = day(20, 50, { from: '2026-10-01' });
    const tooEarly = day(10, 20);
    expect(ids(file(), [tooEarly, first, middle, last]).map(([id]) => id)).toEqual([last.id, middle.id, first.id]);
  });

  test('are none that it is itself, in another form', () => {
    const one = day(200, 200, { lines: 4, creditsMinor: 9, debitsMinor: 9 });
    const { lines, creditsMinor, debitsMinor } = one;
    const part = aPart({ from: DAY, to: DAY, openingMinor: 200, closingMinor: 200, lines, creditsMinor, debitsMinor });
    const itself = file({ closingMinor: 200, parts: [part] });
    expect(ids(itself, [one])).toEqual([]);
    const changes: Partial<EarlierStatement>[] = [
      { lines: 5 },
      { creditsMinor: 8 },
      { debitsMinor: 8 },
      { from: '2026-10-04' },
    ];
    for (const change of changes)
      expect(ids(itself, [{ ...one, ...change }])).toHaveLength(1 + Number(!('from' in change)));
  });

  test('know the other end of a file of one day', () => {
    const ends = (of: FileFacts) =>
      adjoining(of, [day(100, 200), day(300, 400)]).map(({ side, farMinor }) => [side, farMinor]);
    expect(ends(file())).toEqual([
      ['before', 300],
      ['after', 200],
    ]);
    expect(ends(file({ to: '2026-10-06' }))).toEqual([['before', null]]);
    expect(ends(file({ from: '2026-10-04' }))).toEqual([['after', null]]);
  });

  test('are none where it has no days or no balances', () => {
    expect(ids(file({ from: null, to: null }), [day(100, 200), day(300, 400)])).toEqual([]);
    expect(ids(file({ openingMinor: null, closingMinor: null }), [day(null, null)])).toEqual([]);
  });
});

describe('a file that adjoins a statement', () => {
  const one = (change: Partial<Adjoining> = {}): Adjoining => ({
    ...anEarlier({ lines: 2, from: '2026-10-05', to: '2026-10-05', openingMinor: 90, closingMinor: 100 }),
    ...{ seam: '2026-10-05', side: 'before', seamMinor: 100, farMinor: null },
    ...change,
  });
  const line = (identity: string, amountMinor: number) => ({ identity, amountMinor });
  const [fee, sale] = [line('fee', -5), line('sale', 15)];
  const its = [sale, fee];

  test('may have its end where the balance comes to the same again, with the same lines before that', () => {
    expect(mayRepeat(one(), [line('a', -10), fee, sale], its)).toBe(true);
    expect(mayRepeat(one(), [line('a', -10), sale, fee, line('b', 7)], its)).toBe(true);
    expect(mayRepeat(one(), [fee, line('x', 5)], its)).toBe(false);
    expect(mayRepeat(one(), [line('a', -10), fee, fee, line('b', 20)], its)).toBe(false);
  });

  test('has not where its balance never comes there', () => {
    expect(mayRepeat(one(), [fee, sale], its)).toBe(false);
    expect(mayRepeat(one(), [], its)).toBe(false);
    expect(mayRepeat(one({ closingMinor: null, farMinor: 90 }), [fee, sale], its)).toBe(false);
  });

  test('may have its beginning there, walked from its own end', () => {
    // From the last line back: 100, then 105, then 90.
    const after = (openingMinor: number) => one({ side: 'after', openingMinor });
    expect(mayRepeat(after(90), [fee, sale], its)).toBe(true);
    expect(mayRepeat(after(91), [fee, sale], its)).toBe(false);
  });

  test('may hold less of it than there is', () => {
    expect(mayRepeat(one({ lines: 9 }), [fee, line('x', 5)], [...its, line('x', 5)])).toBe(true);
  });

  test('of which others lie between them is sought at its own balance', () => {
    expect(mayRepeat(one({ closingMinor: 110 }), [fee, sale], its)).toBe(true);
  });

  test('may lie within it, where its balances are those of lines of it that are the file’s', () => {
    // The statement from its end back: 100, then 103, then 108 after the fee, then 93.
    const longer = [line('z', -3), fee, sale];
    const within = (farMinor: number, lines = [fee]) => mayRepeat(one({ lines: 3, farMinor }), lines, longer);
    expect(within(103)).toBe(true);
    expect(within(104)).toBe(false);
    expect(within(103, [sale])).toBe(false);
    expect(within(103, [fee, sale])).toBe(true);
    expect(within(103, [sale, line('y', 1)])).toBe(false);
    // Where the statement begins, nothing of it is left that the file could repeat.
    expect(within(93)).toBe(false);
  });

  test('has all lines of a statement of several days up to its end, or all of its own within it', () => {
    const days = { from: '2026-10-01' };
    expect(mayRepeat(one(days), [line('a', -10), fee, sale], its)).toBe(false);
    expect(mayRepeat(one(days), [line('a', -10), fee, sale], [...its, line('a', -10)])).toBe(true);
    expect(mayRepeat(one({ ...days, farMinor: 85 }), [fee], its)).toBe(true);
    expect(mayRepeat(one({ ...days, farMinor: 85 }), [fee, sale], its)).toBe(false);
    expect(mayRepeat(one({ farMinor: 85 }), [fee, sale], its)).toBe(true);
  });
});

describe('a statement with faults', () => {
  const faulty = anEarlier({ from: '2026-10-01', to: '2026-10-31', isFaulty: true });

  test('is replaced by a whole file that covers its days, to the first and last', () => {
    expect(replaceable(aFile(), [faulty, anEarlier()])).toEqual([faulty]);
    for (const change of [{ from: '2026-10-02' }, { to: '2026-10-30' }, { from: null }, { to: null }])
      expect(replaceable(aFile(change), [faulty])).toEqual([]);
    for (const change of [{ from: null }, { to: null }])
      expect(replaceable(aFile(), [{ ...faulty, ...change }])).toEqual([]);
  });

  test('is not replaced by one that does not tie, or says anything against itself', () => {
    const broken: Partial<PartOfFile>[] = [
      { ties: false },
      { ties: null },
      { contradictions: [{ message: 'x', position: 1 }] },
    ];
    for (const change of broken) {
      const file = aFile({ parts: [aPart(), aPart(change)] });
      expect([isWhole(file), replaceable(file, [faulty])]).toEqual([false, []]);
    }
    expect(isWhole(aFile())).toBe(true);
  });
});
