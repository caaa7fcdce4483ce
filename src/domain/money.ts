import { exponentOf } from './currency.ts';
import { Problem, usage } from './problem.ts';
import { quoted } from './quoted.ts';

/** Longer text than any amount can have is refused before a pattern sees it. */
const LONGEST_AMOUNT = 40;

const AMOUNT = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/;

export interface AmountOptions {
  /** Whether 0 is allowed: openings, levels, thresholds and counts. */
  readonly zero?: boolean;
}

/**
 * An amount as people type it (`12500`, `12,500.00`), in minor units of the currency: always a safe integer.
 * Throws usage AMOUNT_INVALID, which says what is wrong and shows how to write it.
 */
export const parseAmount = (text: string, currency: string, options: AmountOptions = {}): number => {
  const exponent = exponentOf(currency);
  const refuse = (fault: string) =>
    usage(
      'AMOUNT_INVALID',
      `${quoted(text)} is not an amount in ${currency}: ${fault}. Write it like ${exampleOf(currency)}.`,
    );
  if (text.length > LONGEST_AMOUNT) throw refuse('it is too long');
  const written = AMOUNT.exec(text);
  if (written === null) throw refuse(faultOf(text));
  const [, whole = '', decimals = ''] = written;
  // `0,500` is half a shilling where the comma is the decimal mark: nobody groups the thousands of none.
  if (/^0[\d,]/.test(whole)) throw refuse('it starts with a 0');
  if (decimals.length > exponent) throw refuse(tooManyDecimals(currency, exponent));
  const minor = BigInt(whole.replaceAll(',', '') + decimals.padEnd(exponent, '0'));
  if (minor > Number.MAX_SAFE_INTEGER) {
    throw refuse(`the highest amount is ${formatAmount(Number.MAX_SAFE_INTEGER, currency)}`);
  }
  if (minor === 0n && options.zero !== true) throw refuse('it must be more than 0');
  return Number(minor);
};

/** The reason why text does not even have the form of an amount. */
const faultOf = (text: string): string => {
  if (text === '') return 'it is empty';
  if (/\s/.test(text)) return 'it has spaces in it';
  if (text.startsWith('-')) return 'it is negative';
  if (text.startsWith('+')) return 'it starts with a plus sign';
  if (/^[\d.,]+$/.test(text)) return 'commas separate groups of three digits, and one point the decimals';
  if (/^\d[\d.,]*e[+-]?\d+$/i.test(text)) return 'exponents are not read';
  return 'only digits, commas and one point are read';
};

/** Why an amount with more decimals is none, in words. */
export const tooManyDecimals = (currency: string, exponent: number): string =>
  exponent === 0 ? `${currency} has no decimals` : `${currency} has ${exponent} decimals`;

const exampleOf = (currency: string): string => grouped(decimalOf(12_500 * 10 ** exponentOf(currency), currency));

/** Minor units as a plain decimal for machines: "12500.00", "-5.00"; UGX "12500". */
export const decimalOf = (minor: number, currency: string): string => decimalWith(minor, exponentOf(currency));

/** The same with so many decimals, where the currency is not one that a fund can hold. */
export const decimalWith = (minor: number, exponent: number): string => pointed(assertMinor(minor), exponent);

/** The sum of many amounts, which may be more than one amount can be, as a plain decimal. */
export const decimalOfSum = (sum: bigint, currency: string): string => pointed(sum, exponentOf(currency));

function pointed(minor: number | bigint, exponent: number): string {
  const digits = (minor < 0 ? -minor : minor).toString();
  const sign = minor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(exponent + 1, '0');
  return `${sign}${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
}

/** Minor units for people, with the currency: "KES 12,500.00", "KES -5.00". */
export const formatAmount = (minor: number, currency: string): string =>
  formatDecimal(decimalOf(minor, currency), currency);

/** A decimal as machines get it ("12500.00") for people, with the currency: "KES 12,500.00". */
export const formatDecimal = (decimal: string, currency: string): string => `${currency} ${grouped(decimal)}`;

/** Commas between groups of three digits; a pattern that finds their places takes five times as long, in lists of thousands. */
const grouped = (decimal: string): string => {
  const point = decimal.indexOf('.');
  const first = decimal.startsWith('-') ? 1 : 0;
  let text = decimal;
  for (let at = (point === -1 ? decimal.length : point) - 3; at > first; at -= 3)
    text = `${text.slice(0, at)},${text.slice(at)}`;
  return text;
};

/** Returns the figure when it is a safe integer, so that no digit was lost; throws integrity AMOUNT_NOT_EXACT. */
export const assertMinor = (value: number): number => {
  if (Number.isSafeInteger(value)) return value;
  throw new Problem('integrity', 'AMOUNT_NOT_EXACT', `${value} is not an exact number of minor units.`);
};

/** The sum of two exact amounts of one currency, in minor units; throws integrity AMOUNT_OVERFLOW. */
export const addMinor = (a: number, b: number): number => {
  const sum = assertMinor(a) + assertMinor(b);
  if (Number.isSafeInteger(sum)) return sum;
  throw new Problem(
    'integrity',
    'AMOUNT_OVERFLOW',
    `The sum of ${a} and ${b} minor units is more than can be held exactly.`,
  );
};
