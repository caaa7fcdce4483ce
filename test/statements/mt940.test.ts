import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { parseMt940 } from '../../src/statements/mt940.ts';
import { piecesOf, readStatements, readWith } from '../support/statements.ts';

const HEAD = ':20:REF\n:25:1101234567\n:28C:7/1\n:60F:C260101KES100,00\n';
const END = ':62F:C260131KES100,00\n-\n';

const read = (text: string, currency: string | null = null) =>
  readWith(parseMt940, [new TextEncoder().encode(text)], currency).statements;
const only = (text: string) => {
  const [statement, ...more] = read(text);
  expect(more).toEqual([]);
  return statement!;
};
const lineOf = (entry: string) => only(`${HEAD}${entry}\n${END}`).lines[0]!;
const amountOf = (entry: string) => lineOf(entry).amountMinor;
const said = (text: string) => only(text).warnings.map(({ message }) => message);
const breached = (text: string) => only(text).contradictions.map(({ message }) => message);

describe(':61:', () => {
  test.each([
    ['C', 500],
    ['D', -500],
    ['RC', -500],
    ['RD', 500],
    ['EC', 500],
    ['ED', -500],
    ['d', -500],
    ['rc', -500],
  ])('the mark %s makes 5,00 %i', (mark, minor) => {
    expect(amountOf(`:61:260105${mark}5,00NTRFREF`)).toBe(minor);
    expect(amountOf(`:61:2601050105${mark}R5,00NTRFREF`)).toBe(minor);
  });

  test.each([
    ['5,', 500],
    ['5', 500],
    ['5,5', 550],
    ['5.50', 550],
    ['1.234,50', 123_450],
    ['1,234.50', 123_450],
    ['000000000001213,28', 121_328],
    ['0,00', 0],
    ['90071992547409,91', Number.MAX_SAFE_INTEGER],
  ])('the amount %s is %i cents', (written, minor) => {
    expect(amountOf(`:61:260105C${written}NTRFREF`)).toBe(minor);
  });

  test('nothing taken out is no minus zero', () => {
    expect(Object.is(amountOf(':61:260105D0,00NTRFREF'), 0)).toBe(true);
  });

  test.each([
    ['90071992547409,92', /more than can be held exactly/],
    ['1,234', /KES has 2 decimals/],
    ['12.34,50', /groups are not of three/],
    ['1,2,3', /no figure/],
    [',', /no digits/],
    ['', /empty/],
  ])('the amount %j is refused with its line', (written, why) => {
    expect(() => amountOf(`:61:260105C${written}NTRFREF`)).toThrow(why);
    expect(() => amountOf(`:61:260105C${written}NTRFREF`)).toThrow(/line 5/);
  });

  test('a currency without decimals may be written with two zeros, and with nothing else', () => {
    const yen = (amount: string) =>
      only(`:20:R\n:60F:C260101JPY0,\n:61:260105C${amount}NTRFREF\n:62F:C260101JPY0,\n`).lines[0]!.amountMinor;
    expect(yen('1000,00')).toBe(1000);
    expect(yen('1000')).toBe(1000);
    expect(() => yen('1000,50')).toThrow(/JPY has no decimals/);
  });

  test('the funds letter may be any, and the line may break before the amount', () => {
    expect(amountOf(':61:260105DD212,39NMSCNONREF//')).toBe(-21_239);
    expect(amountOf(':61:260105    CR12,39NMSCNONREF//')).toBe(1239);
    expect(amountOf(':61:260105CR\n30,00NMSCNONREF')).toBe(3000);
    expect(() => amountOf(':61:260105CR')).toThrow(/:61: has no amount/);
  });

  test.each([
    ['251231', '0102', '2025-12-31', '2026-01-02'],
    ['260102', '1231', '2026-01-02', '2025-12-31'],
    ['260105', '0106', '2026-01-05', '2026-01-06'],
    ['260105', '    ', '2026-01-05', '2026-01-05'],
    ['260105', '', '2026-01-05', '2026-01-05'],
    ['691231', '1231', '2069-12-31', '2069-12-31'],
    ['700101', '0101', '1970-01-01', '1970-01-01'],
  ])('value day %s with entry day %j', (value, entry, valueOn, bookedOn) => {
    expect(lineOf(`:61:${value}${entry}C1,00NTRFREF`)).toMatchObject({ valueOn, bookedOn });
  });

  test('a day that no calendar has is kept as it is written, and told', () => {
    const text = `${HEAD}:61:1602300301D6,00NTRFREF\n${END}`;
    expect(only(text).lines[0]).toMatchObject({ valueOn: '2016-02-30', bookedOn: '2016-03-01' });
    expect(only(text).warnings).toEqual([{ message: '2016-02-30 is no day of the calendar', position: 5 }]);
  });

  test.each([
    [':61:26010C5,00NTRF', /does not begin with a day/],
    [':61:', /does not begin with a day/],
    [':61:260105X5,00NTRF', /no mark/],
    [':61:260105R5,00NTRF', /no mark/],
  ])('%s is refused', (entry, why) => {
    expect(() => lineOf(entry)).toThrow(why);
  });

  test.each([
    ['NTRFINV-1//BANK-1', 'BANK-1', ['INV-1']],
    ['NTRFNONREF//BANK-1', 'BANK-1', []],
    ['NTRFINV-1', null, ['INV-1']],
    ['NTRFINV-1//', null, ['INV-1']],
    ['NTRFNONREF//NONREF', null, []],
    ['NMSC341241773/1XXXXX//O/341241774', 'O/341241774', ['341241773/1XXXXX']],
    ['NTRF', null, []],
    ['NTRFEREF//BANK-1', 'BANK-1', []],
    ['NTRFKREF+', null, []],
    ['NTRFMARF\n:86:/MARF/M-7/REMI/x', null, ['M-7']],
    ['NTRFEREF-7', null, ['EREF-7']],
    ['NTRFINV-1\n//BANK-1', 'BANK-1', ['INV-1']],
  ])('references of %s', (rest, externalId, references) => {
    expect(lineOf(`:61:260105C5,00${rest}`)).toMatchObject({ externalId, references });
  });

  test.each([
    ['INV-1\n//BANK-1 NARRATIVE', 'BANK-1', 'NARRATIVE'],
    ['INV-1//BANK-1\n//NARRATIVE', 'BANK-1', '//NARRATIVE'],
    ['INV-1\n//', null, '//'],
    ['INV-1\n//SEVENTEEN-LETTERS', null, '//SEVENTEEN-LETTERS'],
    ['INV-1\nNARRATIVE //BANK-1', null, 'NARRATIVE //BANK-1'],
  ])('the bank’s reference of %j is %s, and the description %s', (rest, externalId, description) => {
    expect(lineOf(`:61:260105C5,00NTRF${rest}`)).toMatchObject({ externalId, description });
  });

  test('an entry that is only expected is told', () => {
    expect(said(`${HEAD}:61:260105EC5,00NTRFREF\n:62F:C260131KES105,00\n`)).toEqual([
      'the entry is only expected (mark EC or ED), not booked yet',
    ]);
  });

  test('charges are known by their type or their German code, and only when they cost something', () => {
    expect(lineOf(':61:260105D5,00NCHGREF').isCharge).toBe(true);
    expect(lineOf(':61:260105D5,00FCOMREF').isCharge).toBe(true);
    expect(lineOf(':61:260105D5,00NMSCREF\n:86:808?00ENTGELT').isCharge).toBe(true);
    expect(lineOf(':61:260105D5,00NTRFREF\n:86:166?00GUTSCHRIFT').isCharge).toBe(false);
    expect(lineOf(':61:260105C5,00NCHGREF').isCharge).toBe(false);
  });
});

