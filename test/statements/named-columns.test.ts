import { describe, expect, test } from 'vitest';
import { profileByNames } from '../../src/statements/named-columns.ts';
import { parseBankCsv } from '../../src/statements/bank-csv.ts';
import { readStatements, readWith } from '../support/statements.ts';

const only = async (text: string) => {
  const { statements } = await readStatements(text);
  expect(statements).toHaveLength(1);
  return statements[0]!;
};

describe('columns whose names leave no choice', () => {
  test.each([
    ['Transaction Date,Narration,Money Out,Money In,Running Balance', '02/09/2026,Rent,"1,000.00",,500.00'],
    ['Txn Date,Value Date,Particulars,Withdrawals,Deposits,Balance', '02-Sep-2026,02-Sep-2026,Rent,1000,,500'],
    ['Posting Date;Details;Debit (KES);Credit (KES);Balance (KES)', '02.09.2026;Rent;KES 1,000.00;;500.00'],
    ['Date\tRef No\tTransaction Details\tPaid Out\tPaid In\tBalance', '2026-09-02\tFT1\tRent\t1000.00\t0.00\t500.00'],
    ['Date,Description,Amount,Balance', '02/09/2026,Rent,-1000.00,500.00'],
    [
      '"Date","Reference","Transaction Description","Transaction Amount","Book Balance"',
      '2/9/2026,FT1,Rent,(1000),500',
    ],
  ])('%s', async (header, row) => {
    const statement = await only(`Account Number: 0110\nStatement of September\n\n${header}\n${row}\n`);
    expect(statement.header).toMatchObject({ type: 'csv', account: '0110', currency: 'KES' });
    expect(statement.lines).toMatchObject([
      { bookedOn: '2026-09-02', amountMinor: -100_000, balanceMinor: 50_000, description: 'Rent' },
    ]);
    expect(statement.lines[0]!.references).toEqual(/FT1/.test(row) ? ['FT1'] : []);
    expect(statement.warnings).toEqual([
      {
        position: 4,
        message:
          'what its columns mean is told by their names alone, and days come first: a profile with --map says it for sure',
      },
    ]);
  });

  test('cells without a name at the end of a header are no columns', async () => {
    const { lines } = await only('Date,Narration,Money Out,Money In,,\n02/09/2026,Rent,5,,,\n');
    expect(lines).toMatchObject([{ amountMinor: -500 }]);
  });

  test('a wrong sign is contradicted by the balances', async () => {
    const rows = ['02/09/2026,Rent,1000.00,500.00', '03/09/2026,Fuel,200.00,300.00'];
    expect(await only(`Date,Description,Amount,Balance\n${rows.join('\n')}\n`)).toMatchObject({ ties: false });
  });

  const UNPROVED = /nothing proves that its amounts above zero came in/;

  test('where the balances cannot tell the sign, the statement contradicts itself', async () => {
    const told = async (...rows: string[]) =>
      (await only(`Date,Description,Amount,Balance\n${rows.join('\n')}\n`)).contradictions.map(
        ({ message }) => message,
      );
    // Money out without a sign, oldest first: read newest first, it would come in.
    expect(await told('01/09/2026,A,200,500', '02/09/2026,B,200,300')).toEqual([expect.stringMatching(UNPROVED)]);
    expect(await told('01/09/2026,A,200,500')).toEqual([expect.stringMatching(UNPROVED)]);
    expect(await told('01/09/2026,A,200,500', '02/09/2026,B,-100,')).toEqual([expect.stringMatching(UNPROVED)]);
    expect(await told('01/09/2026,A,200,500', '02/09/2026,B,-200,300')).toEqual([]);
    expect(await told('01/09/2026,A,0,500')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('the currency in the head of a column is that of the statement, whatever the fund has', () => {
    const text = 'Date,Details,Debit (KES),Credit (KES)\n02/09/2026,Rent,5,\n';
    expect(readWith(parseBankCsv, [new TextEncoder().encode(text)], 'USD').statements[0]!.header.currency).toBe('KES');
    const singapore = text.replaceAll('(KES)', '(SGD)');
    expect(readWith(parseBankCsv, [new TextEncoder().encode(singapore)], 'KES').statements[0]!.header.currency).toBe(
      'SGD',
    );
    const plain = text.replaceAll(' (KES)', '');
    expect(readWith(parseBankCsv, [new TextEncoder().encode(plain)], 'USD').statements[0]!.header.currency).toBe('USD');
  });

  test('a file that says another currency above its header contradicts the heads of its columns', async () => {
    const text = 'Currency,USD\nDate,Details,Debit (KES),Credit (KES)\n02/09/2026,Rent,5,\n';
    const { header, contradictions } = await only(text);
    expect(header.currency).toBe('USD');
    expect(contradictions).toEqual([
      { position: 2, message: 'it says above its header that it is in USD, and its columns are in KES' },
    ]);
    expect((await only(text.replace('USD', 'KES'))).contradictions).toEqual([]);
  });

  test('a month before the day is refused, not guessed', async () => {
    await expect(only('Date,Description,Amount,Balance\n09/30/2026,Rent,-5.00,5.00\n')).rejects.toMatchObject({
      code: 'STATEMENT_UNREADABLE',
    });
  });
});

describe('what leaves a choice is no header', () => {
  test.each([
    ['no balance proves the sign', 'Date,Description,Amount'],
    ['only one side', 'Date,Description,Debit,Balance'],
    ['no description', 'Date,Debit,Credit,Balance'],
    ['no date', 'Description,Debit,Credit,Balance'],
    ['two dates', 'Transaction Date,Posting Date,Description,Debit,Credit'],
    ['two descriptions', 'Date,Description,Details,Debit,Credit'],
    ['a name twice', 'Date,Description,Debit,Credit,Note,Note'],
    ['rows that may not have happened', 'Date,Details,Status,Debit,Credit,Balance'],
    ['currencies of their own', 'Date,Details,Currency,Debit,Credit,Balance'],
    ['a mark beside the amount', 'Date,Details,Amount,Dr/Cr,Balance'],
    ['charges beside the amount', 'Date,Details,Debit,Credit,Charges'],
    ['two currencies', 'Date,Details,Debit (USD),Credit (KES),Balance'],
    ['no currency', 'Date,Details,Debit (XQZ),Credit (XQZ),Balance'],
    ['an amount beside a debit', 'Date,Description,Debit,Amount,Balance'],
    ['a name without an end', `Date,Description,Debit,Credit,${'x'.repeat(100)}`],
  ])('%s: %s', async (_, header) => {
    expect(profileByNames(header.split(','))).toBeNull();
    await expect(readStatements(`${header}\n`)).rejects.toMatchObject({ code: 'NOT_A_STATEMENT' });
  });
});

test('a profile of its own is read by it, and warns of nothing', async () => {
  const equity = await only('Date,Description,Debit,Credit,Balance\n02/09/2026,Rent,5.00,,5.00\n');
  expect(equity.warnings).toEqual([]);
});
