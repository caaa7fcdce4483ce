import { hasFormOfReceipt } from '../mpesa/receipt.ts';

// Which texts are evidence: identifiers and references, as they are compared.

/** An identifier as it is compared: capital letters and digits only. */
export const identifierKey = (text: string): string =>
  IS_KEY.test(text) ? text : text.toUpperCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
const IS_KEY = /^[0-9A-Z]*$/;

/** Fewest digits of an identifier that is not built as receipts are. */
const FEWEST_DIGITS = 4;
/** Fewest characters of a reference that is looked for inside other text. */
const SHORTEST_REFERENCE = 6;

const ZERO = 48;
const TWO = 50;
const NINE = 57;
const CAPITAL_A = 65;
const CAPITAL_Z = 90;

function digitsIn(key: string): number {
  let digits = 0;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits += 1;
  }
  return digits;
}

/**
 * Whether a key tells one movement from others when it stands in the field for the bank's own identifier on both sides. RENT,
 * JAN2026, WEEK12 and 0000 are typed for many payments.
 */
export const isIdentifier = (key: string): boolean => isPlainReceipt(key) || isIdentifierOfAnyKind(key);

/** The form that most have, told without looking for what few have: a receipt in which no year can stand. */
export function isPlainReceipt(key: string): boolean {
  if (key.length !== RECEIPT_LENGTH || isDigit(key.charCodeAt(0))) return false;
  let digits = 0;
  let isMixed = false;
  let before = 0;
  for (let at = 0; at < RECEIPT_LENGTH; at += 1) {
    const code = key.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (code === ZERO && before === TWO) return false;
    } else {
      if (code < CAPITAL_A || code > CAPITAL_Z) return false;
      isMixed ||= digits > 0;
    }
    before = code;
  }
  return isMixed;
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

const isIdentifierOfAnyKind = (key: string): boolean =>
  isLikeReceipt(key)
    ? !YEAR_ALONE.test(key)
    : digitsIn(key) >= FEWEST_DIGITS && !isPlaceholder(key) && !YEAR_ALONE.test(key) && !CALENDAR.test(key);

/** M-Pesa's receipts: ten capitals and digits; letters for year and month, then the day. SALARYWK12 is as long. */
const isLikeReceipt = (key: string): boolean =>
  key.length === RECEIPT_LENGTH && RECEIPT.test(key) && !WORD_AND_NUMBER.test(key);
const RECEIPT_LENGTH = 10;
const RECEIPT = /^(?=.*\d)[A-Z][0-9A-Z]{9}$/;
const WORD_AND_NUMBER = /^[A-Z]+\d+$/;

/** 0000, 111111, 123456: what forms are filled with when nothing is known. */
const isPlaceholder = (key: string): boolean =>
  /^(.)\1*$/u.test(key) || '012345678901234567890'.includes(key) || '98765432109876543210'.includes(key);

const YEAR = String.raw`(?:19|20)\d{2}`;
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = String.raw`(?:0[1-9]|[12]\d|3[01])`;
const MONTH_NAME = String.raw`(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\p{L}*`;
/** JAN2026, 20260131, 31012026, Q12026, 2026W05, 01JAN2026, FY20252026: said of many payments. */
const CALENDAR = new RegExp(
  [
    String.raw`^\p{L}*(?:${YEAR}(?:${MONTH}(?:${DAY})?|${YEAR})?|${DAY}?${MONTH}${YEAR}|\d{1,2}${YEAR})$`,
    String.raw`^${YEAR}\p{L}+\d{0,2}$`,
    String.raw`^\d{1,2}\p{L}*${MONTH_NAME}(?:${YEAR}|\d{2})$`,
  ].join('|'),
  'u',
);
/** RENT2026JAN, Q12026RENT; receipts may have other such numbers by chance. */
const YEAR_ALONE = /(?<!\d)\d{0,2}20[1-3]\d(?!\d)/;
/** 310126 and 260131 are days as well; as the bank's own identifier they may be cheques. */
const SHORT_DAY = new RegExp(String.raw`^\p{L}*(?:${DAY}${MONTH}[0-4]\d|[0-4]\d${MONTH}${DAY})$`, 'u');

