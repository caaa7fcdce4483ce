import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { parseMpesa } from '../../src/statements/mpesa.ts';
import { readStatements, readWith } from '../support/statements.ts';

const ORGANISATION =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';
const CUSTOMER = 'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance';

const read = (text: string) => readWith(parseMpesa, [new TextEncoder().encode(text)]).statements;
const only = (text: string) => {
  const [statement, ...more] = read(text);
  expect(more).toEqual([]);
  return statement!;
};
const customer = (...rows: string[]) => only([CUSTOMER, ...rows].join('\n'));
const organisation = (...rows: string[]) => only([ORGANISATION, ...rows].join('\n'));
const said = (statement: ReturnType<typeof only>) => statement.warnings.map(({ message }) => message);
const breached = (statement: ReturnType<typeof only>) => statement.contradictions.map(({ message }) => message);

test('what stands between cells is told by the header, in however small pieces it comes', async () => {
  const rows = [
    `Customer Name: ${'JANE '.repeat(300)}`,
    CUSTOMER.replaceAll(',', ';'),
    'TIA1;2026-09-30;Pay Bill;Completed;1,000.00;;',
  ];
  const file = new TextEncoder().encode(rows.join('\n'));
  for (const pieceBytes of [1, 10, 1000]) {
    const { statements } = await readStatements(file, { pieceBytes });
    expect(statements[0]?.lines).toMatchObject([{ amountMinor: 100_000 }]);
  }
});

/** A completed row of a customer's statement with this time and nothing else of interest. */
const at = (time: string) => `TIA1,${time},Pay Bill,Completed,1.00,,`;

describe('times', () => {
  test.each([
    ['2026-09-30 16:02:11', '2026-09-30T16:02:11'],
    ['2026-09-30T16:02:11', '2026-09-30T16:02:11'],
    ['30-09-2026 16:02:11', '2026-09-30T16:02:11'],
    ['30/09/2026 16:02', '2026-09-30T16:02:00'],
    ['30/09/26 4:02 PM', '2026-09-30T16:02:00'],
    ['30/09/26 12:02 AM', '2026-09-30T00:02:00'],
    ['30/9/2026 12:02:03 pm', '2026-09-30T12:02:03'],
    ['30.09.2026 16:02:11', '2026-09-30T16:02:11'],
    ['30-Sep-2026 16:02:11', '2026-09-30T16:02:11'],
    ['09/30/2026 16:02:11', '2026-09-30T16:02:11'],
  ])('%s', (time, bookedAt) => {
    const [line] = customer(at(time)).lines;
    expect(line).toMatchObject({ bookedAt, bookedOn: '2026-09-30' });
  });

  test('a day alone has no time', () => {
    expect(customer(at('2026-09-30')).lines[0]).toMatchObject({ bookedAt: null, bookedOn: '2026-09-30' });
  });

  test.each([
    'yesterday',
    '30/09',
    '2026-09-30 25:00:00',
    '2026-09-30 16:61',
    '13:00',
    '30/09/2026 13:00 PM',
    '32/14/2026x',
  ])('%s is refused with its line', (time) => {
    expect(() => customer(at(time))).toThrow(/line 2: the completion time/);
  });

  test('a day that no calendar has is kept as it is written, and told', () => {
    const statement = customer(at('31/09/2026 10:00'));
    expect(statement.lines[0]!.bookedOn).toBe('2026-09-31');
    expect(said(statement)).toEqual(['2026-09-31 is no day of the calendar']);
  });

  test('whether the day or the month comes first is decided over the file, whichever line tells', () => {
    const days = (...times: string[]) => customer(...times.map(at)).lines.map(({ bookedOn }) => bookedOn);
    expect(days('03/04/2026 10:00', '04/04/2026 10:00', '14/04/2026 10:00')).toEqual([
      '2026-04-03',
      '2026-04-04',
      '2026-04-14',
    ]);
    expect(days('03/04/2026 10:00', '04/04/2026 10:00', '04/14/2026 10:00')).toEqual([
      '2026-03-04',
      '2026-04-04',
      '2026-04-14',
    ]);
    expect(days('14/04/2026 10:00', '03/04/2026 10:00')).toEqual(['2026-04-14', '2026-04-03']);
    expect(days('04/14/2026 10:00', '03/04/2026 10:00')).toEqual(['2026-04-14', '2026-03-04']);
  });

  test('rows that waited keep their place among the others', () => {
    const { lines, warnings } = customer(
      at('2026-04-01 10:00'),
      at('02/03/2026 10:00'),
      at('2026-04-03 10:00'),
      at('13/03/2026 10:00'),
    );
    expect(lines.map(({ position }) => position)).toEqual([2, 3, 4, 5]);
    expect(warnings).toEqual([]);
  });

  test('where no line tells, the day comes first, and that is said', () => {
    const statement = customer(at('03/04/2026 10:00'), at('04/03/2026 10:00'));
    expect(statement.lines.map(({ bookedOn }) => bookedOn)).toEqual(['2026-04-03', '2026-03-04']);
    expect(said(statement)).toEqual([
      'no date tells whether 03/04/2026 10:00 begins with the day or the month: it is read day first',
    ]);
    expect(said(customer(at('03/03/2026 10:00')))).toEqual([]);
  });

  test('lines that contradict each other are refused, with both lines', () => {
    expect(() => customer(at('14/04/2026 10:00'), at('04/15/2026 10:00'))).toThrow(
      /line 3: its date begins with the month, but line 2 begins with the day/,
    );
    expect(() => customer(at('04/14/2026 10:00'), at('15/04/2026 10:00'))).toThrow(
      /line 3: its date begins with the day, but line 2 begins with the month/,
    );
  });
});

