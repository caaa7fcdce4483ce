import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { bankCsvParser, parseBankCsv } from '../../src/statements/bank-csv.ts';
import { bankProfile } from '../../src/statements/bank-profiles.ts';
import { readProfile } from '../../src/statements/column-profile.ts';
import { readStatements, readWith } from '../support/statements.ts';

const EQUITY = 'Date,Description,Debit,Credit,Balance';
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, currency: string | null = null) =>
  readWith(parseBankCsv, [bytes(text)], currency).statements[0]!;
const equity = (...rows: string[]) => read([EQUITY, ...rows].join('\n'));
const breached = (statement: ReturnType<typeof read>) => statement.contradictions.map(({ message }) => message);

const LEAST = {
  name: 'mine',
  date: 'Date',
  description: 'Details',
  amount: { rule: 'signed', amount: 'Amount' },
  date_formats: 'dd/MM/yyyy',
};
const withProfile = (profile: object, text: string, currency: string | null = 'KES') =>
  readWith(bankCsvParser(readProfile({ ...LEAST, ...profile })), [bytes(text)], currency).statements[0]!;

test('a figure that is cut in two at its thousands is no smaller one: the row has a cell too many', () => {
  const cut = equity('02/09/2026,Rent,1,000.00,,"9,000.00"', '03/09/2026,Fee,50.00,,"8,950.00"');
  expect(cut.contradictions).toMatchObject([
    { position: 2, message: expect.stringMatching(/more cells than the header/) },
  ]);
  const whole = equity('02/09/2026,Rent,"1,000.00",,"9,000.00",,', '03/09/2026,Fee,50.00,,"8,950.00"');
  expect([whole.contradictions, whole.ties]).toEqual([[], true]);
});

describe('the banks that come with the tool', () => {
  test.each([
    ['equity', EQUITY, '02/09/2026,x,,5.00,5.00'],
    [
      'kcb',
      'Transaction Date,Value Date,Description,Debit,Credit,Running Balance',
      '02/09/2026,03/09/2026,x,,5.00,5.00',
    ],
    ['coop', 'Date,Transaction Details,Withdrawals,Deposits,Balance', '02/09/2026,x,,5.00,5.00'],
    ['ncba', 'Date,Narration,Debits,Credits,Balance', '02/09/2026,x,,5.00,5.00'],
  ])('%s is known by its header, and read the same by its name', async (name, header, row) => {
    const text = `${header}\n${row}`;
    const { statements } = await readStatements(text);
    expect(statements).toMatchObject([
      {
        header: { type: 'csv', currency: 'KES' },
        lines: [{ bookedOn: '2026-09-02', amountMinor: 500, balanceMinor: 500 }],
      },
    ]);
    expect(readWith(bankCsvParser(bankProfile(name)!), [bytes(text)]).statements).toEqual(statements);
    expect(statements[0]!.lines[0]!.valueOn).toBe(name === 'kcb' ? '2026-09-03' : null);
  });

  test.each([
    '02/09/2026',
    '2/9/2026',
    '02-09-2026',
    '2-9-26',
    '02.09.2026',
    '02-Sep-2026',
    '2 Sep 2026',
    '2026-09-02',
  ])('the date %s is day first', (date) => {
    expect(equity(`${date},x,,5.00,`).lines[0]!.bookedOn).toBe('2026-09-02');
  });

  test('a header is found by letters and digits, below other rows, in any order and among other columns', () => {
    const text = 'BALANCE,"credit ",Branch,Debit (KES),DESCRIPTION,Debit,date\n5.00,5.00,NBI,,x,,02/09/2026';
    expect(read(`Statement\n\nAccount No: 0180\n${text}`)).toMatchObject({
      header: { account: '0180' },
      lines: [{ amountMinor: 500, position: 5 }],
    });
  });

  test.each([';', '\t', '|'])('with %j between the cells', (delimiter) => {
    expect(read(`${EQUITY}\n02/09/2026,x,,5.00,5.00`.replaceAll(',', delimiter)).lines).toHaveLength(1);
  });

  test.each([
    'Currency,USD',
    'Currency:,usd',
    'Account Currency: USD',
    'Currency Code,USD - US Dollar',
    'Account No,0110,Currency,USD',
  ])('the file says its currency: %s', (row) => {
    expect(read(`${row}\n${EQUITY}\n02/09/2026,x,,5.00,`, 'KES').header.currency).toBe('USD');
  });

  test('what is no currency is none', () => {
    for (const row of ['Currency,Shillings', 'Currency,XQZ', 'Currency', 'Currency of,USD'])
      expect(read(`${row}\n${EQUITY}\n02/09/2026,x,,5.00,`, 'KES').header.currency).toBe('KES');
  });

  test('a balance above the header in another currency proves nothing', () => {
    const opening = (balance: string) =>
      read(`Opening Balance,${balance}\n${EQUITY}\n02/09/2026,x,,5.00,6.00`).claims.openingMinor;
    expect([opening('Ksh 1.00'), opening('KES 1.00'), opening('USD 1.00'), opening('UGX1')]).toEqual([
      ...[100, 100],
      ...[null, null],
    ]);
  });

  test('the fund says the currency where the file does not', () => {
    expect(read(`${EQUITY}\n02/09/2026,x,,5.00,`, 'USD').header.currency).toBe('USD');
    expect(read(`${EQUITY}\n02/09/2026,x,,5,`, 'UGX').lines[0]!.amountMinor).toBe(5);
    expect(read(`${EQUITY}\n02/09/2026,x,,5.00,`, 'UGX').lines[0]!.amountMinor).toBe(5);
    expect(() => read(`${EQUITY}\n02/09/2026,x,,5.50,`, 'UGX')).toThrow(/UGX has no decimals/);
  });

  test.each([
    ['BANK CHARGES', true],
    ['Excise   duty on charges', true],
    ['LEDGER FEE', true],
    ['RECHARGE AIRTIME', false],
    ['SCHOOL FEES', false],
  ])('%s: a charge is %s', (description, isCharge) => {
    expect(equity(`02/09/2026,${description},5.00,,`).lines[0]!.isCharge).toBe(isCharge);
    expect(equity(`02/09/2026,${description},,5.00,`).lines[0]!.isCharge).toBe(false);
  });

  test('two columns of one name are refused', () => {
    expect(() => read(`${EQUITY},Debit\n`)).toThrow(/line 1: there are two columns "debit"/);
  });

  test.each(['', 'a,b,c\n1,2,3\n', 'x\n'.repeat(200)])('a file without such a header is none: %#', (text) => {
    expect(() => read(text)).toThrow(
      /No row has the columns of a known bank \(equity, kcb, coop, ncba\): a profile with --map/,
    );
  });
});

