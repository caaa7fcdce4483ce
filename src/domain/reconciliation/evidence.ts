import { payeeKey } from '../payee-flags.ts';
import type { LineFacts } from './facts.ts';

// What of a text is evidence: identifiers, references, phones, accounts and names, as they are compared.

/** An identifier as it is compared: capital letters and digits only. */
export const identifierKey = (text: string): string => text.toUpperCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** Fewest characters of an identifier that can be evidence on its own. */
const SHORTEST_IDENTIFIER = 4;
/** Fewest characters, and fewest digits among them, of a reference that is looked for inside other text. */
const SHORTEST_REFERENCE = 6;
const FEWEST_DIGITS = 4;

const digitsIn = (key: string): number => key.replaceAll(/\D/g, '').length;

/** Whether a key says which payment is meant when it stands alone in a field of its own. */
export const isIdentifier = (key: string): boolean => key.length >= SHORTEST_IDENTIFIER && digitsIn(key) > 0;

/** Whether a key is too particular to stand in another payment's text by chance: words, years and dates are not. */
export const isParticular = (key: string): boolean =>
  key.length >= SHORTEST_REFERENCE && !CALENDAR.test(key) && (digitsIn(key) >= FEWEST_DIGITS || isShortReference(key));

/** JAN2026, 20260131: said of many payments. */
const CALENDAR = /^\p{L}*(?:19|20)\d{2}(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?$/u;

/** The office's own references, PAY7F3K2M, carry their prefix and may have few digits. */
const isShortReference = (key: string): boolean => /^[A-Z]{3}(?=.*\d)[0-9A-Z]{6,12}$/.test(key);

/** More words than this in one text are not joined; statements have a few hundred characters at most. */
const MOST_WORDS = 200;
/** PV-NBI-2026-00412 is four words. */
const MOST_JOINED = 5;

/** Every key that stands in a line's texts: single words, and neighbours joined, as references are written with and without dashes. */
export function keysIn(line: LineFacts): Set<string> {
  const keys = new Set<string>();
  const texts = [line.externalId, ...line.references, line.description, line.counterparty, line.counterpartyAccount];
  for (const text of texts) if (text !== null) addKeys(keys, text);
  return keys;
}

function addKeys(keys: Set<string>, text: string): void {
  const words = text
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u, MOST_WORDS)
    .filter((word) => word !== '');
  for (let start = 0; start < words.length; start += 1) {
    let key = '';
    for (let end = start; end < words.length && end < start + MOST_JOINED; end += 1) {
      key += words[end] ?? '';
      keys.add(key);
    }
  }
}

/** The last nine digits of Kenyan mobile numbers in a text, however they are written. */
export function phonesIn(text: string): string[] {
  const found = text.matchAll(/(?<!\d)(?:\+?254|0)?[ -]?([17]\d{2}[ -]?\d{3}[ -]?\d{3})(?!\d)/g);
  return [...found].map(([, national = '']) => national.replaceAll(/[ -]/g, ''));
}

const SHORTEST_ACCOUNT = 6;

/** The digits of an account, without the bank that may stand before it; null when too few to tell accounts apart. */
export function accountDigits(text: string): string | null {
  const runs = text.replaceAll(/(?<=\d)[ -](?=\d)/g, '').match(/\d+/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest.length >= SHORTEST_ACCOUNT ? longest : null;
}

/** Letters of a name that tell people apart, and how many words they must be. */
const SHORTEST_NAME = 8;
const FEWEST_NAMES = 2;
/** Banks cut names at their eighteenth character or so. */
const CUT_NAME = 12;

/** A payee's name as it is compared: its words, sorted, without numbers; null when it is too short to tell people apart. */
export function nameKey(text: string): string | null {
  const words = nameWords(text);
  return words.length >= FEWEST_NAMES && words.join('').length >= SHORTEST_NAME ? words.toSorted().join(' ') : null;
}

/** The beginning by which a cut name is found again: the first letters of the name as written; null when it has fewer. */
export function nameBeginning(text: string): string | null {
  const joined = nameWords(text).join('');
  return joined.length >= CUT_NAME ? joined.slice(0, CUT_NAME) : null;
}

/** Whether `cut` is the name `whole`, cut off by a bank: at least two words and twelve letters of it. */
export function isCutName(cut: string, whole: string): boolean {
  const [short, long] = [nameWords(cut).join(' '), nameWords(whole).join(' ')];
  return short.length < long.length && long.startsWith(short) && short.includes(' ') && short.length >= CUT_NAME;
}

const nameWords = (text: string): string[] =>
  payeeKey(text)
    .split(' ')
    .filter((word) => word !== '' && !/\d/.test(word));

/** Letters that people take for digits on paper, told apart no more. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', S: '5', B: '8', Z: '2' };
const withoutLookAlikes = (key: string): string =>
  key.replaceAll(/[OILSBZ]/g, (letter) => LOOK_ALIKES[letter] ?? letter);

/** Whether two different keys are one identifier, mistyped: neighbours exchanged, or a letter taken for the digit that looks like it. */
export function isMistyped(one: string, other: string): boolean {
  if (one === other || one.length !== other.length) return false;
  if (withoutLookAlikes(one) === withoutLookAlikes(other)) return true;
  const at = [...one].findIndex((letter, place) => letter !== other[place]);
  const exchanged = one.slice(0, at) + (one[at + 1] ?? '') + (one[at] ?? '') + one.slice(at + 2);
  return exchanged === other;
}

/** M-Pesa's receipts: ten capitals and digits, the first a letter. */
const RECEIPT = /^(?=.*\d)[A-Z][0-9A-Z]{9}$/;
const shapeOf = (key: string): string =>
  RECEIPT.test(key) ? 'receipt' : key.replaceAll(/\p{L}/gu, 'A').replaceAll(/\p{N}/gu, '9');

/** Whether two identifiers of one kind name two different movements. Identifiers of different kinds say nothing of each other. */
export const contradict = (one: string, other: string): boolean =>
  one !== other && shapeOf(one) === shapeOf(other) && !isMistyped(one, other);
