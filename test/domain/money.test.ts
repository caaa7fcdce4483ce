import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, exponentOf, isCurrency } from '../../src/domain/currency.ts';
import { addMinor, assertMinor, decimalOf, decimalOfSum, formatAmount, parseAmount } from '../../src/domain/money.ts';
import { Problem } from '../../src/domain/problem.ts';

const refusal = (act: () => unknown): Problem => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const refused = (text: string, currency = 'KES') => refusal(() => parseAmount(text, currency));

test('currencies have the decimals of ISO 4217', () => {
  expect(['KES', 'UGX', 'JPY', 'KWD', 'CLF', 'EUR'].map(exponentOf)).toEqual([2, 0, 0, 3, 4, 2]);
});

test('a currency is an active code, in capitals', () => {
  expect(CURRENCIES).toContain('TZS');
  expect(CURRENCIES).not.toContain('');
  expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  expect(isCurrency('KES')).toBe(true);
  expect(isCurrency('XAU')).toBe(false);
  const problem = refusal(() => exponentOf('kes'));
  expect([problem.kind, problem.code]).toEqual(['usage', 'UNKNOWN_CURRENCY']);
  expect(problem.message).toContain('Did you mean KES?');
  expect(refusal(() => exponentOf('XYZ')).message).not.toContain('Did you mean');
  expect(refusal(() => exponentOf('kesh')).message).not.toContain('Did you mean');
  expect(() => exponentOf('__proto__')).toThrow(Problem);
});

test.each([
  ['12500', 'KES', 1_250_000],
  ['12,500.00', 'KES', 1_250_000],
  ['1,234,567.8', 'KES', 123_456_780],
  ['0.01', 'KES', 1],
  ['12,500', 'UGX', 12_500],
  ['12500.125', 'KWD', 12_500_125],
  ['90071992547409.91', 'KES', Number.MAX_SAFE_INTEGER],
  ['9,007,199,254,740,991', 'UGX', Number.MAX_SAFE_INTEGER],
])('%s is read as an amount in %s', (text, currency, minor) => {
  expect(parseAmount(text, currency)).toBe(minor);
});

test.each([
  ['', 'empty'],
  [' 5', 'spaces'],
  ['1 000', 'spaces'],
  ['5\n', 'spaces'],
  ['-5.00', 'negative'],
  ['+5', 'plus'],
  ['1.234,50', 'groups of three'],
  ['1234,567', 'groups of three'],
  ['1,23', 'groups of three'],
  ['1,2345', 'groups of three'],
  [',500', 'groups of three'],
  ['5.', 'groups of three'],
  ['.5', 'groups of three'],
  ['1.2.3', 'groups of three'],
  ['1e3', 'exponents'],
  ['5.001', 'KES has 2 decimals'],
  ['0712345678', 'starts with a 0'],
  ['00.50', 'starts with a 0'],
  ['0,001', 'starts with a 0'],
  ['0,500.00', 'starts with a 0'],
  ['000,500', 'starts with a 0'],
  ['٥٠', 'only digits'],
  ['５', 'only digits'],
  ['0x10', 'only digits'],
  ['KES5', 'only digits'],
  ['NaN', 'only digits'],
  ['90071992547409.92', 'highest amount is KES 90,071,992,547,409.91'],
  ['9'.repeat(40), 'highest amount'],
  ['9'.repeat(41), 'too long'],
  ['1'.repeat(1_000_000), 'too long'],
])('%s is refused as an amount: %s', (text, fault) => {
  const problem = refused(text);
  expect([problem.kind, problem.code]).toEqual(['usage', 'AMOUNT_INVALID']);
  expect(problem.message).toContain(fault);
  expect(problem.message.length).toBeLessThan(500);
});

test('a refused amount is quoted harmlessly, with an example right for its currency', () => {
  expect(refused('\u{1b}]52;\u{202e}').message).toContain('"\\u{1b}]52;\\u{202e}"');
  expect(refused('-5').message).toBe('"-5" is not an amount in KES: it is negative. Write it like 12,500.00.');
  expect(refused('5.0', 'UGX').message).toBe(
    '"5.0" is not an amount in UGX: UGX has no decimals. Write it like 12,500.',
  );
  expect(refused('x', 'KWD').message).toContain('12,500.000');
});

test('0 is an amount only where it is asked for', () => {
  expect(refused('0').message).toContain('more than 0');
  expect(refused('0.00').message).toContain('more than 0');
  expect(parseAmount('0', 'KES', { zero: true })).toBe(0);
  expect(parseAmount('0.00', 'KES', { zero: true })).toBe(0);
});

test('amounts are written for machines and for people', () => {
  expect(decimalOf(1_250_000, 'KES')).toBe('12500.00');
  expect(decimalOf(-500, 'KES')).toBe('-5.00');
  expect(decimalOf(-1, 'KES')).toBe('-0.01');
  expect(decimalOf(12_500, 'UGX')).toBe('12500');
  expect(decimalOfSum(-9_223_372_036_854_775_809n, 'KES')).toBe('-92233720368547758.09');
  expect(decimalOfSum(0n, 'KES')).toBe('0.00');
  expect(formatAmount(1_250_000, 'KES')).toBe('KES 12,500.00');
  expect(formatAmount(-500, 'KES')).toBe('KES -5.00');
  expect(formatAmount(99_999, 'KES')).toBe('KES 999.99');
  expect(formatAmount(100_000, 'KES')).toBe('KES 1,000.00');
  expect(formatAmount(-1_000_000, 'UGX')).toBe('UGX -1,000,000');
  expect(formatAmount(-0, 'KES')).toBe('KES 0.00');
});

