import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { freeAmount, plainAmount, plainAmountOrNull } from '../../src/statements/amount.ts';

const at = (exponent: number) => ({ position: 7, exponent });
const anyMinor = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const anyExponent = fc.integer({ min: 0, max: 4 });

test('every amount comes back from its decimal', () => {
  fc.assert(
    fc.property(anyMinor, anyExponent, (minor, exponent) => {
      const written = decimalWith(minor, exponent);
      expect(plainAmount(written, at(exponent))).toBe(minor);
      if (exponent > 0) expect(freeAmount(written, at(exponent))).toBe(minor);
      if (exponent === 2) expect(freeAmount(written.replace('.', ','), at(exponent))).toBe(minor);
    }),
  );
});

test.each([
  ['0', 2, 0],
  ['-0.00', 2, 0],
  ['5', 2, 500],
  ['5.', 2, 500],
  ['.5', 2, 50],
  ['+5.5', 2, 550],
  ['007.10', 2, 710],
  ['8.85000', 2, 885],
  ['150000', 0, 150_000],
  ['150000.00', 0, 150_000],
  ['1.234', 3, 1234],
  ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ['0000000000000000000000000000000000001.00', 2, 100],
])('%s with %i decimals is %i', (text, exponent, minor) => {
  expect(plainAmount(text, at(exponent))).toBe(minor);
  expect(plainAmountOrNull(text, exponent)).toBe(minor);
});

test.each([
  ['', 2, /is no amount/],
  ['.', 2, /is no amount/],
  ['-', 2, /is no amount/],
  ['1e5', 2, /is no amount/],
  ['0x10', 2, /is no amount/],
  ['1,5', 2, /is no amount/],
  ['1.2.3', 2, /is no amount/],
  ['--5', 2, /is no amount/],
  ['٥', 2, /is no amount/],
  ['NaN', 2, /is no amount/],
  ['8.851', 2, /more decimals than the currency, which has 2/],
  ['1.5', 0, /more decimals than the currency, which has none/],
  ['90071992547409.92', 2, /more than can be held exactly/],
  ['9'.repeat(41), 2, /too long/],
])('%s with %i decimals is refused, with its line', (text, exponent, why) => {
  expect(() => plainAmount(text, at(exponent))).toThrow(why);
  expect(() => plainAmount(text, at(exponent))).toThrow(/line 7/);
  expect(plainAmountOrNull(text, exponent)).toBeNull();
});

test.each([
  ['$120', 12_000],
  ['-$120.50', -12_050],
  ['$-120.50', -12_050],
  ['€ 1.234,50', 123_450],
  ['-1,234.50', -123_450],
  ['1 234,50', 123_450],
  ['1\u00a0234,50', 123_450],
  ["1'234.50", 123_450],
  ['1,234,567', 123_456_700],
  ['1.234.567', 123_456_700],
  ['1.234.567,8', 123_456_780],
  ['(5.00)', -500],
  ['12,5', 1250],
  ['500,', 50_000],
])('%s can be read in one way', (text, minor) => {
  expect(freeAmount(text, at(2))).toBe(minor);
});

test.each(['1,234', '1,23,456', '12,34.5', '1.2.3', '(-5)', '-$-5', '$', '5 USD', 'a', '1.234', '1,234.567', ','])(
  '%s cannot be read, or in two ways',
  (text) => {
    expect(() => freeAmount(text, at(2))).toThrow(/line 7/);
  },
);

test('the time to refuse does not grow with the square of what is refused', () => {
  const start = performance.now();
  for (let run = 0; run < 200; run += 1)
    expect(() => freeAmount(`${'1,'.repeat(100_000)}x`, at(2))).toThrow(/too long/);
  expect(performance.now() - start).toBeLessThan(10_000);
});
