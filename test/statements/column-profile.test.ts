import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { BANK_PROFILES, bankProfile } from '../../src/statements/bank-profiles.ts';
import { readProfile } from '../../src/statements/column-profile.ts';

const LEAST = {
  name: 'mine',
  date: 'Date',
  description: 'Details',
  amount: { rule: 'signed', amount: 'Amount' },
  date_formats: 'dd/MM/yyyy',
};

const faultsOf = (value: unknown): readonly string[] => {
  try {
    readProfile(value);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'usage', code: 'PROFILE_INVALID' });
    return (error as Problem).details.faults ?? [];
  }
  return [];
};

test('what is left out has its usual value', () => {
  expect(readProfile(LEAST)).toEqual({
    name: 'mine',
    title: '',
    date: 'Date',
    valueDate: null,
    description: ['Details'],
    externalId: null,
    references: [],
    counterparty: null,
    counterpartyAccount: null,
    balance: null,
    amount: { rule: 'signed', amount: 'Amount', positive: 'in' },
    dateFormats: ['dd/MM/yyyy'],
    decimal: '.',
    thousands: ',',
    charset: null,
    delimiter: ',',
    skipLines: 0,
    sheet: null,
    currency: null,
    usualCurrency: null,
    charges: [],
  });
  expect(readProfile({ ...LEAST, decimal: ',' })).toMatchObject({ thousands: '.' });
});

test('everything can be said', () => {
  const profile = readProfile({
    name: 'b2-own',
    title: 'Our branch',
    date: 'Booked',
    value_date: 'Value',
    description: ['Text', 'More'],
    external_id: 'Bank ref',
    references: ['Ref 1', 'Ref 2'],
    counterparty: 'Name',
    counterparty_account: 'Account',
    balance: 'Balance',
    amount: { rule: 'marked', amount: 'Amount', mark: 'D/C', in: ['C', 'CR'], out: 'D' },
    date_formats: ['d/M/yyyy', 'd MMM yyyy'],
    decimal: ',',
    thousands: null,
    charset: 'windows-1252',
    delimiter: ';',
    skip_lines: 4,
    sheet: 'March',
    currency: 'UGX',
    usual_currency: 'KES',
    charges: ['fee'],
  });
  expect(profile).toMatchObject({
    delimiter: ';',
    thousands: null,
    charset: 'windows-1252',
    skipLines: 4,
    sheet: 'March',
    currency: 'UGX',
  });
  expect(profile.amount).toEqual({ rule: 'marked', amount: 'Amount', mark: 'D/C', in: ['C', 'CR'], out: ['D'] });
});

test('every fault is named at once', () => {
  expect(
    faultsOf({
      name: 'My Bank',
      colour: 'red',
      description: [],
      amount: { rule: 'debit-credit', debit: 'Debit', debits: 'down' },
      date_formats: ['dd/MM/yyyy', 'MM/dd/yyyy', 'soon'],
      decimal: ';',
      delimiter: ':',
      skip_lines: -1,
      sheet: ' ',
      currency: 'KSH',
      charges: [5],
    }),
  ).toEqual([
    expect.stringMatching(/^unknown: "colour"; known are name, title/),
    'decimal must be "." or ","',
    expect.stringMatching(/^name must be small letters/),
    'date is missing',
    'description is missing',
    'credit is missing',
    'debits must be "positive" or "negative"',
    'date_formats: "soon" is no way of writing days, such as dd/MM/yyyy, d-M-yy or dd MMM yyyy',
    'date_formats: some begin with the day and some with the month, so 03/04/2026 could be two days',
    'delimiter must be "," or ";" or "\\t" or "|"',
    'skip_lines must be a whole number from 0 to 1000',
    expect.stringMatching(/^sheet must be a text/),
    'currency "KSH" is none of ISO 4217',
    expect.stringMatching(/^charges must be a text with a letter or digit/),
  ]);
});

describe('single faults', () => {
  test.each<[unknown, RegExp]>([
    [null, /a profile is a table/],
    ['x', /a profile is a table/],
    [[], /a profile is a table/],
    [{ ...LEAST, name: undefined }, /name must be/],
    [{ ...LEAST, name: '' }, /name must be/],
    [{ ...LEAST, name: 'x'.repeat(41) }, /name must be/],
    [{ ...LEAST, date: ' ' }, /date must be a text with a letter or digit/],
    [{ ...LEAST, date: '---' }, /date must be a text/],
    [{ ...LEAST, date: 'x'.repeat(101) }, /date must be a text/],
    [{ ...LEAST, date: ['Date'] }, /date must be a text/],
    [{ ...LEAST, description: [1] }, /description must be a text/],
    [{ ...LEAST, references: Array(51).fill('x') }, /references must be a text/],
    [{ ...LEAST, date_formats: undefined }, /date_formats is missing/],
    [{ ...LEAST, thousands: '.' }, /thousands and decimal are the same/],
    [{ ...LEAST, thousands: '' }, /thousands must be/],
    [{ ...LEAST, charset: 'utf-16' }, /charset must be "utf-8" or "windows-1252"/],
    [{ ...LEAST, skip_lines: 1.5 }, /skip_lines/],
    [{ ...LEAST, skip_lines: '1' }, /skip_lines/],
    [{ ...LEAST, amount: undefined }, /amount must say its rule/],
    [{ ...LEAST, amount: 'Amount' }, /amount must say its rule/],
    [{ ...LEAST, amount: { rule: 'guess' } }, /rule must be "debit-credit" or "signed" or "marked"/],
    [{ ...LEAST, amount: { rule: 'signed' } }, /amount is missing/],
    [
      { ...LEAST, amount: { rule: 'marked', amount: 'A', mark: 'M', in: ['C'], out: ['c '] } },
      /"C" is both in and out/,
    ],
    [{ ...LEAST, amount: { rule: 'marked', amount: 'A', mark: 'M', in: ['C'] } }, /out is missing/],
    [Object.create({ ...LEAST }), /name must be/],
  ])('%j', (value, fault) => {
    expect(faultsOf(value).join('\n')).toMatch(fault);
  });

  test('names of the parents of all objects are no names', () => {
    expect(faultsOf(JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1}')).join('\n')).toMatch(
      /unknown: "__proto__", "constructor"/,
    );
  });
});

test('four banks come with the tool, each found by its name', () => {
  expect(BANK_PROFILES.map(({ name }) => name)).toEqual(['equity', 'kcb', 'coop', 'ncba']);
  for (const profile of BANK_PROFILES) expect(bankProfile(profile.name)).toBe(profile);
  expect(bankProfile('stanbic')).toBeUndefined();
});
