import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBai2 } from '../../src/statements/bai2.ts';
import { directionOf } from '../../src/statements/bai2-transaction.ts';
import { readStatements, readWith } from '../support/statements.ts';

const read = (text: string) => readWith(parseBai2, [new TextEncoder().encode(text)]).statements;

/** A report of one account with trailers that fit, around the given records. */
function report(records: string, { account = '03,1101,KES,,,,/', group = '02,B,A,1,260929,2359,,2/' } = {}): string {
  const inside = `${account}\n${records}`.trimEnd().split('\n');
  const amounts = inside.flatMap((record) => (/^16,\d{3},\+?(\d+)/.exec(record) ?? []).slice(1).map(Number));
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const count = inside.length + 1;
  return [
    '01,A,B,260930,0600,1,,,2/',
    group,
    ...inside,
    `49,${total},${count}/`,
    `98,${total},1,${count + 2}/`,
    `99,${total},1,${count + 4}/`,
  ].join('\n');
}

const only = (text: string) => {
  const [statement, ...more] = read(text);
  expect(more).toEqual([]);
  return statement!;
};
const sound = (text: string) => {
  const statement = only(text);
  expect([...statement.contradictions, ...statement.warnings]).toEqual([]);
  return statement;
};
const lineOf = (record: string) => sound(report(record)).lines[0]!;
const breached = (text: string) => only(text).contradictions.map(({ message }) => message);

describe('record 16', () => {
  test.each([
    [99, 0],
    [100, 1],
    [399, 1],
    [400, -1],
    [699, -1],
    [700, 0],
    [720, 1],
    [760, -1],
    [799, -1],
    [800, 0],
    [890, 0],
    [919, 0],
    [920, 1],
    [959, 1],
    [960, -1],
    [999, -1],
  ])('type %i has the direction %i', (type, direction) => {
    expect(directionOf(type)).toBe(direction);
  });

  test.each([
    ['16,165,500,,REF,CUST,TEXT/', 500],
    ['16,165,+000000000500,,REF,CUST,TEXT/', 500],
    ['16,475,500,,REF,CUST,TEXT/', -500],
    ['16,475,0,,REF,CUST,TEXT/', 0],
    ['16,475,,,REF,CUST,TEXT/', 0],
    ['16,165,9007199254740991,,REF,CUST,TEXT/', Number.MAX_SAFE_INTEGER],
  ])('%s', (record, minor) => {
    const line = lineOf(record);
    expect(line).toMatchObject({ amountMinor: minor, externalId: 'REF', references: ['CUST'], description: 'TEXT' });
    expect(Object.is(line.amountMinor, -0)).toBe(false);
  });

  test.each([
    ['16,165,5.00,,,,/', /has no decimals/],
    ['16,165,-5,,,,/', /has a sign/],
    ['16,165,5a,,,,/', /no figure/],
    ['16,165,9007199254740992,,,,/', /more than can be held exactly/],
    ['16,16,5,,,,/', /no type of three digits/],
    ['16,ABC,5,,,,/', /no type of three digits/],
    ['16,165,5,D,x,1,2,,/', /funds type D/],
  ])('%s is refused with its line', (record, why) => {
    expect(() => read(report(record))).toThrow(why);
    expect(() => read(report(record))).toThrow(/line 4/);
  });

  test.each([
    ['', null],
    ['Z', null],
    ['0', null],
    ['1', null],
    ['V,261002,', '2026-10-02'],
    ['V,20261002,1200', '2026-10-02'],
    ['v,261002,1200', '2026-10-02'],
    ['V,,', null],
    ['S,1,2,3', null],
    ['D,0', null],
    ['D,2,0,1,1,2', null],
  ])('funds type %s keeps the fields behind it in their place', (funds, valueOn) => {
    expect(lineOf(`16,165,500,${funds},REF,CUST,TEXT/`)).toMatchObject({
      bookedOn: '2026-09-29',
      valueOn,
      externalId: 'REF',
      references: ['CUST'],
      description: 'TEXT',
    });
  });

  test.each([
    ['slashes and commas belong to the text', '16,165,5,,,,PAID 22/03/66, ROOM 4/5 /', 'PAID 22/03/66, ROOM 4/5'],
    ['the slash may be missing', '16,165,5,,,,TEXT', 'TEXT'],
    ['spaces behind the slash are none', '16,165,5,,,,TEXT/   ', 'TEXT'],
    ['continuations go on with the text', '16,165,5,,,,TEXT/\n88,AND  MORE/\n88,FR:ME', 'TEXT AND MORE FR:ME'],
    ['a text may begin in a continuation', '16,165,5,,REF,CUST/\n88,TEXT', 'TEXT'],
  ])('%s', (_, record, description) => {
    expect(lineOf(record).description).toBe(description);
  });

  test('fields go on in a continuation', () => {
    const line = lineOf('16,165,5/\n88,V,261002/\n88,1200,REF/\n88,CUST,TEXT');
    expect(line).toMatchObject({ valueOn: '2026-10-02', externalId: 'REF', references: ['CUST'], description: 'TEXT' });
  });

  test('a line without a code goes on where the one before it ended, and is no record', () => {
    expect(only(report('16,165,5,,,,TEXT')).contradictions).toEqual([]);
    const wrapped = report('16,165,5,,,,TEXT').replace('TEXT', 'TE\nXT        /');
    expect(only(wrapped)).toMatchObject({ contradictions: [], lines: [{ description: 'TE XT' }] });
  });

  test('references of zeros are none, and fees are charges', () => {
    expect(lineOf('16,475,5,,000000,0,/')).toMatchObject({ externalId: null, references: [], isCharge: false });
    expect(lineOf('16,661,5,,,,/').isCharge).toBe(true);
  });

  test('what moves no money is told and is no line; what might move it contradicts', () => {
    const nothing = only(report('16,890,0,,,,NOTE/'));
    expect([nothing.lines, nothing.contradictions]).toEqual([[], []]);
    expect(nothing.warnings).toEqual([
      { message: 'the record of type 890 moves no money and is no line', position: 4 },
    ]);
    expect(breached(report('16,701,5,,,,/'))).toEqual([
      'type 701 is neither money in nor money out: the record is no line',
    ]);
  });

  test('before any account it is refused, as without any day', () => {
    expect(() => read('01,A,B,260930,0600,1,,,2/\n16,165,5,,,,/')).toThrow(/before any account/);
    expect(() => read('03,1101,KES/\n16,165,5,,,,/')).toThrow(/of which day/);
    expect(read('01,A,B,260930,,1,,,2/\n03,1101,KES/\n16,165,5,,,,/')[0]!.lines[0]!.bookedOn).toBe('2026-09-30');
  });
});

