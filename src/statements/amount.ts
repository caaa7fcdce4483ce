import { quoted } from '../domain/quoted.ts';
import { unreadable } from './faults.ts';

/** Where an amount stands and what it is counted in, for reading it and for saying what is wrong with it. */
export interface AmountPlace {
  readonly position: number;
  /** Decimals of the currency. */
  readonly exponent: number;
}

/** A sum of exact amounts, as long as it is exact itself. Throws usage STATEMENT_UNREADABLE above 2^53-1. */
export const exactSum = (sum: number, position: number | null): number => {
  if (Number.isSafeInteger(sum)) return sum;
  throw unreadable(position, 'the sum of its lines is more than can be held exactly');
};

/** Longer text than any amount can have is refused before anything looks at it. */
const LONGEST_AMOUNT = 40;

/** Fifteen digits are always a safe integer. */
const SAFE_DIGITS = 15;

const ZERO = 0x30;

/**
 * A plain decimal (`12500.00`, `-5`, `+.5`) in minor units, exactly. Zeros beyond the decimals of the currency are no decimals.
 * Throws usage STATEMENT_UNREADABLE for anything else, for more decimals, and above 2^53-1.
 */
export const plainAmount = (text: string, { position, exponent }: AmountPlace): number => {
  const read = readPlain(text, exponent);
  if (typeof read === 'string') throw unreadable(position, `${quoted(text)} ${read}`);
  return read;
};

/** The same where an amount may be left out of account; null when it cannot be read. */
export const plainAmountOrNull = (text: string, exponent: number): number | null => {
  const read = readPlain(text, exponent);
  return typeof read === 'string' ? null : read;
};

/** The amount, or what is wrong with it. */
const readPlain = (text: string, exponent: number): number | string =>
  (text.length <= SAFE_DIGITS ? quickAmount(text, exponent) : undefined) ?? carefulAmount(text, exponent);

/** The same for the form that nearly every amount has; undefined for all others. */
function quickAmount(text: string, exponent: number): number | undefined {
  const negative = text.charCodeAt(0) === 0x2d;
  const point = text.length - exponent - 1;
  const first = negative ? 1 : 0;
  if (point <= first && exponent > 0) return undefined;
  let minor = 0;
  let digits = 0;
  for (let at = first; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e && at === point && exponent > 0) continue;
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (at === point && exponent > 0)) return undefined;
    minor = minor * 10 + digit;
    digits += 1;
  }
  if (digits === 0) return undefined;
  return negative && minor > 0 ? -minor : minor;
}

const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?$/;

function carefulAmount(text: string, exponent: number): number | string {
  if (text.length > LONGEST_AMOUNT) return TOO_LONG;
  const [, sign = '', whole = '', decimals = ''] = PLAIN.exec(text) ?? [];
  if (whole === '' && decimals === '') return NO_AMOUNT;
  if (/[^0]/.test(decimals.slice(exponent)))
    return `has more decimals than the currency, which has ${exponent === 0 ? 'none' : exponent}`;
  const minor = BigInt(`0${whole}${decimals.slice(0, exponent).padEnd(exponent, '0')}`);
  if (minor > Number.MAX_SAFE_INTEGER) return 'is more than can be held exactly';
  return sign === '-' && minor > 0n ? -Number(minor) : Number(minor);
}

const NO_AMOUNT = 'is no amount';
const TOO_LONG = 'is too long for an amount';

/**
 * An amount as some programs write it where the standard wants a plain decimal: `-1.234,50`, `$120`, `12,5`, `1 000.00`,
 * `(5.00)`. One separator before exactly three digits could be either kind, and is refused, as everything else is that cannot
 * be read in one way only. Throws usage STATEMENT_UNREADABLE.
 */
export const freeAmount = (text: string, place: AmountPlace): number => {
  const quick = text.length <= SAFE_DIGITS ? quickAmount(text, place.exponent) : undefined;
  return quick ?? plainAmount(plainText(text, place.position), place);
};

/** Letters may stand before a currency's sign: `R$`, `US$`. */
const FREE = /^([+-]?)\s*(?:\p{Lu}{0,3}\p{Currency_Symbol})?\s*([+-]?)([\d.,' \u00a0\u202f\u2019]+)$/u;

function plainText(text: string, position: number): string {
  const refuse = (why: string): Error => unreadable(position, `${quoted(text)} ${why}`);
  if (text.length > LONGEST_AMOUNT) throw refuse(TOO_LONG);
  const bracketed = text.startsWith('(') && text.endsWith(')');
  const [, outer = '', inner = '', figures = ''] = FREE.exec(bracketed ? text.slice(1, -1) : text) ?? [];
  if (figures === '' || (outer !== '' && inner !== '') || (bracketed && outer + inner !== '')) throw refuse(NO_AMOUNT);
  const digits = figures.replaceAll(/['\s\u2019]/g, '');
  const sign = bracketed ? '-' : outer + inner;
  const separators = digits.replaceAll(/\d/g, '');
  if (separators === '') return sign + digits;
  const last = separators.at(-1) ?? '';
  const others = separators.slice(0, -1);
  // Different kinds: the last one is the decimal point. Only one kind, several times: groups of three.
  const [whole, decimals] =
    others === '' || !others.includes(last) ? splitAt(digits, digits.lastIndexOf(last)) : ([digits, ''] as const);
  if (others === '' && last === ',' && decimals.length === 3)
    throw refuse('can be read in two ways: with a decimal comma, or with one between thousands');
  if (others !== '' && !/^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/.test(whole)) throw refuse(NO_AMOUNT);
  return `${sign}${whole.replaceAll(/[.,]/g, '')}.${decimals}`;
}

const splitAt = (text: string, at: number): readonly [string, string] => [text.slice(0, at), text.slice(at + 1)];

/** Digits of a group of thousands, and of what could be one. */
const GROUP = 3;
const COULD_BE_GROUPED = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/** An amount that may be less exact than it is written. */
export interface NearestAmount {
  readonly minor: number;
  /** What had to be done to count it, in words; null where nothing had. */
  readonly fault: string | null;
}

/**
 * The same as `freeAmount`, but for what banks that reckon in fractions really send: more decimals than the currency has are
 * rounded, half away from zero, and a point without any digit is nothing; both are told, because nobody can pay or hold them.
 * Three decimals could be thousands: they are refused, or told where the last is a zero that no currency needs.
 */
export const nearestAmount = (text: string, place: AmountPlace): NearestAmount => {
  const quick = text.length <= SAFE_DIGITS ? quickAmount(text, place.exponent) : undefined;
  if (quick !== undefined) return { minor: quick, fault: null };
  if (/^[.,]$/.test(text))
    return { minor: 0, fault: `the amount ${quoted(text)} has no digits: it is counted as nothing` };
  const plain = plainText(text, place.position);
  const grouped = place.exponent !== GROUP && COULD_BE_GROUPED.test(plain);
  const [, sign = '', whole = '', decimals = ''] = PLAIN.exec(plain) ?? [];
  const beyond = decimals.slice(place.exponent);
  if (!/[^0]/.test(beyond) || decimals.length === GROUP)
    return {
      minor: plainAmount(plain, place),
      fault: grouped ? `the amount ${quoted(text)} could be in thousands: it is read with decimals` : null,
    };
  const cut = plainAmount(`${whole}.${decimals.slice(0, place.exponent)}0`, place);
  const minor = exactSum(cut + (beyond >= '5' ? 1 : 0), place.position);
  return {
    minor: sign === '-' && minor > 0 ? -minor : minor,
    fault: `the amount ${quoted(text)} has more decimals than its currency: it is rounded`,
  };
};
