import { quoted } from '../domain/quoted.ts';
import { shortDay, type FileDay } from './calendar.ts';
import { exponentIn } from './currency.ts';
import { unreadable } from './faults.ts';
import { figureReading } from './minor-units.ts';
import { type EntryReading, figureEnd, readFigure } from './mt940-entry.ts';
import type { ParserOptions, StatementClaims, StatementHeader } from './statement.ts';

/** What a message says of itself before its first balance. */
export interface Message {
  readonly position: number;
  readonly reference: string | null;
  account: string | null;
  number: string | null;
  page: string | null;
  begun: boolean;
}

/** A statement of which the end is not known yet. */
export interface OpenStatement {
  header: StatementHeader;
  opening: Balance | null;
  closing: Balance | null;
  from: string | null;
  to: string | null;
  /** F is final, M goes on on the next page; null while there is no closing balance. */
  closingKind: string | null;
  closingAt: number;
  interim: boolean;
  credits: Total | null;
  debits: Total | null;
}

/** How many entries there are on one side, where that is said, and their sum. */
export interface Total {
  readonly count: number | null;
  readonly minor: number;
}

/** What `:60F:` or `:62F:` says. */
export interface Balance {
  readonly minor: number;
  readonly currency: string;
  readonly day: FileDay | null;
}

/** A message that has said its reference and nothing else. */
export const newMessage = (position: number, reference: string | null): Message => ({
  position,
  reference: reference === '' ? null : reference,
  account: null,
  number: null,
  page: null,
  begun: false,
});

/** Where entries stand without any message. */
export const NO_MESSAGE: Message = newMessage(1, null);

/** What is known of a statement that has only begun. */
export const UNKNOWN: Omit<OpenStatement, 'header'> = {
  opening: null,
  closing: null,
  from: null,
  to: null,
  closingKind: null,
  closingAt: 0,
  interim: false,
  credits: null,
  debits: null,
};

/** How figures in a currency are read. */
export function readingOf(currency: string | null, options: ParserOptions): EntryReading {
  const exponent = exponentIn(currency, options);
  const code = currency ?? 'this currency';
  return {
    comma: figureReading({ decimal: ',', thousands: '.' }, code, exponent),
    point: figureReading({ decimal: '.', thousands: ',' }, code, exponent),
  };
}

/**
 * Reads `C240312USD17376,67`: mark, day, currency, amount. Some banks leave the currency out where the statement has said it.
 * Throws STATEMENT_UNREADABLE.
 */
export function readBalance(tag: string, text: string, place: Place & { readonly currency: string | null }): Balance {
  const [all, mark, said = ''] = /^([CD])\d{6}([A-Z]{3})?/.exec(text) ?? [];
  const currency = said === '' ? place.currency : said;
  if (all === undefined || currency === null)
    throw unreadable(place.position, `:${tag}: is not a mark C or D, a day YYMMDD, a currency and an amount`);
  const minor = readSum(tag, text, all.length, currency, place);
  return { minor: mark === 'D' && minor > 0 ? -minor : minor, currency, day: shortDay(text, 1) };
}

/** The currency that a balance names; null where it names none. */
export const currencyOf = (text: string): string | null => /^[CD]\d{6}([A-Z]{3})/.exec(text)?.[1] ?? null;

/** What balances and totals of a statement claim. */
export function claimsOf({ header, opening, closing, from, to, credits, debits }: OpenStatement): StatementClaims {
  const other = closing !== null && closing.currency !== header.currency ? { closingCurrency: closing.currency } : {};
  return {
    openingMinor: opening?.minor ?? null,
    closingMinor: closing?.minor ?? null,
    from,
    to,
    lines: null,
    creditsMinor: credits?.minor ?? null,
    debitsMinor: debits?.minor ?? null,
    creditLines: credits?.count ?? null,
    debitLines: debits?.count ?? null,
    ...other,
  };
}

/** Reads `3EUR0,03`: how many entries, currency, sum. Throws STATEMENT_UNREADABLE. */
export function readTotal(tag: string, text: string, place: Place): Total & { readonly currency: string } {
  // Some banks leave the number out where it is none.
  const [all, count, currency] = /^(\d{0,9})([A-Z]{3})/.exec(text) ?? [];
  if (all === undefined || currency === undefined)
    throw unreadable(place.position, `:${tag}: is not a number, a currency and a sum`);
  const minor = readSum(tag, text, all.length, currency, place);
  return { count: count === '' ? null : Number(count), currency, minor };
}

interface Place {
  readonly position: number;
  readonly options: ParserOptions;
}

function readSum(tag: string, text: string, from: number, currency: string, place: Place): number {
  const end = figureEnd(text, from);
  if (text.slice(end).trim() !== '')
    throw unreadable(place.position, `${quoted(text.slice(from))} in :${tag}: is no amount`);
  const minor = readFigure(text, from, end, readingOf(currency, place.options));
  if (typeof minor === 'string') throw unreadable(place.position, `the amount of :${tag}: cannot be read: ${minor}`);
  return minor;
}