describe('accounts', () => {
  test('say balances and totals, in a continuation too', () => {
    const account = '03,1101,KES,010,-500,,,015,+1500,,,040,9,,/\n88,100,2000,1,V,260930,,400,0,0,S,1,2,3,045,7,,/';
    const text = report('16,165,2000,,,,/', { account }).replaceAll('2000,8/', '9016,8/');
    expect(read(text)[0]).toMatchObject({
      ties: true,
      claims: {
        openingMinor: -500,
        closingMinor: 1500,
        creditsMinor: 2000,
        creditLines: 1,
        debitsMinor: 0,
        debitLines: 0,
      },
    });
  });

  test('totals that contradict the lines are named', () => {
    const account = '03,1101,KES,100,2001,2,/';
    expect(breached(report('16,165,2000,,,,/', { account }))).toEqual([
      'the total of record 49 is 2000, and the amounts come to 4001',
      'the total of record 98 is 2000, and the amounts come to 4001',
      'the total of record 99 is 2000, and the amounts come to 4001',
      'it says that it has 2 credits, and has 1',
      'it says that credits come to KES 20.01, and they come to KES 20.00',
    ]);
  });

  test.each([
    ['03,1101,KES/', '02,B,A,1,260929,,USD,2/', 'KES'],
    ['03,1101,/', '02,B,A,1,260929,,UGX,2/', 'UGX'],
    ['03,1101,/', '02,B,A,1,260929,,,2/', 'USD'],
  ])('%s in %s is in %s', (account, group, currency) => {
    expect(only(report('', { account, group })).header).toMatchObject({ account: '1101', currency });
  });

  test.each([
    ['03,1101,KES,01,5/', /"01" in record 03 is no type/],
    ['03,1101,KES,010,5.5/', /has no decimals/],
  ])('%s is refused', (account, why) => {
    expect(() => read(report('', { account }))).toThrow(why);
  });

  test('a test, a deletion, a correction and an impossible day are told', () => {
    expect(breached(report('', { group: '02,B,A,4,260929,,,2/' }))).toEqual([
      'the group is a test, no report of an account',
    ]);
    expect(breached(report('', { group: '02,B,A,2,260929,,,2/' }))).toEqual([
      'the group takes back what was reported before',
    ]);
    expect(only(report('', { group: '02,B,A,3,260929,,,2/' }))).toMatchObject({
      contradictions: [],
      warnings: [{ message: 'the group corrects what was reported before' }],
    });
    expect(only(report('', { group: '02,B,A,1,260230,,,2/' })).warnings[0]!.message).toBe(
      '2026-02-30 is no day of the calendar',
    );
  });
});