describe(':86:', () => {
  test('an entry with ever more descriptions is read in linear time, and keeps the first thousand lines', () => {
    const many = Array.from({ length: 200_000 }, (_, at) => `:86:${at}`).join('\n');
    const { description } = lineOf(`:61:260105C5,00NTRFREF\n${many}`);
    expect(description.startsWith('0 1 2 3 ')).toBe(true);
    expect(description.length).toBeLessThan(5_000);
    expect(lineOf(':61:260105C5,00NTRFREF\n:86:a\n:86:b\n:86:c').description).toBe('a b c');
    const two = only(`${HEAD}:61:260105C5,00NTRFREF\n:86:a\n:86:b\n:61:260106C5,00NTRFREF\n:86:c\n${END}`).lines;
    expect(two.map((line) => line.description)).toEqual(['a b', 'c']);
  });

  test('goes on until the next tag, and a broken word is put together', () => {
    const full = 'X'.repeat(63);
    expect(lineOf(`:61:260105C5,00NTRFREF\n:86:${full}in\nvoice\n  2026 \n\n`).description).toBe(`${full}invoice 2026`);
  });

  test('the lines below the entry belong to its description', () => {
    expect(lineOf(':61:260105C5,00NTRFREF\nCash\n:86:deposit\n:86:branch').description).toBe('Cash deposit branch');
    expect(lineOf(':61:260105C5,00NTRFREF\nCash').description).toBe('Cash');
    expect(lineOf(':61:260105C5,00NTRFREF\nCash\n:86:Cash deposit').description).toBe('Cash deposit');
  });

  test('German subfields', () => {
    const details =
      ':86:166?00GUTSCHRIFT?109251?20EREF+INV 1?21KREF+NONREF?22MREF+M-7?23SVWZ+Rent: is it ?5?24ok ABWA+Jane?30KCBLKENX?3111019\n99?32ACME LTD?33NAIROBI?60more';
    expect(lineOf(`:61:260105C5,00NTRFREF\n${details}`)).toMatchObject({
      references: ['REF', 'INV 1', 'M-7'],
      counterparty: 'ACME LTD NAIROBI',
      counterpartyAccount: '1101999',
      description: 'GUTSCHRIFT EREF+INV 1 KREF+NONREF MREF+M-7 SVWZ+Rent: is it ?5 ok ABWA+Jane more',
    });
  });

  test('an account of SEPA and whom a payment is for', () => {
    expect(lineOf(':61:260105C5,00NTRFREF\n:86:?20IBAN+KE12 BIC+KCBLKENX ABWA+JANE?381100')).toMatchObject({
      counterparty: 'JANE',
      counterpartyAccount: '1100',
    });
    expect(lineOf(':61:260105C5,00NTRFREF\n:86:?20IBAN+KE12 BIC+KCBLKENX').counterpartyAccount).toBe('KE12');
  });

  test('slash codes', () => {
    expect(
      lineOf(':61:260105C5,00NTRFREF\n:86:/TRTP/SEPA/EREF/INV-1/ORDP//NAME/JANE DOE/IBAN/1100/REMI/a/b'),
    ).toMatchObject({ references: ['REF', 'INV-1'], counterparty: 'JANE DOE', counterpartyAccount: '1100' });
    expect(lineOf(':61:260105C5,00NTRFREF\n:86:/CNTP/1100/KCBLKENX/JANE DOE/NAIROBI/REMI/USTD//rent/')).toMatchObject({
      counterparty: 'JANE DOE',
      counterpartyAccount: '1100',
    });
    expect(lineOf(':61:260105C5,00NTRFREF\n:86:/BENM//JANE/').counterparty).toBe('JANE');
  });

  test('the one after the closing balance describes the statement, not its last entry', () => {
    expect(only(`${HEAD}:61:260105D5,00NTRFREF\n:62F:C260131KES95,00\n:86:D1C0\n-XXX\n`)).toMatchObject({
      ties: true,
      lines: [{ description: '' }],
    });
  });

  test('what savings banks write in :NS: describes the entry', () => {
    expect(lineOf(':61:260105C5,00NTRFREF\n:NS:01Rent\n02October').description).toBe('Rent October');
  });
});