describe('amounts', () => {
  test('one that is cut in two at its thousands is no smaller one: the row has a cell too many', () => {
    const cut = customer('TIA1,2026-09-30,Pay Bill,Completed,,-1,000.00,249,000.00');
    expect(breached(cut)).toEqual([expect.stringMatching(/more cells than the header/)]);
    const failed = customer('TIA1,2026-09-30,Pay Bill,Failed,,-1,000.00,249,000.00');
    const whole = customer('TIA1,2026-09-30,Pay Bill,Completed,,"-1,000.00","249,000.00",,');
    expect([breached(failed), breached(whole)]).toEqual([[], []]);
    const rows = ['TIA2,2026-09-30 12:00:00,,x,Completed,5.00,,249005.00,,,,,'];
    const hidden = 'TIA1,2026-09-30 11:00:00,,x,Completed,,-1,000.00,249000.00,,,,,';
    expect(breached(organisation(...rows, hidden))).toContainEqual(expect.stringMatching(/more cells than the header/));
  });

  test.each([
    ['"1,340.00",', 134_000],
    ['1340,', 134_000],
    ['0.00,500.00', -50_000],
    [',500.00', -50_000],
    [',-500.00', -50_000],
    ['0.00,"-120,000.00"', -12_000_000],
    ['0.00,0.00', 0],
    [',', 0],
    ['-5.00,', -500],
  ])('Paid In and Withdrawn %s', (cells, minor) => {
    expect(customer(`TIA1,2026-09-30 10:00:00,Pay Bill,Completed,${cells},`).lines[0]!.amountMinor).toBe(minor);
  });

  test.each([
    ['1.00,1.00', /both paid in and withdrawn/],
    ['1.001,', /KES has 2 decimals/],
    ['"1,34.00",', /groups are not of three/],
    ['x,', /"x" cannot be read/],
    ['90071992547409.92,', /more than can be held exactly/],
  ])('Paid In and Withdrawn %s are refused with their line', (cells, why) => {
    const act = () => customer(`TIA1,2026-09-30 10:00:00,Pay Bill,Completed,${cells},`);
    expect(act).toThrow(why);
    expect(act).toThrow(/line 2/);
  });

  test('a column for the currency says it, for all rows', () => {
    const header = 'Receipt No.,Completion Time,Details,Currency,Paid In,Withdrawn,Balance';
    const row = (currency: string) => `VF1,2026-01-15,Collection,${currency},125.50,,1000`;
    expect(only([header, row('GHS')].join('\n')).header.currency).toBe('GHS');
    expect(() => only([header, row('GHS'), row('KES')].join('\n'))).toThrow(/line 3: it is in "KES"/);
  });
});