describe('trailers', () => {
  const text = report('16,165,5,,,,/');

  test('counts and totals are held against what they close', () => {
    expect(breached(text)).toEqual([]);
    expect(breached(text.replace('49,5,3', '49,5,4'))).toEqual(['record 49 says 4 records, and there are 3']);
    expect(breached(text.replace('98,5,1,5', '98,5,2,5'))).toEqual(['record 98 says 2 accounts, and there are 1']);
    expect(breached(text.replace('99,5,1,7', '99,6,2,8'))).toEqual([
      'the total of record 99 is 6, and the amounts come to 5',
      'record 99 says 2 groups, and there are 1',
      'record 99 says 8 records, and there are 7',
    ]);
  });

  test('an empty total says nothing', () => {
    expect(breached(text.replace('49,5,3', '49,,3'))).toEqual([]);
  });

  test('a file that is cut off says so', () => {
    expect(breached(text.slice(0, text.indexOf('49,')))).toEqual([
      'the account has no trailer (49): it may be cut off',
      'the group has no trailer (98): it may be cut off',
      'the file has no trailer (99): it may be cut off',
    ]);
    expect(breached(text.slice(0, text.indexOf('98,')))).toEqual([
      'the group has no trailer (98): it may be cut off',
      'the file has no trailer (99): it may be cut off',
    ]);
    const two = text.replace(/49,.*\n/, '03,1102,KES/\n49,0,2/\n').replace('98,5,1,5', '98,0,2,5');
    expect(read(two)[0]!.contradictions).toEqual([
      { message: 'the account before it has no trailer (49)', position: 5 },
    ]);
  });
});

describe('levels that are not closed, or closed too early', () => {
  const [file, group] = ['01,A,B,260930,0600,1,,,2/', '02,B,A,1,260929,2359,,2/'];
  const account = (number: string) => [`03,${number},KES,,,,/`, '16,195,500,,,,/', '49,500,3/'];

  test('a group without its trailer is cut off, at the end or before the next one', () => {
    expect(breached([file, group, ...account('1'), '99,500,1,6/'].join('\n')).join()).toMatch(
      /the group has no trailer \(98\): it may be cut off/,
    );
    const [first] = read(
      [file, group, ...account('1'), group, ...account('2'), '98,500,1,5/', '99,500,2,10/'].join('\n'),
    );
    expect(first?.contradictions).toContainEqual({ message: 'the group before it has no trailer (98)', position: 6 });
  });

  test('nothing of an account or group stands behind its trailer', () => {
    const late = [file, group, ...account('1'), '16,195,700,,,,/', '98,500,1,6/', '99,500,1,8/'];
    expect(breached(late.join('\n'))).toContain('the record 16 stands behind the trailer (49) of its account');
    const [before] = read([file, group, ...account('1'), '98,500,1,5/', ...account('2'), '99,1000,1,9/'].join('\n'));
    expect(before?.contradictions.map(({ message }) => message)).toContain(
      'the account stands behind the trailer (98) of its group',
    );
  });
});