describe('rows', () => {
  test.each([
    ['5.00,,', -500],
    [',5.00,', 500],
    ['0.00,5.00,', 500],
    ['5.00,0.00,', -500],
    ['-,5.00,', 500],
    ['0.00,0.00,', 0],
    [',,7.00', 0],
  ])('debit, credit and balance %s', (cells, minor) => {
    expect(equity(`02/09/2026,x,${cells}`).lines[0]!.amountMinor).toBe(minor);
  });

  test.each([
    ['02/09/2026,x,5.00,5.00,', /both a debit and a credit/],
    ['02/09/2026,x,-5.00,,', /the debit is below zero/],
    ['02/09/2026,x,,-5.00,', /the credit is below zero/],
    ['02/09/2026,x,5.005,,', /KES has 2 decimals/],
    ['02/09/2026,x,"1,00.00",,', /groups are not of three/],
    ['02/09/2026,x,five,,', /"five" cannot be read/],
    ['02/09/2026,x,,5.00,none', /"none" cannot be read/],
    ['02/09/2026,x,,90071992547409.92,', /more than can be held exactly/],
    ['02/13/2026,x,,5.00,', /the date "02\/13\/2026" is not written as the profile says/],
    ['32/12/2026,x,,5.00,', /the date "32\/12\/2026" is not written as the profile says/],
    ['02_09_2026,x,,5.00,', /the date "02_09_2026" is not written as the profile says/],
    [',x,,5.00,', /it has no date/],
  ])('%s is refused with its line', (row, why) => {
    expect(() => equity(row)).toThrow(why);
    expect(() => equity(row)).toThrow(/line 2/);
  });

  test('a balance may be marked or signed', () => {
    const rows = [
      '02/09/2026,a,,5.00,5.00 CR',
      '03/09/2026,b,8.00,,3.00 DR',
      '04/09/2026,c,1.00,,(4.00)',
      '05/09/2026,d,1.00,,-5.00',
    ];
    expect(equity(...rows)).toMatchObject({ ties: true, openingMinor: 0, closingMinor: -500 });
    expect(equity(...rows.toReversed())).toMatchObject({ ties: true, openingMinor: 0, closingMinor: -500 });
  });

  test('a running balance that does not follow is named with its line', () => {
    const statement = equity('02/09/2026,a,,5.00,5.00', '03/09/2026,b,,5.00,11.00', '04/09/2026,b,,5.00,16.00');
    expect(statement.ties).toBe(false);
    expect(statement.contradictions).toEqual([
      { message: 'the balance is KES 11.00, but KES 10.00 follows from the balance before', position: 3 },
    ]);
  });

  test('rows that say a balance are no lines', () => {
    const statement = equity(
      '01/09/2026,OPENING BALANCE,,,100.00',
      '02/09/2026,a,5.00,,95.00',
      ',Balance c/f,0.00,0.00,95.00',
    );
    expect(statement).toMatchObject({ ties: true, claims: { openingMinor: 10_000, closingMinor: 9_500 } });
    expect(statement.lines).toHaveLength(1);
    expect(equity('Balance B/F,,,,100.00', '02/09/2026,a,5.00,,96.00').ties).toBe(false);
    expect(equity('02/09/2026,Opening balance correction,5.00,,95.00').lines).toHaveLength(1);
  });

  test('totals are no lines, and are held against them', () => {
    const rows = ['02/09/2026,a,5.00,,', '03/09/2026,b,,7.00,'];
    expect(equity(...rows, ',Total,5.00,7.00,')).toMatchObject({ lines: [{}, {}], contradictions: [] });
    expect(equity(...rows, 'Totals:,,,,')).toMatchObject({ contradictions: [] });
    expect(breached(equity(...rows, 'TOTAL,,5.01,7.00,'))).toEqual([
      'the total of "Debit" is 5.01, which its rows do not come to',
    ]);
  });

  test('notes, blank rows and a header said again are no lines; notes are told', () => {
    const statement = equity(
      '02/09/2026,a,5.00,,',
      '',
      ',,,,',
      EQUITY,
      'End of statement,,,,',
      'Thank you',
      '03/09/2026,b,,7.00,',
    );
    expect(statement.lines.map(({ position }) => position)).toEqual([2, 8]);
    expect(statement.warnings).toEqual([
      { message: '2 of its rows have neither a date nor an amount and are no lines; this is the first', position: 6 },
    ]);
  });

  test('a day that no calendar has is kept as it is written, and told', () => {
    const statement = equity('31/09/2026,a,5.00,,');
    expect(statement.lines[0]!.bookedOn).toBe('2026-09-31');
    expect(statement.warnings).toEqual([{ message: '2026-09-31 is no day of the calendar', position: 2 }]);
  });
});