/** Whether a key that somebody may have typed is too particular to stand in another payment's text by chance. */
export const isParticular = (key: string): boolean =>
  key.length >= SHORTEST_REFERENCE &&
  isIdentifier(key) &&
  (isBuiltAsReceipt(key) || (digitsIn(key) >= FEWEST_DIGITS && !SHORT_DAY.test(key)));

/** Whether a key is built like M-Pesa's receipts, and not like a few words: a digit after the letters of the date, or three anywhere. */
const isBuiltAsReceipt = (key: string): boolean =>
  isLikeReceipt(key) && (/^.{2,3}\d/.test(key) || digitsIn(key) >= FEWEST_DIGITS_OF_A_RECEIPT);
const FEWEST_DIGITS_OF_A_RECEIPT = 3;

/** Whether a key is a reference that the office itself made: PAY7F3K2M with its prefix, or with four digits at least. */
export const isOfficeReference = (key: string): boolean =>
  SHORT_REFERENCE.test(key) ||
  (key.length >= SHORTEST_REFERENCE && digitsIn(key) >= FEWEST_DIGITS && !CALENDAR.test(key));
const SHORT_REFERENCE = /^[A-Z]{3}(?=.*\d)[0-9A-HJKMNP-TV-Z]{6,12}$/;

/** Letters that people take for digits on paper, told apart no more. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', S: '5', B: '8', Z: '2' };
const withoutLookAlikes = (key: string): string =>
  key.replaceAll(/[OILSBZ]/g, (letter) => LOOK_ALIKES[letter] as string);

/** Whether two different keys are one identifier, mistyped: neighbours exchanged, or a letter taken for the digit that looks like it. */
export function isMistyped(one: string, other: string): boolean {
  if (one === other || one.length !== other.length) return false;
  if (withoutLookAlikes(one) === withoutLookAlikes(other)) return true;
  let at = 0;
  while (one[at] === other[at]) at += 1;
  return one.slice(0, at) + one.slice(at + 1, at + 2) + one.slice(at, at + 1) + one.slice(at + 2) === other;
}

/**
 * Whether two identifiers of one kind name two different movements. Identifiers of different kinds say nothing of each other. What is
 * too doubtful to be taken for evidence may still speak against it.
 */
export const contradict = (one: string, other: string): boolean =>
  one !== other && kindOf(one) !== null && kindOf(one) === kindOf(other) && !isMistyped(one, other);

/** Whether a receipt of M-Pesa's and what may be one are two, also where they have fewer digits than words have. */
export const areTwoReceipts = (receipt: string, other: string): boolean =>
  receipt !== other && hasFormOfReceipt(other) && !isMistyped(receipt, other);

const RECEIPTS = 'receipt';
/** One system gives all its identifiers one length, and begins them with the same letters; null for what is none. */
const kindOf = (key: string): string | null => {
  const isKnown = isIdentifier(key);
  if (isBuiltAsReceipt(key) || (isKnown && RECEIPT.test(key))) return RECEIPTS;
  return isKnown ? `${key.replace(/\P{L}.*$/u, '')} ${key.length}` : null;
};

/** The receipts in a text, as they are compared. */
export const receiptsIn = (text: string): string[] =>
  text.length < RECEIPT_LENGTH
    ? []
    : (text.toUpperCase().match(RECEIPT_IN_TEXT) ?? []).filter((key) => kindOf(key) === RECEIPTS);
const RECEIPT_IN_TEXT = /(?<![\p{L}\p{N}])[A-Z][0-9A-Z]{9}(?![\p{L}\p{N}])/gu;