describe('messages', () => {
  test.each([
    ['bare', (body: string) => body],
    ['ended by a hyphen', (body: string) => `${body}-`],
    ['with control characters', (body: string) => `\u0001\r\n${body}-\u0003`],
    ['in blocks', (body: string) => `{1:F01XXXX}{2:O940}{4:\r\n${body}-}{5:{CHK:1}}`],
    ['in blocks on one line', (body: string) => `{1:F01XXXX}{2:O940}{4:${body}-}`],
    ['with CRLF', (body: string) => body.replaceAll('\n', '\r\n')],
    ['with CR alone', (body: string) => body.replaceAll('\n', '\r')],
    ['after other lines', (body: string) => `0000 01INGBNL2AXXXX00001\n940 00\n${body}`],
    ['with the end behind the last amount', (body: string) => `${body.trimEnd()}-}`],
  ])('%s', (_, wrap) => {
    const body = `${HEAD}:61:260105D5,00NTRFREF\n:86:some text\n:62F:C260131KES95,00\n`;
    const twice = read(wrap(body) + (/[\n\r]$/.test(wrap(body)) ? '' : '\n') + wrap(body.replace('7/1', '8/1')));
    expect(twice.map(({ header, ties, lines }) => [header.id, ties, lines.map((line) => line.description)])).toEqual([
      ['7', true, ['some text']],
      ['8', true, ['some text']],
    ]);
  });

  test('an entry after the end mark belongs to the statement before it', () => {
    expect(only(`${HEAD}:62F:C260131KES100,00\n-\n:61:260105C5,00NTRFREF\n`)).toMatchObject({
      ties: false,
      lines: [{}],
    });
  });

  test('a hyphen within a text does not end the message', () => {
    const text = `${HEAD}:61:260105D5,00NTRFREF\n:86:two\n- and three\n-X\n:62F:C260131KES95,00\n`;
    expect(only(text).lines[0]!.description).toBe('two - and three -X');
  });

  test('a closing balance may leave the currency out, and one that is no amount proves nothing', () => {
    expect(only(`${HEAD}:62F:C260131100,00\n`)).toMatchObject({ ties: true, claims: { closingMinor: 10_000 } });
    const odd = only(`${HEAD}:62F:C260131KES11 274,00\n`);
    expect(odd).toMatchObject({ ties: null, claims: { closingMinor: null } });
    expect(odd.warnings[0]!.message).toMatch(/"11 274,00" in :62F: is no amount/);
  });

  test('a closing balance in another currency is told and compared with nothing', () => {
    const statement = only(`${HEAD}:62F:C260131USD5,00\n`);
    expect(statement).toMatchObject({ ties: null, claims: { closingCurrency: 'USD' } });
  });

  test('an opening balance that cannot be read is refused', () => {
    expect(() => read(':20:R\n:60F:KES100,00\n')).toThrow(/line 2: :60F: is not a mark C or D/);
    expect(() => read(':20:R\n:60F:C260101100,00\n')).toThrow(/line 2: :60F: is not a mark C or D/);
  });

  test('without a closing balance the statement may be cut off', () => {
    expect(said(`${HEAD}:61:260105D5,00NTRFREF\n`)).toEqual(['it has no closing balance: it may be cut off']);
  });

  test('a second day in one message is a statement of its own', () => {
    const text = `${HEAD}:62F:C260101KES100,00\n:60F:C260102KES100,00\n:62F:C260102KES100,00\n`;
    expect(read(text).map(({ from, header }) => [from, header.account])).toEqual([
      ['2026-01-01', '1101234567'],
      ['2026-01-02', '1101234567'],
    ]);
    const account = `${HEAD}:62F:C260101KES100,00\n:25:77\n:28C:9\n:60F:C260102KES1,\n:62F:C260102KES1,\n`;
    expect(read(account).map(({ header }) => [header.account, header.id])).toEqual([
      ['1101234567', '7'],
      ['77', '9'],
    ]);
  });

  test('entries without a head are read in the currency that is given, else with two decimals', () => {
    expect(read(':61:260105C5NTRFREF\n', 'UGX')[0]).toMatchObject({ header: { currency: 'UGX' }, creditsMinor: 5 });
    expect(read(':61:260105C5NTRFREF\n')[0]).toMatchObject({ header: { currency: null }, creditsMinor: 500 });
  });

  test('the same message twice is told, pages and other opening balances are not', () => {
    const body = `${HEAD}${END}`;
    expect(read(body + body)[1]!.warnings).toEqual([
      { message: 'the message "REF" of this account comes a second time', position: 7 },
    ]);
    expect(read(body + body.replace('7/1', '8/1'))[1]!.warnings).toEqual([]);
    expect(read(body + body.replace('C260101KES100', 'C260201KES100'))[1]!.warnings).toEqual([]);
  });

  test.each(['', 'hello', ':20:REF\n', ':86:text\n', '{1:F01}{4:\n-}'])('%j is none', (text) => {
    expect(() => read(text)).toThrow(/no message of MT940/);
  });
});

