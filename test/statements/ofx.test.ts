import { describe, expect, test } from 'vitest';
import { LONGEST_TOKEN } from '../../src/statements/limits.ts';
import { readStatements } from '../support/statements.ts';

const HEADER = 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:1252\n\n';
const file = (statement: string): string =>
  `${HEADER}<OFX><BANKMSGSRSV1><STMTTRNRS>${statement}</STMTTRNRS></BANKMSGSRSV1></OFX>`;
const statementOf = (lines: string, currency = 'KES'): string =>
  `<STMTRS><CURDEF>${currency}<BANKACCTFROM><ACCTID>0110</BANKACCTFROM><BANKTRANLIST>${lines}</BANKTRANLIST></STMTRS>`;
const transaction = (more: string, amount = '-1.00', type = 'OTHER'): string =>
  `<STMTTRN><TRNTYPE>${type}<DTPOSTED>20260901<TRNAMT>${amount}<FITID>F1${more}</STMTTRN>`;

async function only(text: string) {
  const { statements } = await readStatements(text, { type: 'ofx' });
  expect(statements).toHaveLength(1);
  return statements[0]!;
}
const line = async (more: string, amount?: string) =>
  (await only(file(statementOf(transaction(more, amount))))).lines[0]!;

describe('tags', () => {
  test('may be closed or not, in capitals or not, with prefixes and attributes', async () => {
    const plain = await only(file(statementOf(transaction('<NAME>Jane'))));
    const closed = file(statementOf(transaction('<NAME>Jane</NAME>').replace('<FITID>F1', '<FITID>F1</FITID>')));
    const small = file(statementOf(transaction('<NAME>Jane'))).replaceAll(/<[^>]*>/g, (tag) => tag.toLowerCase());
    const prefixed = file(statementOf(transaction('<NAME lang="en">Jane'))).replaceAll(/<(?=[A-Z])/g, '<o:');
    for (const other of [closed, small, prefixed]) expect((await only(other)).lines).toEqual(plain.lines);
  });

  test('an element without text says nothing', async () => {
    for (const empty of ['<MEMO>', '<MEMO/>', '<MEMO />', '<MEMO></MEMO>', '<MEMO>  \n']) {
      expect(await line(`${empty}<CHECKNUM>12`)).toMatchObject({ description: '', references: ['12'] });
    }
  });

  test('a transaction without its closing tag ends where the next one begins', async () => {
    const two = transaction('').replace('</STMTTRN>', '') + transaction('');
    expect((await only(file(statementOf(two)))).lines).toHaveLength(2);
  });

  test('a statement without its closing tag ends where the next one begins', async () => {
    const open = statementOf(transaction('')).replace('</STMTRS>', '');
    const { statements } = await readStatements(file(open + open + statementOf('')), { type: 'ofx' });
    expect(statements.map(({ lines }) => lines.length)).toEqual([1, 1, 0]);
  });

  test.each([
    ['A & B', 'A & B'],
    ['A &amp; B &lt;C&gt;', 'A & B <C>'],
    ['&#65;&#x42;', 'AB'],
    ['&copy; &amp', '&copy; &amp'],
    ['&constructor; &#0; &#xD800;', '&constructor; &#0; &#xD800;'],
    ['a < b', 'a < b'],
    ['a <b c\n', 'a <b c'],
    ['5 <6 and 7> 8', '5 <6 and 7> 8'],
    ['<![CDATA[A & <B> &amp;]]> C', 'A & <B> &amp; C'],
    ['a<!-- b -->c', 'ac'],
    [' two\r\n  lines ', 'two lines'],
    ['Café €', 'Café €'],
  ])('the text %j means %j', async (written, meant) => {
    expect((await line(`<MEMO>${written}`)).description).toBe(meant);
  });

  test('positions are lines of the file, however it is cut into pieces', async () => {
    const lines = Array.from({ length: 50 }, () => `\n\n${transaction('<NAME>x\n')}`).join('');
    const text = file(statementOf(lines));
    const found = text.split('\n').flatMap((one, at) => (one.includes('<STMTTRN>') ? [at + 1] : []));
    for (const pieceBytes of [1, 100, 100_000]) {
      const { statements } = await readStatements(text, { type: 'ofx', pieceBytes });
      expect(statements[0]?.lines.map(({ position }) => position)).toEqual(found);
    }
  });
});

