import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalWith } from '../../src/domain/money.ts';
import { figureReading, type FigureStyle, minorBetween, signedMinor } from '../../src/statements/minor-units.ts';

const POINT: FigureStyle = { decimal: '.', thousands: ',' };
const COMMA: FigureStyle = { decimal: ',', thousands: '.' };
const SPACES: FigureStyle = { decimal: '.', thousands: ' ' };
const PLAIN: FigureStyle = { decimal: '.', thousands: null };
const kes = (style: FigureStyle) => figureReading(style, 'KES', 2);
const minorOf = (text: string, style = POINT) => minorBetween(text, 0, text.length, kes(style));
const signed = (text: string, style = POINT) => signedMinor(text, kes(style));

test.each<[string, FigureStyle, number]>([
  ['0', PLAIN, 0],
  ['5', PLAIN, 500],
  ['.5', PLAIN, 50],
  ['5.', PLAIN, 500],
  ['1,234,567.8', POINT, 123_456_780],
  ['1234567.89', POINT, 123_456_789],
  ['1.234.567,89', COMMA, 123_456_789],
  ['1 234 567.89', SPACES, 123_456_789],
  ['1\u00a0234\u202f567.89', SPACES, 123_456_789],
  ['90071992547409.91', PLAIN, Number.MAX_SAFE_INTEGER],
  ['000000000000000000000000000000001', PLAIN, 100],
  ['5.0000', PLAIN, 500],
  ['5.120000', PLAIN, 512],
])('%s is read', (text, style, minor) => {
  expect(minorOf(text, style)).toBe(minor);
});

test.each<[string, FigureStyle, string]>([
  ['', PLAIN, 'it is empty'],
  ['.', PLAIN, 'it has no digits'],
  ['-5', PLAIN, 'it is no figure'],
  ['1e5', PLAIN, 'it is no figure'],
  ['1,234', PLAIN, 'it is no figure'],
  ['1.2.3', PLAIN, 'it is no figure'],
  ['٣', PLAIN, 'it is no figure'],
  ['5.001', PLAIN, 'KES has 2 decimals'],
  ['5.000', PLAIN, 'KES has 2 decimals'],
  ['5.1201', PLAIN, 'KES has 2 decimals'],
  ['1,23', POINT, 'its groups are not of three digits'],
  ['1,2345', POINT, 'its groups are not of three digits'],
  ['1234,567', POINT, 'its groups are not of three digits'],
  [',123', POINT, 'its groups are not of three digits'],
  ['1,,234', POINT, 'its groups are not of three digits'],
  ['1,23.4', POINT, 'its groups are not of three digits'],
  ['1.23,456', COMMA, 'its groups are not of three digits'],
  ['90071992547409.92', PLAIN, 'it is more than can be held exactly'],
  ['90071992547410', PLAIN, 'it is more than can be held exactly'],
  ['9'.repeat(400), PLAIN, 'it is more than can be held exactly'],
])('%j is refused: %#', (text, style, why) => {
  expect(minorOf(text, style)).toBe(why);
});

describe('with a sign', () => {
  test.each<[string, number | null]>([
    ['', null],
    ['  ', null],
    ['-', null],
    ['5.00', 500],
    [' 5.00 ', 500],
    ['+5.00', 500],
    ['-5.00', -500],
    ['- 5.00', -500],
    ['5.00-', -500],
    ['(1,234.50)', -123_450],
    ['1,234.50 CR', 123_450],
    ['1,234.50Dr', -123_450],
    ['-0.00', 0],
    ['0.00 DR', 0],
    ['KES 5.00', 500],
    ['Ksh5', 500],
    ['KSh. 1,234.50', 123_450],
    ['-Ksh 5.00', -500],
    ['KES -5.00', -500],
    ['KES (5.00)', -500],
    ['5.00 KES', 500],
  ])('%j', (text, minor) => {
    expect(signed(text)).toBe(minor);
  });

  test.each([
    '-5-',
    '--5',
    '(5',
    '5)',
    '(-5)',
    '5 DR CR',
    'USD 5',
    '5 USD',
    'KES KES 5',
    'KES',
    '-KES -5',
    'KES 5 KES 5',
    '-5 DR',
    '1 2',
    'x'.repeat(100),
  ])('%j is none', (text) => {
    expect(typeof signed(text)).toBe('string');
  });
});

test('every exact amount is read back, grouped or not', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.constantFrom(0, 2, 3), (minor, exponent) => {
      const reading = figureReading(POINT, 'XXX', exponent);
      const plain = decimalWith(minor, exponent);
      const grouped = plain.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
      expect(signedMinor(plain, reading)).toBe(minor);
      expect(signedMinor(grouped, reading)).toBe(minor);
      expect(signedMinor(`-${grouped}`, reading)).toBe(minor === 0 ? 0 : -minor);
    }),
  );
});