describe('columns', () => {
  test('may be fewer, named otherwise, and with the currency in their heads', () => {
    const [inwards] = only('Receipt No,Completion Time,Paid In,A/C No\nTIA1,2026-09-30 10:00:00,500,INV-7').lines;
    expect(inwards).toMatchObject({
      amountMinor: 50_000,
      externalId: 'TIA1',
      references: ['INV-7'],
      balanceMinor: null,
    });
    const header = 'Receipt No.,Completion Time,Transaction Details,Status,Paid In (KES),Paid Out (KES),Balance (KES)';
    const [outwards] = only(`${header}\nTIA2,2026-09-30 10:00:00,Pay Bill to KPLC,Completed,,Ksh 7.50,1`).lines;
    expect(outwards).toMatchObject({ amountMinor: -750, description: 'Pay Bill to KPLC', balanceMinor: 100 });
  });

  test('a receipt and a time are known as a statement by themselves, whatever stands between them', async () => {
    const text = 'Transaction Status;Completion Time;Withdrawn;"Receipt No."\nCompleted;2026-09-30;5,00;TIA1';
    const { statements } = await readStatements(text.replace('5,00', '5.00'));
    expect(statements).toMatchObject([{ header: { type: 'mpesa' }, lines: [{ amountMinor: -500 }] }]);
  });

  test('a completion time without a day, or none, is that of the initiation', () => {
    const times = (completed: string, initiated: string) =>
      only(`Receipt No.,Completion Time,Initiation Time,Details,Paid In\nTIA1,${completed},${initiated},Pay Bill,66`)
        .lines[0]!.bookedAt;
    expect(times('15:50', '20-04-2017 15:50')).toBe('2017-04-20T15:50:00');
    expect(times('', '20-04-2017 15:50')).toBe('2017-04-20T15:50:00');
    expect(times('21-04-2017 00:01', '20-04-2017 23:59')).toBe('2017-04-21T00:01:00');
    const { warnings } = only(
      'Receipt No.,Completion Time,Initiation Time,Paid In,Withdrawn\nTIA1,15:50,20-04-2017 15:50,66,\nTIA2,15:51,20-04-2017 15:50,66,',
    );
    expect(warnings).toEqual([
      { position: 2, message: expect.stringMatching(/^2 of its lines do not say on which day/) },
    ]);
    expect(() => times('15:50', '')).toThrow(/the completion time "15:50" cannot be read/);
  });
});

test('exports of other countries may say their currency above the header', () => {
  const rows = 'Receipt No.,Completion Time,Details,Paid In,Withdrawn\nTIA1,2026-09-30,x,5,';
  expect(only(`Currency,TZS\n${rows}`).header.currency).toBe('TZS');
  expect(only(rows).header.currency).toBe('KES');
});

describe('columns that are missing or there twice', () => {
  const IN_ONLY = 'Receipt No.,Completion Time,Details,Paid In';

  test('a file without one side says so, and what moves nothing on the other contradicts', () => {
    const { warnings, contradictions } = only(
      `${IN_ONLY}\nTIA1,2026-09-30,x,5\nTIA2,2026-09-30,y,\nTIA3,2026-09-30,z,0.00`,
    );
    expect(warnings).toEqual([
      { position: 1, message: 'it has no column Withdrawn: what was withdrawn is in no line' },
    ]);
    expect(contradictions.map(({ position }) => position)).toEqual([3, 4]);
    expect(contradictions[0]!.message).toMatch(/it may have moved what is left out/);
    const out = only(`${IN_ONLY.replace('Paid In', 'Withdrawn')}\nTIA1,2026-09-30,x,5`);
    expect(out.warnings[0]!.message).toBe('it has no column Paid In: what was paid in is in no line');
    expect(out.contradictions).toEqual([]);
  });

  test('with both sides, nothing is said', () => {
    const { warnings, contradictions } = only(`${IN_ONLY},Withdrawn\nTIA1,2026-09-30,x,,`);
    expect([warnings, contradictions]).toEqual([[], []]);
  });

  test.each(['Paid In (KES)', 'Money In', 'Completion Date', 'Status,Transaction Status'])(
    'a second column %s is refused',
    (column) => {
      expect(() => read(`${IN_ONLY},${column}\nTIA1,2026-09-30,x,5,5`)).toThrow(/line 1: there are two columns/);
    },
  );

  test('figures in another currency than shillings are none', () => {
    expect(() => read(`${IN_ONLY} (USD)\nTIA1,2026-09-30,x,5`)).toThrow(/no header/);
    expect(() => read(`${IN_ONLY}\nTIA1,2026-09-30,x,USD 5`)).toThrow(/"USD 5" cannot be read/);
  });
});