test('a file whose lines end with @@ is read as if they did not, in pieces of any length', async () => {
  const text = `${HEAD}:61:260105C5,00NTRFREF\n:86:to jane@acme.example, @ home\n:62F:C260131KES105,00\n-`;
  const plain = only(text);
  expect(plain).toMatchObject({ ties: true, lines: [{ description: 'to jane@acme.example, @ home' }] });
  for (const pieceBytes of [1, 2, 3, 7, 1000]) {
    const { statements } = await readStatements(`@@${text.replaceAll('\n', '@@')}`, { pieceBytes });
    expect(statements).toMatchObject([{ ties: true, lines: [{ ...plain.lines[0], position: 6 }] }]);
  }
});

test.each([
  [':61:260105C5,00NTRFREF\n', 1],
  [':61:2601050105RD\n5,00NTRFREF\n', 1],
  [':60F:C260101KES100,00\n', 0],
  [':62F:C260101KES100,00\n', 0],
])('%j alone is known by its form', async (text, lines) => {
  const { statements } = await readStatements(text);
  expect(statements).toMatchObject([{ header: { type: 'mt940', account: null }, ties: null }]);
  expect(statements[0]?.lines).toHaveLength(lines);
});

describe('pages', () => {
  const page = (number: number, opening: string, closing: string, entry = '') =>
    `:20:REF\n:25:1101\n:28C:7/${number}\n:60${opening}\n${entry}:62${closing}\n-\n`;

  test('are one statement, opened by the first and closed by the last', () => {
    const text =
      page(1, 'F:C260101KES10,', 'M:C260101KES15,', ':61:260101C5,NTRFA\n') +
      page(2, 'M:C260101KES15,', 'F:C260102KES14,', ':61:260102D1,NTRFB\n');
    expect(only(text)).toMatchObject({
      ties: true,
      header: { id: '7', page: '2' },
      claims: { openingMinor: 1000, closingMinor: 1400, from: '2026-01-01', to: '2026-01-02' },
      contradictions: [],
      warnings: [],
    });
  });

  test('a missing first, middle or last page is named', () => {
    const first = page(1, 'F:C260101KES10,', 'M:C260101KES15,', ':61:260101C5,NTRFA\n');
    const third = page(3, 'M:C260101KES16,', 'F:C260102KES16,');
    expect(breached(third)).toEqual(['it begins with an intermediate balance: the pages before it are missing']);
    expect(breached(first)).toEqual(['it ends with an intermediate balance: the pages after it are missing']);
    expect(breached(first + third).slice(0, 2)).toEqual([
      'page 3 follows page 1: what lies between is missing',
      'the page opens with KES 16.00, but the page before it closes with KES 15.00',
    ]);
  });

  test('of another account or number are statements of their own', () => {
    const first = page(1, 'F:C260101KES10,', 'M:C260101KES10,');
    const second = page(2, 'M:C260101KES10,', 'F:C260101KES10,');
    expect(read(first + second.replace(':25:1101', ':25:1102'))).toHaveLength(2);
    expect(read(first + second.replace('7/2', '8/2'))).toHaveLength(2);
    expect(read(first + second)).toHaveLength(1);
  });
});

