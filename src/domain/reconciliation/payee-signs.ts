import { payeeKey } from '../payee-flags.ts';
import type { EntryFacts, LineFacts } from './facts.ts';

// Who was paid: phones, masked phones, accounts and names, as they are compared.

/** A phone of which a statement hides the middle: 2547****678. */
interface Mask {
  /** National digits at its beginning and at its end. */
  readonly head: string;
  readonly tail: string;
}

/** A name as it is compared. */
export interface Name {
  /** Its words without numbers, as written. */
  readonly words: readonly string[];
  /** The words in one order; null when they are too few or too short to tell people apart. */
  readonly key: string | null;
  /** The letters by which a cut name is found again; null when it has fewer. */
  readonly beginning: string | null;
}

/** What tells who was paid, of a line or of an entry. */
export interface PayeeSigns {
  /** Last nine digits of the Kenyan mobile numbers, wherever they stand. */
  readonly phones: readonly string[];
  /** Those that stand where the other party is named, so that no other is meant. */
  readonly shown: readonly string[];
  readonly masks: readonly Mask[];
  readonly account: string | null;
  readonly name: Name | null;
}

const PHONE = /(?<!\d)(?:\+?254|0)?[ -]?([17]\d{2}[ -]?\d{3}[ -]?\d{3})(?!\d)/g;
/** Nine digits alone may be an account. */
const WHOLE_PHONE = /(?<!\d)(?:\+?254|0)[ -]?([17]\d{2}[ -]?\d{3}[ -]?\d{3})(?!\d)/g;
const MASKED_PHONE = /(?<![\d*])\+?(?:254|0)(\d*)[*xX]{2,}(\d{2,})(?![\d*])/g;

/** The last nine digits of Kenyan mobile numbers in a text, however they are written. */
export const phonesIn = (text: string): string[] => nationalDigits(text, PHONE);

const nationalDigits = (text: string, phones: RegExp): string[] =>
  FEW_DIGITS.test(text)
    ? Array.from(text.matchAll(phones), ([, national]) => (national as string).replaceAll(/[ -]/g, ''))
    : [];
/** Most texts have no number at all, and are not searched for phones. */
const FEW_DIGITS = /\d{3}/;

const masksIn = (text: string): Mask[] =>
  HIDDEN.test(text)
    ? Array.from(text.matchAll(MASKED_PHONE), ([, head, tail]) => ({ head: head as string, tail: tail as string }))
    : [];
const HIDDEN = /[*xX]{2}/;

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

/** A payee's name as it is compared; null for a text without words. */
export function nameIn(text: string): Name | null {
  const words = payeeKey(text)
    .split(' ')
    .filter((word) => word !== '' && !/\d/.test(word));
  if (words.length === 0) return null;
  const joined = words.join('');
  return {
    words,
    key: words.length >= FEWEST_NAMES && joined.length >= SHORTEST_NAME ? words.toSorted().join(' ') : null,
    beginning: joined.length >= CUT_NAME ? joined.slice(0, CUT_NAME) : null,
  };
}

/** Whether `cut` is the name `whole`, cut off inside a word by a bank. Whole words may be the name of somebody else. */
export function isCutName(cut: Name, whole: Name): boolean {
  const [short, long] = [cut.words.join(' '), whole.words.join(' ')];
  return (
    cut.beginning !== null &&
    cut.words.length >= FEWEST_NAMES &&
    long.startsWith(short) &&
    /^\p{L}/u.test(long.slice(short.length))
  );
}

/** Whether two names may be one person's: each word of the shorter one stands in the longer one, or begins a word of it. */
export function mayBeOnePerson(one: Name, other: Name): boolean {
  const [short, long] = one.words.length <= other.words.length ? [one.words, other.words] : [other.words, one.words];
  return short.every((word) => long.some((longer) => longer.startsWith(word) || word.startsWith(longer)));
}

/** Reads who was paid; names that were read before are kept, as payees recur. */
export class SignReader {
  readonly #names = new Map<string, Name | null>();

  ofLine(line: LineFacts): PayeeSigns {
    const { counterparty, counterpartyAccount, description, references } = line;
    const party = `${counterpartyAccount ?? ''} | ${counterparty ?? ''}`;
    const shown = nationalDigits(party, WHOLE_PHONE);
    return {
      phones: [party, description, ...references].flatMap(phonesIn),
      shown,
      masks: masksIn(party),
      account: counterpartyAccount === null ? null : accountDigits(counterpartyAccount),
      name: counterparty === null ? null : this.#name(counterparty),
    };
  }

  ofEntry({ destination, payee }: EntryFacts): PayeeSigns {
    const phones = destination === null ? [] : nationalDigits(destination, WHOLE_PHONE);
    return {
      phones,
      shown: phones,
      masks: [],
      account: destination === null ? null : accountDigits(destination),
      name: payee === null ? null : this.#name(payee),
    };
  }

  #name(text: string): Name | null {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = nameIn(text);
      this.#names.set(text, name);
    }
    return name;
  }
}

/** Whether line and entry have one phone or one account, and which of the two. */
export function sameDestination(line: PayeeSigns, entry: PayeeSigns): 'same_phone' | 'same_account' | null {
  const [phone] = entry.phones;
  const shown = line.shown.length > 0 ? line.shown : line.phones;
  if (phone !== undefined && shown.includes(phone)) return hidesAnother(line, phone) ? null : 'same_phone';
  return entry.account !== null && entry.account === line.account ? 'same_account' : null;
}

const hidesAnother = ({ masks }: PayeeSigns, phone: string): boolean =>
  masks.length > 0 && !masks.some(({ head, tail }) => phone.startsWith(head) && phone.endsWith(tail));

/** Whether a line shows another phone than the one that the entry was ordered to. */
export function showsAnotherPhone(line: PayeeSigns, entry: PayeeSigns): boolean {
  const [phone] = entry.phones;
  if (phone === undefined || sameDestination(line, entry) !== null) return false;
  return line.shown.length > 0 || hidesAnother(line, phone);
}

/** Whether a line shows that the money went elsewhere than the entry says, so that no name makes them one. */
export function goesElsewhere(line: PayeeSigns, entry: PayeeSigns): boolean {
  if (entry.phones.length > 0) return showsAnotherPhone(line, entry);
  if (entry.account === null || sameDestination(line, entry) !== null) return false;
  if (line.shown.length > 0 || line.masks.length > 0) return true;
  return line.account !== null && !line.account.endsWith(entry.account) && !entry.account.endsWith(line.account);
}