describe('transactions', () => {
  test.each([
    ['-34.51', -3451],
    ['+5', 500],
    ['12,5', 1250],
    ['$120', 12_000],
    ['-1,234.50', -123_450],
    ['R$\u00a05.326,43', 532_643],
    ['0', 0],
  ])('the amount %s is signed as it stands', async (amount, minor) => {
    expect((await line('', amount)).amountMinor).toBe(minor);
  });

  test.each([
    ['-64.40574934902884', -6441, /has more decimals than its currency: it is rounded/],
    ['+00000000000115.8331', 11_583, /rounded/],
    ['-1.0049', -100, /rounded/],
    ['-1.0050', -101, /rounded/],
    ['-0.0001', 0, /rounded/],
    ['1.500', 150, /could be in thousands: it is read with decimals/],
    ['-123.000', -12_300, /could be in thousands/],
    ['.', 0, /has no digits: it is counted as nothing/],
  ])('the amount %s is counted as %i, and contradicts the currency', async (amount, minor, why) => {
    const { lines, contradictions } = await only(file(statementOf(transaction('', amount))));
    expect(lines[0]?.amountMinor).toBe(minor);
    expect(contradictions).toEqual([{ message: expect.stringMatching(why), position: 6 }]);
  });

  test.each([
    ['DEBIT', '5', 'DEBIT is money out, but its amount is above zero: it is not certain which was meant'],
    ['Fee', '0.01', 'FEE is money out, but its amount is above zero: it is not certain which was meant'],
    ['CREDIT', '-5', 'CREDIT is money in, but its amount is below zero: it is not certain which was meant'],
    ['DIRECTDEP', '-0.01', 'DIRECTDEP is money in, but its amount is below zero: it is not certain which was meant'],
  ])('%s of %s contradicts itself', async (type, amount, fault) => {
    const { contradictions } = await only(file(statementOf(transaction('', amount, type))));
    expect(contradictions).toEqual([{ message: fault, position: 6 }]);
  });

  test.each([
    ['DEBIT', '-5'],
    ['DEBIT', '0'],
    ['CREDIT', '5'],
    ...['ATM', 'POS', 'INT', 'XFER', 'OTHER', 'HOLD', 'constructor'].flatMap((type) => [
      [type, '5'],
      [type, '-5'],
    ]),
  ])('%s of %s does not', async (type, amount) => {
    const { contradictions } = await only(file(statementOf(transaction('', amount, type))));
    expect(contradictions).toEqual([]);
  });

  test('what corrects another one may be of either side', async () => {
    const { contradictions } = await only(
      file(statementOf(transaction('<CORRECTFITID>F0<CORRECTACTION>DELETE', '5', 'DEBIT'))),
    );
    expect(contradictions).toEqual([]);
  });

  test('a credit card is paid by what is above zero', async () => {
    const paid = transaction('', '5', 'PAYMENT');
    const card = (transactions: string) =>
      statementOf(transactions).replaceAll('STMTRS', 'CCSTMTRS').replaceAll('BANKACCTFROM', 'CCACCTFROM');
    expect((await only(file(card(paid)))).contradictions).toEqual([]);
    expect((await only(file(card(transaction('', '5', 'DEBIT'))))).contradictions).toHaveLength(1);
    expect((await only(file(statementOf(paid)))).contradictions).toHaveLength(1);
  });

  test('zeros beyond the decimals of the currency are no decimals', async () => {
    for (const [amount, minor] of [
      ['-1.50000', -150],
      ['-0.500', -50],
      ['0.000', 0],
      ['1234.500', 123_450],
    ] as const) {
      const { lines, contradictions } = await only(file(statementOf(transaction('', amount))));
      expect(lines[0]?.amountMinor).toBe(minor);
      expect(contradictions).toEqual([]);
    }
  });

  test.each([
    ['1,234', /two ways/],
    ['1.005', /more decimals/],
    ['', /no amount/],
    ['many', /is no amount/],
  ])('the amount %j is refused with its line', async (amount, why) => {
    await expect(line('', amount)).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
    await expect(line('', amount)).rejects.toThrow(why);
    await expect(line('', amount)).rejects.toThrow(/line 6/);
  });

  test.each([
    ['20260901', '2026-09-01', null],
    ['20260901235959', '2026-09-01', '2026-09-01T23:59:59'],
    ['202609012359', '2026-09-01', '2026-09-01T23:59:00'],
    ['20260901233000.000[-11:SST]', '2026-09-01', '2026-09-01T23:30:00'],
    ['20260901003000[+14]', '2026-09-01', '2026-09-01T00:30:00'],
    ['20260901240000', '2026-09-01', null],
    ['202609012360', '2026-09-01', null],
  ])('%s is the local day that is written', async (date, day, at) => {
    const text = file(statementOf(transaction('').replace('20260901', date)));
    expect((await only(text)).lines[0]).toMatchObject({ bookedOn: day, bookedAt: at });
  });

  test('a day that is none is kept as it is written, with a word', async () => {
    const none = await only(file(statementOf(transaction('').replace('20260901', '20260230'))));
    expect(none.lines[0]?.bookedOn).toBe('2026-02-30');
    expect(none.warnings).toEqual([{ message: '2026-02-30 is no day of the calendar', position: 6 }]);
    const words = await only(file(statementOf(transaction('').replace('20260901', 'yesterday'))));
    expect(words.lines[0]?.bookedOn).toBe('yesterday');
    const nothing = await only(file(statementOf(transaction('').replace('<DTPOSTED>20260901', ''))));
    expect(nothing.warnings[0]?.message).toBe('the transaction has no day');
  });

  test('names and accounts of others are not mixed up', async () => {
    const payee = '<PAYEE><NAME>Payee<ADDR1>x</PAYEE><BANKACCTTO><ACCTID>77</BANKACCTTO>';
    expect(await line(payee)).toMatchObject({ counterparty: 'Payee', counterpartyAccount: '77', description: 'Payee' });
    expect(await line(`<NAME>Name${payee}<MEMO>Memo`)).toMatchObject({ counterparty: 'Name', description: 'Memo' });
  });

  test('an amount in another currency is told as such, one that was converted is not', async () => {
    expect(await line('<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>')).toMatchObject({ otherCurrency: 'USD' });
    expect((await line('<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY>')).otherCurrency).toBeUndefined();
    expect((await line('<CURRENCY><CURSYM>KES</CURRENCY>')).otherCurrency).toBeUndefined();
  });

  test('the same id twice is two lines', async () => {
    const twice = await only(file(statementOf(transaction('') + transaction(''))));
    expect(twice.lines.map(({ externalId }) => externalId)).toEqual(['F1', 'F1']);
  });
});

