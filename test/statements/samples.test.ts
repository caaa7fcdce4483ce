import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { decimalsOf } from '../../src/statements/currency.ts';
import { type ReadStatement, readStatements } from '../support/statements.ts';

/** The directory of public statement files, which are not part of the project. */
const SAMPLES = process.env['TREASURY_SAMPLES'] ?? '';

/** One statement as the index of the samples has it, amounts in the currency of the statement. */
interface Row {
  readonly account: string;
  readonly id?: string;
  readonly currency: string;
  readonly credits: number;
  readonly debits: number;
  readonly sumIn: string;
  readonly sumOut: string;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly closingCurrency?: string;
  readonly ties: boolean | null;
  /** What is special about it, in the words of a contradiction or warning. */
  readonly says?: RegExp;
}

const NO_BALANCES = { opening: null, closing: null, ties: null } as const;

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'camt/genkgo__camt052.v8.xml': [
    {
      id: 'AAAASESS-FP-ACCR001',
      account: 'CH2801234000123456789',
      currency: 'SEK',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '200000.00',
      ...NO_BALANCES,
    },
  ],
  'camt/genkgo__camt053.v2.multi.statement.xml': [
    {
      id: '253EURNL26VAYB8060476890',
      account: 'NL26VAYB8060476890',
      currency: 'EUR',
      credits: 1,
      debits: 0,
      sumIn: '8.85',
      sumOut: '0.00',
      opening: '18.15',
      closing: '27.00',
      ties: true,
    },
    {
      id: '254EURNL26VAYB8060476890',
      account: 'NL26VAYB8060476890',
      currency: 'EUR',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '7.00',
      opening: '27.00',
      closing: '20.00',
      ties: true,
    },
  ],
  'camt/genkgo__camt053.v8.xml': [
    {
      id: '253EURNL26VAYB8060476890',
      account: 'NL26VAYB8060476890',
      currency: 'EUR',
      credits: 1,
      debits: 0,
      sumIn: '8.85',
      sumOut: '0.00',
      opening: '18.15',
      closing: '-27.00',
      closingCurrency: 'SEK',
      ties: null,
      says: /closing balance is in SEK/,
    },
  ],
  'camt/genkgo__camt054.v8.xml': [
    {
      id: 'AAAASESS-FP-ACCR001',
      account: 'CH2801234000123456789',
      currency: 'SEK',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '200000.00',
      ...NO_BALANCES,
    },
  ],
  'camt/viafintech__053_valid_example_with_batch.xml': [
    {
      id: '2019062434566666666666666',
      account: 'NL18INGB00012345678',
      currency: 'EUR',
      credits: 2,
      debits: 1,
      sumIn: '7688.00',
      sumOut: '4753.74',
      opening: '7329.80',
      closing: '23038.20',
      ties: false,
      says: /it has 35 lines, and has 3/,
    },
  ],
  'camt/viafintech__053_valid_example_with_debit.xml': [
    {
      id: '0352C5320131227220503',
      account: 'DE14740618130000033626',
      currency: 'EUR',
      credits: 1,
      debits: 3,
      sumIn: '1.00',
      sumOut: '11.00',
      opening: '-33.06',
      closing: '23.06',
      ties: false,
      says: /does not tie/,
    },
  ],
  'ofx/ofxparse__checking.ofx': [
    {
      account: '1452687~7',
      currency: 'USD',
      credits: 1,
      debits: 2,
      sumIn: '0.01',
      sumOut: '59.51',
      opening: null,
      closing: '100.99',
      ties: null,
    },
  ],
  'ofx/ofxparse__multiple_accounts.ofx': [
    {
      account: '9100',
      currency: 'USD',
      credits: 0,
      debits: 0,
      sumIn: '0.00',
      sumOut: '0.00',
      opening: null,
      closing: '111.00',
      ties: null,
    },
    {
      account: '9200',
      currency: 'USD',
      credits: 0,
      debits: 0,
      sumIn: '0.00',
      sumOut: '0.00',
      opening: null,
      closing: '222.00',
      ties: null,
    },
  ],
  'mt940/wolph__citi_mt940.txt': [
    {
      account: '123456789',
      currency: 'USD',
      // Two lines of nothing count as credits in the index.
      credits: 0,
      debits: 3,
      sumIn: '0.00',
      sumOut: '1142.75',
      opening: '17376.67',
      closing: '16233.92',
      ties: true,
    },
  ],
  'mt940/wolph__jejik_generic.sta': [
    {
      account: '11111111',
      currency: 'EUR',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '10.00',
      opening: '100.00',
      closing: '90.00',
      ties: true,
    },
    {
      account: '11111111',
      currency: 'EUR',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '10.00',
      opening: '90.00',
      closing: '80.00',
      ties: true,
    },
  ],
  'mt940/wolph__jejik_ing.sta': [
    {
      account: '0001234567',
      currency: 'EUR',
      credits: 2,
      debits: 5,
      sumIn: '4.68',
      sumOut: '50.27',
      opening: '0.00',
      closing: '3.47',
      ties: false,
      says: /does not tie/,
    },
  ],
  'mt940/wolph__jejik_sns.sta': [
    {
      account: '0123456789',
      currency: 'EUR',
      credits: 0,
      debits: 2,
      sumIn: '0.00',
      sumOut: '25.00',
      opening: '1234.56',
      closing: '1209.56',
      ties: true,
    },
    {
      account: '0123456789',
      currency: 'EUR',
      credits: 0,
      debits: 0,
      sumIn: '0.00',
      sumOut: '0.00',
      opening: '1209.56',
      closing: '1209.56',
      ties: true,
    },
  ],
  'mt940/wolph__mBank_mt942.sta': [
    {
      account: 'PL29114010810000267002001002',
      currency: 'PLN',
      credits: 3,
      debits: 0,
      sumIn: '0.03',
      sumOut: '0.00',
      ...NO_BALANCES,
    },
  ],
  'mt940/wolph__self-provided_february_30.sta': [
    {
      account: '12345678/1020304050',
      currency: 'EUR',
      credits: 0,
      debits: 1,
      sumIn: '0.00',
      sumOut: '6.00',
      opening: '1200.00',
      closing: '1194.00',
      ties: true,
      says: /2016-02-30 is no day/,
    },
  ],
  'mt940/wolph__self-provided_multiline.sta': [
    {
      account: 'BILLLULLXXX/"NUMERO DE COMPTE IBAN 2"',
      currency: 'EUR',
      credits: 1,
      debits: 1,
      sumIn: '119.00',
      sumOut: '5.00',
      opening: '16.40',
      closing: '11.40',
      ties: false,
      says: /does not tie/,
    },
  ],
  'bai2/moj__citi_example.bai2': [
    {
      account: '77777777',
      currency: 'GBP',
      credits: 1,
      debits: 0,
      sumIn: '0.01',
      sumOut: '0.00',
      opening: '100.00',
      closing: '100.00',
      ties: false,
      says: /does not tie/,
    },
  ],
  'bai2/moov__sample1.txt': [
    {
      account: '10200123456',
      currency: 'CAD',
      credits: 3,
      debits: 8,
      sumIn: '2085.00',
      sumOut: '2085.00',
      ...NO_BALANCES,
    },
    {
      account: '10200123456',
      currency: 'CAD',
      credits: 2,
      debits: 4,
      sumIn: '1115.00',
      sumOut: '1115.00',
      ...NO_BALANCES,
    },
  ],
};