describe('rows', () => {
  test('newest first or oldest first, balances are held against each other', () => {
    const rows = [
      'A,2026-09-03 10:00:00,x,Completed,,30.00,120.00',
      'B,2026-09-02 10:00:00,x,Completed,50.00,,150.00',
      'C,2026-09-01 10:00:00,x,Completed,100.00,,100.00',
    ];
    expect(customer(...rows).ties).toBe(true);
    expect(customer(...rows.toReversed()).ties).toBe(true);
    expect(customer(...rows.map((row) => row.replace('150.00', '151.00'))).ties).toBe(false);
  });

  test('rows of the same time may stand in any order', () => {
    const rows = [
      'A,2026-09-03 10:00:00,Business Payment Charge,Completed,,22.40,77.60',
      'A,2026-09-03 10:00:00,Business Payment,Completed,,900.00,100.00',
      'B,2026-09-01 10:00:00,x,Completed,1000.00,,1000.00',
    ];
    const [charge = '', payment = '', first = ''] = rows;
    for (const order of [
      [charge, payment, first],
      [payment, charge, first],
      [first, payment, charge],
      [first, charge, payment],
    ])
      expect(customer(...order)).toMatchObject({ ties: true, contradictions: [] });
    expect(customer(first, charge, payment.replace('100.00', '100.01')).ties).toBe(false);
  });

  test.each(['Failed', 'Declined', 'Cancelled', 'Expired', 'Pending', 'Pending Authorized', 'failed'])(
    'a row that is %s is no line, whatever its amount',
    (status) => {
      const statement = customer(
        'A,2026-09-01 10:00:00,x,Completed,100.00,,100.00',
        `B,2026-09-02 10:00:00,x,${status},50.00,,100.00`,
        'C,2026-09-03 10:00:00,x,Completed,,30.00,70.00',
      );
      expect(statement).toMatchObject({ ties: true, creditsMinor: 10_000, debitsMinor: 3_000 });
      expect(statement.warnings).toEqual([
        { message: '1 of its rows did not complete and are no lines; this is the first', position: 3 },
      ]);
    },
  );

  test('a status that nobody knows is refused, and a file without the column takes every row', () => {
    expect(() => customer('A,2026-09-01 10:00:00,x,Maybe,100.00,,')).toThrow(/line 2: .*the status "Maybe"/);
    const header = CUSTOMER.replace('Transaction Status,', '');
    expect(only(`${header}\nA,2026-09-01 10:00:00,x,100.00,,`).lines).toHaveLength(1);
  });

  test.each([
    [',,Totals,,150.00,30.00,', []],
    ['Total,,,,150.00,-30.00,', []],
    [',,Total:,,100.00,30.00,', []],
    [',,Totals,,100.01,30.00,', ['the total of Paid In is 100.01, which its rows do not come to']],
    [',,Totals,,150.00,29.99,', ['the total of Withdrawn is 29.99, which its rows do not come to']],
    [',,Totals,,,,', []],
  ])('the row %s is no line: it is the total of all rows or of those that completed', (total, faults) => {
    const statement = customer(
      'A,2026-09-01 10:00:00,x,Completed,100.00,,100.00',
      'B,2026-09-02 10:00:00,x,Failed,50.00,,100.00',
      'C,2026-09-03 10:00:00,x,Completed,,30.00,70.00',
      total,
    );
    expect(statement.lines).toHaveLength(2);
    expect(breached(statement)).toEqual(faults);
  });

  test('blank rows, notes and a header said again are no lines', () => {
    const statement = customer(
      '',
      at('2026-09-01 10:00:00'),
      CUSTOMER,
      ',,,,,,',
      'Disclaimer: ask us.,,,,,,',
      at('2026-09-02 10:00:00'),
    );
    expect(statement.lines.map(({ position }) => position)).toEqual([3, 7]);
  });

  test('a row with an amount and no time is refused', () => {
    expect(() => customer('A,,x,Completed,100.00,,')).toThrow(/line 2: the completion time "" cannot be read/);
    expect(() => customer('A,,x,Completed,,,')).toThrow(/line 2: it has no completion time/);
  });

  test('one receipt has several rows: each is a line with it, and the charge is known', () => {
    const statement = organisation(
      'TIU4,2026-09-30 16:02:11,,Business Payment Charge to 2547****678 - JANE,Completed,,-22.40,,true,Business Payment Charge,2547****678 - JANE,,',
      'TIU4,2026-09-30 16:02:11,,OverDraft of Credit Party,Completed,100.00,,,true,OD Loan,,,',
      'TIU4,2026-09-30 16:02:11,,Business Payment to 2547****678 - JANE,Completed,,-900.00,,true,Business Payment to Customer,2547****678 - JANE,,',
    );
    expect(statement.lines.map((line) => [line.externalId, line.amountMinor, line.isCharge])).toEqual([
      ['TIU4', -2240, true],
      ['TIU4', 10_000, false],
      ['TIU4', -90_000, false],
    ]);
  });

  test.each([
    ['Pay Bill Charge', true],
    ['Customer Transfer of Funds Charge', true],
    ['Withdrawal Charge', true],
    ['Fee For B2C Payment', true],
    ['Pay Bill to 888880 - SCHOOL FEES Acc. 12', false],
    ['Business Payment to 2547****678 - JANE CHARGES', false],
  ])('%s: a charge is %s, where no reason type says it', (details, isCharge) => {
    expect(customer(`A,2026-09-01 10:00:00,${details},Completed,,5.00,`).lines[0]!.isCharge).toBe(isCharge);
    expect(customer(`A,2026-09-01 10:00:00,${details},Completed,5.00,,`).lines[0]!.isCharge).toBe(false);
  });

  test.each([
    ['254712345678 - JANE DOE', 'JANE DOE', '254712345678'],
    ['2547****678 - JANE - MARY', 'JANE - MARY', '2547****678'],
    ['0712xxx678- Customer Credits', 'Customer Credits', '0712xxx678'],
    ['517819', null, '517819'],
    ['KCB BANK', 'KCB BANK', null],
    ['I&M BANK - MAIN', 'I&M BANK - MAIN', null],
    ['', null, null],
  ])('the other party %j', (party, counterparty, counterpartyAccount) => {
    const statement = organisation(`A,2026-09-01 10:00:00,,Pay,Completed,5.00,,,true,Pay Bill Online,${party},,`);
    expect(statement.lines[0]).toMatchObject({ counterparty, counterpartyAccount });
  });

  test.each([
    ['Customer Transfer to 2547****678 - PETER OTIENO', 'PETER OTIENO', '2547****678'],
    ['Pay Bill from 254712345678 - JANE DOE Acc. GV-A1', 'JANE DOE', '254712345678'],
    ['Funds received from KCB - main', null, null],
    ['Airtime Purchase', null, null],
  ])('the other party within %j', (details, counterparty, counterpartyAccount) => {
    expect(customer(`A,2026-09-01 10:00:00,${details},Completed,5.00,,`).lines[0]).toMatchObject({
      counterparty,
      counterpartyAccount,
    });
  });

  test('linked transaction, account and conversation are references', () => {
    const row =
      'A,2026-09-01 10:00:00,,Business Payment to Customer via API. Original conversation ID is PAY7F3K2M-A1.,Completed,,5.00,,true,B2C,,LNK1,INV-0099';
    expect(organisation(row).lines[0]!.references).toEqual(['LNK1', 'INV-0099', 'PAY7F3K2M-A1']);
  });
});