describe('profiles of one’s own', () => {
  test('money in above or below zero', () => {
    const text = 'Date,Details,Amount\n02/09/2026,x,-5.00\n02/09/2026,y,0\n';
    const amounts = (positive: string) =>
      withProfile({ amount: { rule: 'signed', amount: 'Amount', positive } }, text).lines.map(
        ({ amountMinor }) => amountMinor,
      );
    expect(amounts('in')).toEqual([-500, 0]);
    expect(amounts('out')).toEqual([500, 0]);
  });

  test('debits below zero', () => {
    const amount = { rule: 'debit-credit', debit: 'Out', credit: 'In', debits: 'negative' };
    const rows = (row: string) =>
      withProfile({ amount }, `Date,Details,Out,In\n02/09/2026,x,${row}\n`).lines[0]!.amountMinor;
    expect(rows('-5.00,')).toBe(-500);
    expect(rows(',5.00')).toBe(500);
    expect(() => rows('5.00,')).toThrow(/the debit is above zero/);
  });

  test('a column that names the direction', () => {
    const amount = { rule: 'marked', amount: 'Amount', mark: 'D/C', in: ['C', 'CR'], out: 'D' };
    const row = (cells: string) =>
      withProfile({ amount }, `Date,Details,Amount,D/C\n02/09/2026,x,${cells}\n`).lines[0]!.amountMinor;
    expect([row('5.00,C'), row('5.00, cr '), row('5.00,d'), row('0,D')]).toEqual([500, 500, -500, 0]);
    expect(() => row('5.00,X')).toThrow(/"X" in column "D\/C" is neither in nor out/);
    expect(() => row('-5.00,C')).toThrow(/the amount is below zero/);
  });

  test('decimal commas, semicolons and Windows-1252 from the first byte', () => {
    const profile = { decimal: ',', delimiter: ';', charset: 'windows-1252', currency: 'EUR' };
    const text = Uint8Array.from(
      [...'Date;Details;Amount\n02/09/2026;Caf\u00e9;1.234,50\n'].map((letter) => letter.charCodeAt(0)),
    );
    const { statements } = readWith(bankCsvParser(readProfile({ ...LEAST, ...profile })), [text], 'KES');
    expect(statements[0]).toMatchObject({
      header: { currency: 'EUR' },
      lines: [{ amountMinor: 123_450, description: 'Caf\u00e9' }],
    });
    expect(() => withProfile({ ...profile, charset: 'utf-8' }, 'Date;Details;Amount\n02/09/2026;x;1,234.50\n')).toThrow(
      /line 2/,
    );
  });

  test('month first where the profile says so, and nothing else', () => {
    const text = 'Date,Details,Amount\n09/02/2026 10:30,x,5.00\n';
    expect(withProfile({ date_formats: 'MM/dd/yyyy' }, text).lines[0]).toMatchObject({
      bookedOn: '2026-09-02',
      bookedAt: '2026-09-02T10:30:00',
    });
    expect(() => withProfile({ date_formats: 'MM-dd-yyyy' }, text)).toThrow(/not written as the profile says/);
  });

  test('every column of a profile goes where it belongs', () => {
    const profile = {
      value_date: 'Value',
      description: ['Details', 'More'],
      external_id: 'Id',
      references: ['Ref', 'Cheque'],
      counterparty: 'Name',
      counterparty_account: 'Account',
      balance: 'Balance',
      charges: ['fee'],
    };
    const text =
      'Date,Value,Details,More,Id,Ref,Cheque,Name,Account,Amount,Balance\n' +
      '02/09/2026,03/09/2026,Card,a fee, B-1 ,R-1,000123,JANE,1100,-5.00,95.00\n03/09/2026,,Cash,,,,,,,1.00,96.00\n';
    expect(withProfile(profile, text).lines).toEqual([
      {
        position: 2,
        bookedOn: '2026-09-02',
        valueOn: '2026-09-03',
        bookedAt: null,
        amountMinor: -500,
        balanceMinor: 9500,
        externalId: 'B-1',
        references: ['R-1', '000123'],
        counterparty: 'JANE',
        counterpartyAccount: '1100',
        description: 'Card a fee',
        isCharge: true,
      },
      expect.objectContaining({
        externalId: null,
        references: [],
        counterparty: null,
        valueOn: null,
        description: 'Cash',
      }),
    ]);
    expect(() => withProfile(profile, text.replace('03/09/2026,Card', 'soon,Card'))).toThrow(
      /line 2: the value date "soon"/,
    );
  });

  test('lines before the header are passed over, even those that look like it', () => {
    const text = 'Date,Details,Amount\nnone,none,none\nDate,Details,Amount\n02/09/2026,x,5.00\n';
    expect(withProfile({ skip_lines: 2 }, text).lines).toHaveLength(1);
    expect(() => withProfile({}, text)).toThrow(/line 2/);
  });

  test('a file without the columns is none, and they are named', () => {
    expect(() => withProfile({ balance: 'Saldo' }, 'Date,Details,Amount\n')).toThrow(
      /No row of the first 1 has the columns of the profile mine: Date, Saldo, Amount, Details/,
    );
  });
});