describe('reports that were put together in one file', () => {
  const first = report('16,165,5,,A,,/', { account: '03,1101,KES,010,0,,,015,5,,/' }).replaceAll(
    /^(49|98|99),5/gm,
    '$1,10',
  );
  const second = report('16,165,7,,B,,/', {
    account: '03,1101,,010,5,,,015,12,,/',
    group: '02,B,A,1,260930,2359,KES,2/',
  }).replaceAll(/^(49|98|99),7/gm, '$1,24');

  test('are each held against their own trailers', () => {
    const statements = read(`${first}\n${second}\n`);
    expect(statements.flatMap(({ contradictions, warnings }) => [...contradictions, ...warnings])).toEqual([]);
    expect(statements.map(({ from, lines }) => [from, lines[0]?.externalId])).toEqual([
      ['2026-09-29', 'A'],
      ['2026-09-30', 'B'],
    ]);
    const [, wrong] = read(`${first}\n${second.replace('99,24,1,7', '99,34,2,14')}\n`);
    expect(wrong!.contradictions.map(({ message }) => message)).toEqual([
      'the total of record 99 is 34, and the amounts come to 24',
      'record 99 says 2 groups, and there are 1',
      'record 99 says 14 records, and there are 7',
    ]);
  });

  test('one may begin with a record that goes on', () => {
    const [, broken] = read(
      `${first}\n${second.replace('01,A,B,260930,', '01,A,B,/\n88,260930,').replace('1,7/', '1,8/')}`,
    );
    expect(broken!.contradictions).toEqual([]);
  });

  test('one that is cut off is named, and not the next one', () => {
    const [cut, whole] = read(`${first.slice(0, first.indexOf('49,'))}${second}`);
    expect(cut!.contradictions).toEqual([
      { message: 'the account before it has no trailer (49): it may be cut off', position: 5 },
      { message: 'the group before it has no trailer (98): it may be cut off', position: 5 },
      { message: 'the file before it has no trailer (99): it may be cut off', position: 5 },
    ]);
    expect(whole!.contradictions).toEqual([]);
  });
});

test.each(['\n', '\r\n', '/ ', '   '])('records may be separated by %j', (separator) => {
  const between = separator.trim() === '' && !separator.includes('\n') ? `/${separator}` : separator;
  const text = report('16,165,5,,REF,,/\n88,TEXT/\n16,475,3,,,,/').replaceAll(
    '/\n',
    between.startsWith('/') ? between : `/${between}`,
  );
  expect(sound(text).lines.map((line) => [line.amountMinor, line.description])).toEqual([
    [5, 'TEXT'],
    [-3, ''],
  ]);
});

test('every record may go on in the next, the first one too', async () => {
  const whole = report('16,195,500,Z,F1,,Rent/').replace('02,B,A,1,260929,2359,,2/', '02,B,A,1,,2359,,2/');
  const [plain] = (await readStatements(whole)).statements;
  expect(plain).toMatchObject({ from: '2026-09-30', lines: [{ amountMinor: 500 }], contradictions: [] });
  for (const end of ['/\n', '\n', ' /\r\n']) {
    // The file has one record more.
    const split = whole.replace('01,A,B,260930', `01,A,B${end}88,260930`).replace(/1,7\/$/, '1,8/');
    const [statement] = (await readStatements(split)).statements;
    expect(statement).toEqual({ ...plain, lines: [{ ...plain!.lines[0]!, position: 5 }] });
  }
});

test.each(['', 'hello', '01,A,B,260930,0600,1,,,2/\n99,0,0,2/', '88,x'])('%j is none', (text) => {
  expect(() => read(text)).toThrow(/no account of a BAI2/);
});

test('whatever is written can be read back', async () => {
  const line = fc.record({
    amountMinor: fc.integer({ min: 0, max: 1e12 }),
    type: fc.integer({ min: 100, max: 699 }),
    funds: fc.constantFrom('', 'Z', '1', 'V,260930,', 'S,1,2,3', 'D,1,0,5'),
    bank: fc.stringMatching(/^[A-Z0-9/]{0,10}[A-Z1-9]$/),
    text: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ,.()+'é-]{0,59}[a-z]$/),
    continued: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), async (lines, pieceBytes) => {
      const text = report(
        lines
          .map(({ amountMinor, type, funds, bank, text, continued }) =>
            continued
              ? `16,${type},${amountMinor},${funds},${bank}/\n88,,${text}/`
              : `16,${type},${amountMinor},${funds},${bank},,${text}/`,
          )
          .join('\n'),
      );
      const { statements } = await readStatements(new TextEncoder().encode(text), { pieceBytes });
      expect(statements).toMatchObject([{ contradictions: [], warnings: [] }]);
      expect(statements[0]!.lines.map((read) => [read.amountMinor, read.externalId, read.description])).toEqual(
        lines.map(({ amountMinor, type, bank, text }) => [
          type < 400 || amountMinor === 0 ? amountMinor : -amountMinor,
          bank,
          text.replaceAll(/ +/g, ' '),
        ]),
      );
    }),
  );
});
