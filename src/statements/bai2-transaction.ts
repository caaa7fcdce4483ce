import { type FileDay, fileDay, digitsAt, shortDay } from './calendar.ts';
import { unreadable } from './faults.ts';
import { LONGEST_DESCRIPTION } from './limits.ts';
import { figureReading, minorBetween } from './minor-units.ts';
import type { StatementLine } from './statement.ts';
import { spaced, trimmed } from './text-lines.ts';

/** Amounts are whole numbers of the smallest unit, whatever the currency. */
const WHOLE = { ...figureReading({ decimal: '.', thousands: null }, 'an amount in BAI2', 0), zerosBeyond: false };

const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;

/** An amount as it is written, in minor units; 0 for an empty field. Throws STATEMENT_UNREADABLE. */
export function wholeAmount(text: string, from: number, to: number, position: number): number {
  if (from === to) return 0;
  const sign = text.charCodeAt(from);
  const minor = minorBetween(text, sign === PLUS || sign === MINUS ? from + 1 : from, to, WHOLE);
  if (typeof minor === 'string')
    throw unreadable(position, `the amount "${text.slice(from, to)}" cannot be read: ${minor}`);
  return sign === MINUS && minor > 0 ? -minor : minor;
}

/** YYMMDD, or YYYYMMDD as some banks write it; null for anything else. */
export function bai2Day(text: string): FileDay | null {
  const day = text.trim();
  if (day.length !== 8) return day.length === 6 ? shortDay(day, 0) : null;
  const all = digitsAt(day, 0, 8);
  return all < 0 ? null : fileDay(Math.floor(all / 10_000), Math.floor(all / 100) % 100, all % 100);
}

/** Where the fields of a record stand, and at which line of the file it begins. */
export interface RecordPlace {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Whether it and its continuations have no two spaces side by side. */
  readonly even: boolean;
  readonly position: number;
}

/** Reads the fields of a record 16, which its continuations go on with: type, amount, funds type, two references, text. */
export class TransactionReader {
  /** Type of the record that was read last. */
  typeCode = 0;
  /** Its amount as written: without a direction, which the type has. */
  amountMinor = 0;
  #text = '';
  /** Where the text ends. */
  #end = 0;
  #even = false;
  #from = 0;
  #to = 0;
  #next = 0;
  #more: readonly string[] = [];
  #used = 0;

  /** Reads one record. `bookedOn` is the day of its group. Throws STATEMENT_UNREADABLE with its place. */
  read({ text, from, to, even, position }: RecordPlace, more: readonly string[], bookedOn: string): StatementLine {
    this.#text = text;
    this.#end = to;
    this.#even = even;
    this.#next = from;
    this.#more = more;
    this.#used = 0;
    this.#field();
    const typeCode = this.#to - this.#from === 3 ? digitsAt(this.#text, this.#from, 3) : -1;
    if (typeCode < 0) throw unreadable(position, 'a record 16 has no type of three digits');
    this.#field();
    const written = wholeAmount(this.#text, this.#from, this.#to, position);
    if (written < 0) throw unreadable(position, 'the amount of a record 16 has a sign: its type says where money goes');
    const value = this.#fundsDay(position);
    const externalId = this.#reference();
    const reference = this.#reference();
    const direction = directionOf(typeCode);
    this.typeCode = typeCode;
    this.amountMinor = written;
    return {
      position,
      bookedOn,
      valueOn: value,
      bookedAt: null,
      amountMinor: direction < 0 && written > 0 ? -written : written,
      balanceMinor: null,
      externalId,
      references: reference === null ? NONE : [reference],
      counterparty: null,
      counterpartyAccount: null,
      description: this.#description(),
      isCharge: isCharge(typeCode),
    };
  }

  /** Goes on to the next field, in the next continuation where this one is at its end; an empty one after the last. */
  #field(): void {
    while (this.#next > this.#end && this.#used < this.#more.length) {
      this.#text = this.#more[this.#used] ?? '';
      this.#end = this.#text.length;
      this.#used += 1;
      this.#next = 0;
    }
    if (this.#next > this.#end) {
      this.#from = this.#to = this.#end;
      return;
    }
    this.#from = this.#next;
    const comma = this.#text.indexOf(',', this.#next);
    this.#to = comma < 0 || comma > this.#end ? this.#end : comma;
    this.#next = this.#to + 1;
  }

  #string(): string {
    this.#field();
    return this.#text.slice(this.#from, this.#to).trim();
  }

  /** Passes over the funds type with its own fields: S has three amounts, V a day and a time, D a number of pairs. */
  #fundsDay(position: number): string | null {
    this.#field();
    if (this.#from === this.#to) return null;
    // Nearly every one is a single letter that has no fields of its own.
    if (this.#to === this.#from + 1 && !HAVE_FIELDS.includes(this.#text.charAt(this.#from))) return null;
    const type = this.#text.slice(this.#from, this.#to).trim().toUpperCase();
    if (type === 'V') {
      const day = bai2Day(this.#string());
      this.#field();
      return day?.iso ?? null;
    }
    let fields = type === 'S' ? 3 : 0;
    if (type === 'D') {
      const pairs = this.#string();
      if (!/^\d{1,2}$/.test(pairs))
        throw unreadable(position, 'funds type D does not say how many days it is spread over');
      fields = Number(pairs) * 2;
    }
    for (let field = 0; field < fields; field += 1) this.#field();
    return null;
  }

  #reference(): string | null {
    this.#field();
    if (this.#from === this.#to) return null;
    const reference = trimmed(this.#text.slice(this.#from, this.#to));
    return reference === '' || (reference.charCodeAt(0) === ZERO && /^0+$/.test(reference)) ? null : reference;
  }

  /** The text is all that is left, with its commas. */
  #description(): string {
    let text = this.#next > this.#end ? '' : trimmed(this.#text.slice(this.#next, this.#end));
    for (let at = this.#used; at < this.#more.length && text.length < LONGEST_DESCRIPTION; at += 1) {
      const more = trimmed(this.#more[at] ?? '');
      if (text === '' || more === '') text += more;
      else text += ` ${more}`;
    }
    const description = this.#even ? text : spaced(text);
    return description.length > LONGEST_DESCRIPTION ? description.slice(0, LONGEST_DESCRIPTION) : description;
  }
}

/** Funds types with fields of their own. */
const HAVE_FIELDS = 'VSDvsd';

const NONE: readonly string[] = [];

/**
 * Whether a type brings money in (1) or takes it out (-1), by the ranges of the BAI2 specification; 0 where it does neither:
 * loans' balances, types without money and types that nobody defined.
 */
export function directionOf(typeCode: number): -1 | 0 | 1 {
  if (typeCode >= 100 && typeCode <= 399) return 1;
  if (typeCode >= 400 && typeCode <= 699) return -1;
  if ((typeCode >= 720 && typeCode <= 759) || (typeCode >= 920 && typeCode <= 959)) return 1;
  return (typeCode >= 760 && typeCode <= 799) || typeCode >= 960 ? -1 : 0;
}

/** Overdraft, returned item, account analysis and miscellaneous fees. */
const isCharge = (typeCode: number): boolean =>
  typeCode === 564 || typeCode === 567 || typeCode === 661 || typeCode === 698;