test('what is written can be read back, for every currency and amount', () => {
  const amount = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(amount, fc.constantFrom(...CURRENCIES), (minor, currency) => {
      expect(parseAmount(decimalOf(minor, currency), currency)).toBe(minor);
      expect(parseAmount(formatAmount(minor, currency).slice(4), currency)).toBe(minor);
    }),
  );
});

test('any text either is an exact amount or is refused', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.,eE ]{0,24}$/));
  fc.assert(
    fc.property(text, (typed) => {
      try {
        expect(Number.isSafeInteger(parseAmount(typed, 'KES'))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
  );
});

test('sums are exact, or refused: the highest amount, and one more', () => {
  expect(addMinor(Number.MAX_SAFE_INTEGER - 1, 1)).toBe(Number.MAX_SAFE_INTEGER);
  expect(refusal(() => addMinor(Number.MAX_SAFE_INTEGER, 1)).code).toBe('AMOUNT_OVERFLOW');
  expect(addMinor(-Number.MAX_SAFE_INTEGER, 0)).toBe(-Number.MAX_SAFE_INTEGER);
  expect(refusal(() => addMinor(-Number.MAX_SAFE_INTEGER, -1)).kind).toBe('integrity');
});

test('a figure that is not an exact number of minor units stops everything', () => {
  expect(assertMinor(-5)).toBe(-5);
  for (const value of [0.5, Number.NaN, Infinity, 2 ** 53]) {
    expect(refusal(() => assertMinor(value)).code).toBe('AMOUNT_NOT_EXACT');
    expect(() => decimalOf(value, 'KES')).toThrow(Problem);
  }
});

test('every list of currencies is there, in alphabetical order', () => {
  const byExponent = [0, 1, 2, 3, 4].map((exponent) => CURRENCIES.filter((code) => exponentOf(code) === exponent));
  expect(byExponent[0]).toEqual('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
  expect(byExponent[1]).toEqual([]);
  expect(byExponent[3]).toEqual('BHD IQD JOD KWD LYD OMR TND'.split(' '));
  expect(byExponent[4]).toEqual(['CLF', 'UYW']);
  for (const code of [
    'AED',
    'COP',
    'COU',
    'IRR',
    'JMD',
    'KES',
    'NGN',
    'NIO',
    'SZL',
    'THB',
    'TZS',
    'USD',
    'ZMW',
    'ZWG',
  ]) {
    expect(byExponent[2]).toContain(code);
  }
  expect(CURRENCIES).toEqual(CURRENCIES.toSorted());
});

test('an unknown currency is quoted and shown how to write', () => {
  expect(refusal(() => exponentOf('kes')).message).toBe(
    '"kes" is not a currency code of ISO 4217. Did you mean KES? Write three capitals, such as KES, UGX or USD.',
  );
  expect(refusal(() => exponentOf('XYZ')).message).toBe(
    '"XYZ" is not a currency code of ISO 4217. Write three capitals, such as KES, UGX or USD.',
  );
});

test.each([
  ['', 'it is empty'],
  ['1 000', 'it has spaces in it'],
  ['-5', 'it is negative'],
  ['+5', 'it starts with a plus sign'],
  ['1,23', 'commas separate groups of three digits, and one point the decimals'],
  ['1E3', 'exponents are not read'],
  ['1.5e-10', 'exponents are not read'],
  ['1e+3', 'exponents are not read'],
  ['e3', 'only digits, commas and one point are read'],
  ['1e', 'only digits, commas and one point are read'],
  ['1e3x', 'only digits, commas and one point are read'],
  ['x1e3', 'only digits, commas and one point are read'],
  ['5x', 'only digits, commas and one point are read'],
  ['x5', 'only digits, commas and one point are read'],
  ['012', 'it starts with a 0'],
  ['0', 'it must be more than 0'],
  ['0.001', 'KES has 2 decimals'],
])('%j is no amount: %s', (text, fault) => {
  expect(refused(text).message).toBe(`"${text}" is not an amount in KES: ${fault}. Write it like 12,500.00.`);
});

test('what cannot be exact says its figures', () => {
  expect(refusal(() => assertMinor(0.5)).message).toBe('0.5 is not an exact number of minor units.');
  expect(refusal(() => addMinor(Number.MAX_SAFE_INTEGER, 1)).message).toBe(
    'The sum of 9007199254740991 and 1 minor units is more than can be held exactly.',
  );
  expect(refusal(() => addMinor(0.5, 0.5)).code).toBe('AMOUNT_NOT_EXACT');
  expect(refusal(() => addMinor(1, 0.5)).code).toBe('AMOUNT_NOT_EXACT');
  expect(refused('9'.repeat(41)).message).toContain('it is too long');
  expect(refused('9'.repeat(40)).message).not.toContain('it is too long');
});