describe('MT942', () => {
  const interim = ':20:R\n:25:1\n:28C:1/1\n:34F:KES0,\n:13D:2601051200+0300\n:61:260105C5,NTRFA\n:61:260105D2,NTRFB\n';

  test('has no balances, and says how many entries there are', () => {
    expect(only(`${interim}:90D:1KES2,00\n:90C:1KES5,00\n-\n`)).toMatchObject({
      header: { currency: 'KES' },
      ties: null,
      contradictions: [],
      warnings: [],
      claims: { creditLines: 1, creditsMinor: 500, debitLines: 1, debitsMinor: 200 },
    });
  });

  test('the same message twice would count its entries twice', () => {
    const again = 'one before it in the file says the same: its lines would count twice';
    const other = interim.replace('C5,NTRFA', 'C5,NTRFC').replace('D2,NTRFB', 'D2,NTRFB//X');
    const of = (text: string) => read(text).map(({ contradictions }) => contradictions.map(({ message }) => message));
    expect(of(`${interim}-\n${interim}-\n`)).toEqual([[], [again]]);
    expect(of(`${interim}-\n${other}-\n${interim}-\n`)).toEqual([[], [], [again]]);
    expect(of(`${interim}-\n${interim.replace('C5', 'C2').replace('D2', 'D5')}-\n`)).toEqual([[], []]);
    expect(of(`${interim}-\n${interim.replace(':28C:1/', ':28C:2/')}-\n`)).toEqual([[], []]);
    const empty = interim.slice(0, interim.indexOf(':61:'));
    expect(of(`${empty}-\n${empty}-\n`)).toEqual([[], []]);
  });

  test('totals that contradict the entries are named', () => {
    expect(breached(`${interim}:90D:2KES2,00\n:90C:1KES5,01\n-\n`)).toEqual([
      'it says that it has 2 debits, and has 1',
      'it says that credits come to KES 5.01, and they come to KES 5.00',
    ]);
    expect(() => read(`${interim}:90C:1,5,01\n`)).toThrow(/:90C: is not a number, a currency and a sum/);
  });

  test('a total without a number still has its sum', () => {
    expect(only(`${interim}:90C:KES5,00\n`)).toMatchObject({
      claims: { creditLines: null, creditsMinor: 500 },
      contradictions: [],
    });
    expect(breached(`${interim}:90C:KES5,01\n`)).toEqual([
      'it says that credits come to KES 5.01, and they come to KES 5.00',
    ]);
  });
});

