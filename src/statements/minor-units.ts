import { tooManyDecimals } from '../domain/money.ts';

/** How a file writes figures. */
export interface FigureStyle {
  readonly decimal: '.' | ',';
  /** What stands between groups of three digits, where the file has them. */
  readonly thousands: ',' | '.' | ' ' | "'" | null;
}

/** How a figure is to be read, as codes of characters; made once a file by `figureReading`. */
export interface FigureReading {
  readonly decimal: number;
  /** -1 where groups are not separated. */
  readonly thousands: number;
  readonly exponent: number;
  readonly currency: string;
  /** Whether zeros may stand beyond the decimals of the currency: `5.0000`, or `5.00` of what has none. */
  readonly zerosBeyond: boolean;
}

/** What `minorBetween` needs for figures of a style and currency with this exponent. */
export const figureReading = (style: FigureStyle, currency: string, exponent: number): FigureReading => ({
  decimal: style.decimal.charCodeAt(0),
  thousands: style.thousands?.charCodeAt(0) ?? -1,
  exponent,
  currency,
  zerosBeyond: true,
});

const GROUP = 3;

const ZERO = 0x30;
const NINE = 0x39;
const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;
const NARROW_SPACE = 0x202f;

/**
 * The unsigned figure between two places of a text in minor units, straight from its characters and never by way of a
 * float: always a safe integer. What is wrong with it, in words, where it is none, has more decimals than the currency
 * or is more than can be held exactly.
 */
export function minorBetween(text: string, from: number, to: number, reading: FigureReading): number | string {
  let minor = 0;
  let digits = 0;
  let decimals = -1;
  let group = -1;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      minor = minor * 10 + (code - ZERO);
      // Once beyond what is exact it stays beyond: later digits only add.
      if (minor > Number.MAX_SAFE_INTEGER) return 'it is more than can be held exactly';
      digits += 1;
      if (decimals >= 0) decimals += 1;
      else if (group >= 0) group += 1;
    } else if (code === reading.decimal && decimals < 0) {
      if (group >= 0 && group !== 3) return NOT_GROUPED;
      decimals = 0;
    } else if (decimals < 0 && separates(code, reading.thousands)) {
      if (digits === 0 || (group < 0 ? digits > 3 : group !== 3)) return NOT_GROUPED;
      group = 0;
    } else {
      return 'it is no figure';
    }
  }
  if (digits === 0) return from === to ? 'it is empty' : 'it has no digits';
  if (decimals < 0 && group >= 0 && group !== 3) return NOT_GROUPED;
  let places = Math.max(decimals, 0);
  // Zeros beyond the decimals of the currency are no decimals, but three of them could be thousands.
  if (places !== GROUP && reading.zerosBeyond)
    for (; places > reading.exponent && minor % 10 === 0; places -= 1) minor /= 10;
  if (places > reading.exponent) return tooManyDecimals(reading.currency, reading.exponent);
  return shifted(minor, reading.exponent - places);
}

/** Groups that a space separates are also written with spaces that do not break. */
const separates = (code: number, thousands: number): boolean =>
  code === thousands || (thousands === SPACE && (code === NO_BREAK_SPACE || code === NARROW_SPACE));

const NOT_GROUPED = 'its groups are not of three digits';

const shifted = (value: number, places: number): number | string => {
  let minor = value;
  for (let place = 0; place < places; place += 1) minor *= 10;
  return minor > Number.MAX_SAFE_INTEGER ? 'it is more than can be held exactly' : minor;
};

const isSpace = (code: number): boolean => code === SPACE || code === NO_BREAK_SPACE || code === 0x09;

/**
 * A figure with its sign in minor units: `-5.00`, `5.00-`, `(5.00)`, `+5.00`, and `5.00 DR` or `5.00 CR` as banks write
 * balances. Null for an empty cell or a dash; what is wrong, in words, for anything else.
 */
export function signedMinor(text: string, reading: FigureReading): number | string | null {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  if (from === to) return null;
  const first = text.charCodeAt(from);
  const last = text.charCodeAt(to - 1);
  if (last >= ZERO && last <= NINE) {
    if (first >= ZERO && first <= NINE) return minorBetween(text, from, to, reading);
    const second = first === MINUS ? text.charCodeAt(from + 1) : 0;
    if (second >= ZERO && second <= NINE) return negated(minorBetween(text, from + 1, to, reading));
  }
  if (to - from === 1 && first === MINUS) return null;
  return marked(text.slice(from, to), reading);
}

const negated = (minor: number | string): number | string =>
  typeof minor === 'string' || minor === 0 ? minor : -minor;

const MINUS = 0x2d;
const SIGNED = /^([+-])?\s?([\d.,' \u00a0\u202f]+?)\s?(-|CR|DR)?$/i;
const IN_PARENTHESES = /^\(([\d.,' \u00a0\u202f]+)\)$/;
const LONGEST = 60;

function marked(written: string, reading: FigureReading): number | string {
  if (written.length > LONGEST) return 'it is too long';
  const text = withoutCurrency(written, reading.currency);
  const [, inner] = IN_PARENTHESES.exec(text) ?? [];
  const [, sign, plain, mark = ''] = SIGNED.exec(text) ?? [];
  const figure = inner ?? plain;
  if (figure === undefined || (sign !== undefined && mark !== '')) return 'it is no figure';
  const minor = minorBetween(figure, 0, figure.length, reading);
  const out = inner !== undefined || sign === '-' || mark === '-' || mark.toUpperCase() === 'DR';
  return out ? negated(minor) : minor;
}

/** Letters beside a figure, which may name the currency that the figures are in, and no other. */
const CURRENCY_BEFORE = /^([+-]?)\s?([a-z]{1,4})\.?\s?(?=[-+(\d.,])/i;
const CURRENCY_BEHIND = /\s?([a-z]{3,4})$/i;
const SHILLINGS = /^(?:ksh|kshs|shs?)$/i;

function withoutCurrency(text: string, currency: string): string {
  const isName = (letters: string): boolean =>
    letters.toUpperCase() === currency || (currency === 'KES' && SHILLINGS.test(letters));
  const [before, sign = '', first] = CURRENCY_BEFORE.exec(text) ?? [];
  if (before !== undefined && first !== undefined && isName(first)) return sign + text.slice(before.length);
  const [behind, last] = CURRENCY_BEHIND.exec(text) ?? [];
  return behind !== undefined && last !== undefined && isName(last) ? text.slice(0, -behind.length) : text;
}