test('whatever is written can be read back, in pieces of any length', async () => {
  const movement = fc.record({
    amountMinor: fc.integer({ min: -1e10, max: 1e10 }),
    day: fc.integer({ min: 1, max: 28 }),
    text: fc.string({ unit: fc.constantFrom('a', 'Z', ' ', ',', '"', '\n', '-', 'é', '7'), maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(movement, { maxLength: 20 }),
      fc.integer({ min: 1, max: 300 }),
      async (movements, pieceBytes) => {
        let balance = 0;
        const rows = movements.map(({ amountMinor, day, text }) => {
          balance += amountMinor;
          const amount = decimalWith(Math.abs(amountMinor), 2).replaceAll(/\B(?=(\d{3})+\.)/g, ',');
          const quoted = `"x${text.replaceAll('"', '""')}"`;
          return `${day}/09/2026,${quoted},${amountMinor < 0 ? `"${amount}",` : `,"${amount}"`},${decimalWith(balance, 2)}`;
        });
        const { statements } = await readStatements([EQUITY, ...rows].join('\r\n'), { pieceBytes });
        expect(statements).toMatchObject([{ contradictions: [], warnings: [] }]);
        expect(statements[0]!.lines.map((line) => [line.amountMinor, line.bookedOn, line.description])).toEqual(
          movements.map(({ amountMinor, day, text }) => [
            amountMinor,
            `2026-09-${String(day).padStart(2, '0')}`,
            `x${text}`.trim(),
          ]),
        );
      },
    ),
  );
});