test('whatever is written can be read back', async () => {
  const line = fc.record({
    amountMinor: fc.integer({ min: -1e12, max: 1e12 }),
    day: fc.integer({ min: 1, max: 28 }),
    reference: fc.stringMatching(/^[A-MO-Z0-9][A-Z0-9-]{0,14}$/),
    bank: fc.option(fc.stringMatching(/^[A-MO-Z0-9][A-Z0-9/]{0,14}[A-Z0-9]$/)),
    text: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ,.()+'é-]{0,59}[a-z]$/),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), async (lines, pieceBytes) => {
      const amount = (minor: number) => decimalWith(Math.abs(minor), 2).replace('.', ',');
      const total = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
      const text = [
        ':20:R\n:25:1101\n:28C:1/1\n:60F:C260101KES0,00',
        ...lines.flatMap(({ amountMinor, day, reference, bank, text }) => [
          `:61:2601${String(day).padStart(2, '0')}${amountMinor < 0 ? 'D' : 'C'}${amount(amountMinor)}NTRF${reference}${bank === null ? '' : `//${bank}`}`,
          `:86:${text}`,
        ]),
        `:62F:${total < 0 ? 'D' : 'C'}260131KES${amount(total)}\n-\n`,
      ].join('\n');
      const { statements } = await readStatements(new TextEncoder().encode(text), { pieceBytes });
      expect(statements).toHaveLength(1);
      expect(statements[0]).toMatchObject({ ties: true, contradictions: [], warnings: [] });
      expect(
        statements[0]!.lines.map((read) => [
          read.amountMinor,
          read.bookedOn,
          read.externalId,
          read.references,
          read.description,
        ]),
      ).toEqual(
        lines.map(({ amountMinor, day, reference, bank, text }) => [
          amountMinor,
          `2026-01-${String(day).padStart(2, '0')}`,
          bank,
          reference === bank ? [] : [reference],
          text.replaceAll(/ +/g, ' '),
        ]),
      );
    }),
  );
});

test('a file of many lines in one piece is read in slices', () => {
  const entries = Array.from({ length: 5000 }, (_, at) => `:61:260105C${at},00NTRFR${at}\n:86:text ${at}\n`).join('');
  const bytes = new TextEncoder().encode(`${HEAD}${entries}${END}`);
  const whole = readWith(parseMt940, [bytes]);
  expect(whole.statements[0]!.lines).toHaveLength(5000);
  expect(readWith(parseMt940, piecesOf(bytes, 777))).toEqual(whole);
});

test('a line without an end is refused before it fills the memory', () => {
  const endless = new TextEncoder().encode(`${HEAD}:86:${'x'.repeat(1 << 21)}`);
  expect(() => readWith(parseMt940, [endless])).toThrow(/without an end/);
});