describe('above the header', () => {
  const body = `${CUSTOMER}\n${at('2026-09-14 10:00:00')}`;

  test.each([
    ['Short Code:,600584', '600584'],
    ['Paybill,556677', '556677'],
    ['Mobile Number: 254712345678', '254712345678'],
    ['Customer Name: JANE', null],
  ])('%s', (preamble, account) => {
    expect(only(`M-PESA STATEMENT\n${preamble}\n\n${body}`).header).toMatchObject({ account, currency: 'KES' });
  });

  test('a period and balances are claims', () => {
    const text = `Time Period:,01-09-2026 - 30-09-2026\n"Opening Balance:","KES 1,000.00"\nClosing Balance: 1001.00\n${body}`;
    expect(only(text)).toMatchObject({
      ties: true,
      claims: { from: '2026-09-01', to: '2026-09-30', openingMinor: 100_000, closingMinor: 100_100 },
    });
    expect(only(`Period,30-09-2026 - 01-09-2026\n${body}`).claims).toMatchObject({ from: null, to: null });
    expect(only(`Period,September\nOpening Balance:,none\n${body}`).claims).toMatchObject({
      from: null,
      openingMinor: null,
    });
  });

  test('a header in quotes, with other delimiters, and columns in another order', () => {
    expect(
      only(
        body.replace(
          CUSTOMER,
          CUSTOMER.split(',')
            .map((name) => `"${name}"`)
            .join(','),
        ),
      ).lines,
    ).toHaveLength(1);
    expect(only(body.replaceAll(',', ';')).lines).toHaveLength(1);
    expect(only(body.replaceAll(',', '\t')).lines).toHaveLength(1);
    const turned =
      'Balance,Withdrawn,Paid In,Completion Time,Receipt No,Details\n5.00,,5.00,2026-09-14 10:00:00,TIA1,x';
    expect(only(turned).lines[0]).toMatchObject({ externalId: 'TIA1', amountMinor: 500, balanceMinor: 500 });
  });

  test('a file without the header is none', () => {
    expect(() => read('')).toThrow(/no header of an M-Pesa statement/);
    expect(() => read('a,b\n'.repeat(100))).toThrow(/no header of an M-Pesa statement/);
    expect(() => read(CUSTOMER.replace('Paid In', 'Amount').replace('Withdrawn', 'Sum'))).toThrow(/no header/);
    expect(() => read(CUSTOMER.replace('Completion Time', 'Time'))).toThrow(/no header/);
  });

  test('a statement without rows is one', () => {
    expect(only(CUSTOMER)).toMatchObject({ ties: null, lines: [] });
  });
});