const read = (file: string) => readStatements(readFileSync(path.join(SAMPLES, file)));

/** A statement as a row of the index. */
function rowOf({ header, claims, lines, ties, ...sums }: ReadStatement) {
  const decimals = decimalsOf(header.currency);
  const money = (minor: number | null) => (minor === null ? null : decimalWith(minor, decimals));
  return {
    account: header.account,
    currency: header.currency,
    credits: lines.filter((line) => line.amountMinor > 0).length,
    debits: lines.filter((line) => line.amountMinor < 0).length,
    sumIn: money(sums.creditsMinor),
    sumOut: money(sums.debitsMinor),
    opening: money(claims.openingMinor),
    closing: money(claims.closingMinor),
    ties,
  };
}

/** Files that hold no statement, and why. */
const NO_STATEMENT: Readonly<Record<string, RegExp>> = {
  'ofx/ofxparse__bank_small.ofx': /no statement is in it/,
  'ofx/ofxparse__error_message.ofx': /the bank answered with the error 2000 General Server Error/,
};

describe.skipIf(SAMPLES === '')('public files, which are skipped where TREASURY_SAMPLES names no directory', () => {
  test.each(Object.keys(ROWS))('%s gives what the index says', async (file) => {
    const { statements } = await read(file);
    const rows = ROWS[file] ?? [];
    expect(statements).toHaveLength(rows.length);
    for (const [at, { says, id, closingCurrency, ...row }] of rows.entries()) {
      const statement = statements[at];
      if (statement === undefined) throw new Error(`${file} has no statement ${at}`);
      expect(rowOf(statement)).toEqual(row);
      if (id !== undefined) expect(statement.header.id).toBe(id);
      expect(statement.claims.closingCurrency).toBe(closingCurrency);
      const said = [...statement.contradictions, ...statement.warnings].map(({ message }) => message).join('\n');
      if (says === undefined) expect(said).toBe('');
      else expect(said).toMatch(says);
    }
  });

  test.each(Object.entries(NO_STATEMENT))('%s holds no statement', async (file, why) => {
    await expect(read(file)).rejects.toMatchObject({ kind: 'usage', code: 'NOT_A_STATEMENT' });
    await expect(read(file)).rejects.toThrow(why);
  });
});
