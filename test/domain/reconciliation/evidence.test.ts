import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contradict,
  identifierKey,
  isIdentifier,
  isMistyped,
  isOfficeReference,
  isParticular,
  isPlainReceipt,
  receiptsIn,
} from '../../../src/domain/reconciliation/evidence.ts';

describe('identifiers are compared by their letters and digits, in capitals', () => {
  test.each([
    ['SG632NMUAB', 'SG632NMUAB'],
    ['sg632nmuab', 'SG632NMUAB'],
    [' SG6-32N/MUAB.', 'SG632NMUAB'],
    ['straße 12', 'STRASSE12'],
    ['Ñandú-2', 'ÑANDÚ2'],
    ['', ''],
    [' -- ', ''],
  ])('%j is %j', (text, key) => {
    expect(identifierKey(text)).toBe(key);
  });
});

test('a receipt that is told quickly is one by every rule for receipts', () => {
  const letter = fc.constantFrom(...'AZK20139-aé');
  const key = fc.array(letter, { minLength: 9, maxLength: 11 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(key, (text) => {
      const isReceipt = /^(?=.*\d)[A-Z][0-9A-Z]{9}$/.test(text) && !/^[A-Z]+\d+$/.test(text);
      // What has 20 in it may be a year's, and is looked at longer.
      expect(isPlainReceipt(text)).toBe(isReceipt && !text.includes('20'));
    }),
    { numRuns: 5000 },
  );
  expect(['SG632NMUAB', 'A1AAAAAAAA', 'AAAAAAAA1A'].map(isPlainReceipt)).toEqual([true, true, true]);
});

describe('in the bank’s own field an identifier is what no person types for many payments', () => {
  test.each([
    'SG632NMUAB',
    'UAB3QWERTY',
    'FT26031ABCDE',
    '4711',
    '0412',
    '100126',
    'CHQ0000123',
    'A1B2C3D4',
    '998877665544',
  ])('%s is one', (key) => {
    expect(isIdentifier(key)).toBe(true);
  });

  test.each([
    ...[
      '',
      'NONREF',
      'RENT',
      'SALARYPAID',
      'INV12',
      'WEEK12',
      'ROOM4B',
      'A1B2C3D',
      'RENTWEEK12',
      'WEEK12WAGES',
      '123',
      '999',
    ],
    ...['RENT2026JAN', 'Q12026RENT', 'SALARY2026', 'FY2026RENT', 'PLOT4RENTJAN2026'],
    ...['0000', '111111', '1234', '123456', '1234567890', '0123456789', '4321', '9876543210'],
    ...['2026', 'JAN2026', 'RENT2026', 'FY20252026', '202601', '20260131', 'SALARY20260131', '012026', '31012026'],
    ...['Q12026', 'TERM22026', '2026Q1', '2026W05', '2026JAN', '01JAN2026', '1JANUARY26', '15RENTMAR2026', '31DEC26'],
  ])('%s is none', (key) => {
    expect(isIdentifier(key)).toBe(false);
  });

  test.each([
    ['20261331', '20261231'],
    ['20260132', '20260131'],
    ['20260032', '20260131'],
    ['32012026', '31012026'],
    ['30002026', '30122026'],
    ['21000101', '20000101'],
    ['18991231', '19001231'],
  ])('%s is no day, %s is one', (number, day) => {
    expect([isIdentifier(number), isIdentifier(day)]).toEqual([true, false]);
  });

  test('ten characters are a receipt with one digit, nine and eleven are none', () => {
    expect(['UABQ2ERTYU', 'UABQ2ERTY', 'UABQ2ERTYUI'].map(isIdentifier)).toEqual([true, false, false]);
  });

  test('four digits are enough, three are not', () => {
    expect([isIdentifier('TRX4712'), isIdentifier('TRX471')]).toEqual([true, false]);
  });
});

describe('in other text a key must be too particular for another payment', () => {
  test.each([
    'SG632NMUAB',
    'UAB3QWERTY',
    'UA1QWERTYU',
    'UABQ2E7T4Y',
    'CHQ0012',
    'FT26031ABCDE',
    '998877',
    'AB1C2D3E4F5G',
  ])('%s is', (key) => {
    expect(isParticular(key)).toBe(true);
  });

  test.each([
    ...[
      'CHQ12',
      '4711',
      '99887',
      'SALARYWK01',
      'RENTWEEK12',
      'RENT4MARCH',
      'ABCD1EFGHJKL',
      '2026JANRENT',
      'UABQ2ERT4Y',
      'WEEK12WAGE',
    ],
    ...['SALARY2026', 'Q12026RENT'],
    ...['310126', '260131', 'RENT310126', 'JAN2026', '20260131', '000000', '123456'],
  ])('%s is not', (key) => {
    expect(isParticular(key)).toBe(false);
  });

  test('a cheque’s number may be a day when it stands in its own field', () => {
    expect([isIdentifier('310126'), isParticular('310126')]).toEqual([true, false]);
    expect([isParticular('310150'), isParticular('550126'), isParticular('311326')]).toEqual([true, true, true]);
  });
});

describe('the office’s own references', () => {
  test.each(['PAY7F3K2M', 'PAYABCDE1', 'PVNBI202600412', 'REQ202600012', 'REP7F3K2M8X9Y0Z'])('%s is one', (key) => {
    expect(isOfficeReference(key)).toBe(true);
  });

  test.each([
    'PAYABCDEF',
    'PAYSALARY1',
    'PAY7F3K2',
    'PAYABCDEFGHJKMN1',
    'PAYROLL',
    'JAN2026',
    '202601',
    'REQ12',
    '4711',
  ])('%s is none', (key) => {
    expect(isOfficeReference(key)).toBe(false);
  });
});

describe('mistyped', () => {
  test.each([
    ['SG632NMUAB', 'SG632NMUBA', 'neighbours exchanged at the end'],
    ['SG632NMUAB', 'GS632NMUAB', 'neighbours exchanged at the beginning'],
    ['SG632NMUAB', 'SG632MNUAB', 'neighbours exchanged in the middle'],
    ['SG6OINMUAB', 'SG601NMUAB', 'letters for digits'],
    ['S5O1ILZ2B8', '55011122B8', 'every letter that looks like a digit'],
  ])('%s and %s are one: %s', (one, other) => {
    expect([isMistyped(one, other), isMistyped(other, one)]).toEqual([true, true]);
  });

  test.each([
    ['SG632NMUAB', 'SG632NMUAB', 'the same'],
    ['SG632NMUAB', 'SG632NMUA', 'one shorter'],
    ['SG632NMUAB', 'SG632NMUAC', 'another letter'],
    ['SG632NMUAB', 'GS632NMUBA', 'exchanged twice'],
    ['SG632NMUAB', 'SG632NMBAU', 'two places apart'],
    ['', '', 'nothing'],
  ])('%s and %s are not: %s', (one, other) => {
    expect([isMistyped(one, other), isMistyped(other, one)]).toEqual([false, false]);
  });
});

describe('two identifiers contradict each other', () => {
  test.each([
    ['SG632NMUAB', 'SG632NMUAC', 'two receipts'],
    ['SG632NMUAB', 'TAB3QWERTY', 'two receipts of other years'],
    ['FT26031ABCDE', 'FT26032XYZ12', 'a bank’s identifiers'],
    ['4711', '4712', 'two cheques'],
    ['CHQ0012', 'CHQ0013', 'two cheques with their letters'],
  ])('%s and %s: %s', (one, other) => {
    expect([contradict(one, other), contradict(other, one)]).toEqual([true, true]);
  });

  test.each([
    ['SG632NMUAB', 'SG632NMUAB', 'the same'],
    ['SG632NMUAB', 'SG632NMUBA', 'mistyped'],
    ['SG632NMUAB', 'FT26031ABCDE', 'a receipt and a bank’s identifier'],
    ['FT26031ABCDE', 'FT26031ABCDEF', 'one longer'],
    ['CHQ0012', 'CHK0013', 'other letters'],
    ['JAN2026', 'FEB2026', 'months'],
    ['0000', '4711', 'a placeholder'],
    ['4711', '0000', 'a placeholder on the other side'],
    ['', '4711', 'nothing'],
  ])('%s and %s do not: %s', (one, other) => {
    expect([contradict(one, other), contradict(other, one)]).toEqual([false, false]);
  });
});

test('receipts are found in a text as words of their own', () => {
  expect(receiptsIn('mpesa sg632nmuab, to 254712345678 (TAB3QWERTY)')).toEqual(['SG632NMUAB', 'TAB3QWERTY']);
  expect(receiptsIn('SG632NMUAB')).toEqual(['SG632NMUAB']);
  expect(receiptsIn('SG632NMUABX ÄSG632NMUAB SALARYWK01 0712345678 BUSINESSES')).toEqual([]);
  expect(receiptsIn('SG632NMUA')).toEqual([]);
  expect(receiptsIn('')).toEqual([]);
});