const csv = (table: readonly (readonly string[])[]): string =>
  table
    .map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\n');

test('whatever is written can be read back, in either order and in pieces of any length', async () => {
  const movement = fc.record({
    receipt: fc.stringMatching(/^T[A-Z0-9]{9}$/),
    amountMinor: fc.integer({ min: -1e10, max: 1e10 }),
    minute: fc.integer({ min: 0, max: 40_000 }),
    details: fc.string({ unit: fc.constantFrom('a', 'Z', ' ', ',', '"', '\n', '-', 'é', '7'), maxLength: 20 }),
    account: fc.stringMatching(/^[A-Z0-9-]{0,8}$/),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(movement, { maxLength: 20 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 400 }),
      async (movements, newestFirst, negative, pieceBytes) => {
        const sorted = movements.toSorted((a, b) => a.minute - b.minute);
        let balance = 0;
        const rows = sorted.map(({ receipt, amountMinor, minute, details, account }) => {
          balance += amountMinor;
          const time = new Date(Date.UTC(2026, 8, 1, 0, minute)).toISOString().slice(0, 19).replace('T', ' ');
          const amount = decimalWith(Math.abs(amountMinor), 2);
          const out = amountMinor < 0 ? `${negative ? '-' : ''}${amount}` : '';
          return [
            receipt,
            time,
            time,
            `x${details}`,
            'Completed',
            amountMinor < 0 ? '' : amount,
            out,
            decimalWith(balance, 2),
            'true',
            'Pay',
            '',
            '',
            account,
          ];
        });
        const table = [ORGANISATION.split(','), ...(newestFirst ? rows.toReversed() : rows)];
        const { statements } = await readStatements(csv(table), { pieceBytes });
        expect(statements).toMatchObject([{ contradictions: [], warnings: [] }]);
        const lines = newestFirst ? statements[0]!.lines.toReversed() : statements[0]!.lines;
        expect(lines.map((line) => [line.externalId, line.amountMinor, line.references, line.description])).toEqual(
          sorted.map(({ receipt, amountMinor, details, account }) => [
            receipt,
            amountMinor,
            account === '' ? [] : [account],
            `Pay: x${details}`.trim(),
          ]),
        );
      },
    ),
  );
});