describe('what is no statement', () => {
  test.each([
    [`${HEADER}<OFX></OFX>`, /no statement is in it\.$/],
    [file('<STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>General error</STATUS>'), /the error 2000 General error/],
    [file('<STATUS><CODE>0<SEVERITY>INFO<MESSAGE>SUCCESS</STATUS>'), /no statement is in it\.$/],
  ])('%j', async (text, why) => {
    await expect(readStatements(text)).rejects.toMatchObject({ code: 'NOT_A_STATEMENT', kind: 'usage' });
    await expect(readStatements(text)).rejects.toThrow(why);
  });
});

describe('what is cut off', () => {
  test('inside of a statement nothing is taken', async () => {
    const whole = file(statementOf(transaction('') + transaction('')));
    const end = whole.indexOf('</STMTRS>');
    for (const at of [whole.indexOf('<STMTRS>') + 10, whole.indexOf('<FITID>') + 4, end, end + 8])
      await expect(only(whole.slice(0, at)), String(at)).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
  });

  test('after the last statement a word is enough', async () => {
    const whole = file(statementOf(transaction('')));
    const { statements, rest } = await readStatements(whole.slice(0, -6), { type: 'ofx' });
    expect(statements).toHaveLength(1);
    expect(rest).toEqual([{ message: expect.stringContaining('cut off'), position: null }]);
  });
});

describe('attacks', () => {
  test.each([
    ['a DOCTYPE', `<!DOCTYPE x>${file('')}`, /DOCTYPE/],
    ['an entity', `<!ENTITY a "b">${file('')}`, /declaration/],
    ['a tag without an end', file(statementOf(`<NAME ${'x'.repeat(LONGEST_TOKEN * 2)}`)), /without an end/],
    ['a comment without an end', file(statementOf(`<!--${'x'.repeat(LONGEST_TOKEN * 2)}`)), /without an end/],
    ['a text without an end', file(statementOf(transaction(`<MEMO>${'< '.repeat(LONGEST_TOKEN)}`))), /without an end/],
    [
      'a text in very many pieces',
      file(statementOf(transaction(`<MEMO>${'<![CDATA[xxxx]]>'.repeat(LONGEST_TOKEN / 4 + 1)}`))),
      /without an end/,
    ],
    ['a transaction outside', file(transaction('')), /outside of every statement/],
  ])('%s is refused', async (_, text, why) => {
    await expect(readStatements(text, { type: 'ofx' })).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
    await expect(readStatements(text, { type: 'ofx' })).rejects.toThrow(why);
  });

  test.each([
    ['tags in tags', '<a'.repeat(300_000)],
    ['ends without beginnings', '</STMTTRN>'.repeat(50_000)],
    ['beginnings without ends', '<BANKTRANLIST><PAYEE>'.repeat(50_000)],
    ['spaces', `<MEMO>a${' '.repeat(500_000)}b & c\n`],
    ['letters that begin tags', `<MEMO>${'<1'.repeat(300_000)}\n`],
  ])('%s take linear time', async (_, odd) => {
    const start = performance.now();
    const text = file(statementOf(transaction('') + odd));
    await readStatements(text, { type: 'ofx' }).catch((error: unknown) =>
      expect(error).toMatchObject({ kind: 'usage' }),
    );
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('names of the language are names like any other', async () => {
    expect(await line('<__proto__>x<constructor>y<toString>z')).toMatchObject({ externalId: 'F1' });
  });
});
