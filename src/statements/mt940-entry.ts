import { digitsAt, type FileDay, fileDay, shortDay } from './calendar.ts';
import { unreadable } from './faults.ts';
import { type FigureReading, minorBetween } from './minor-units.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const POINT = 0x2e;
const SLASH = 0x2f;
const CREDIT = 0x43;
const DEBIT = 0x44;
const EXPECTED = 0x45;
const REVERSED = 0x52;

const TYPE_LENGTH = 4;

/** How figures of a statement are read: with a decimal comma, as SWIFT wants it, or with a point. */
export interface EntryReading {
  readonly comma: FigureReading;
  readonly point: FigureReading;
}

/** What a `:61:` says, without the `:86:` that may follow. One is read after the other into the same entry. */
export class Entry {
  position = 0;
  value: FileDay = fileDay(1970, 1, 1);
  booked: FileDay = this.value;
  amountMinor = 0;
  /** Whether the bank only expects it (EC, ED in an MT942). */
  expected = false;
  /** Four characters: NTRF, NCHG, FTRF, S103. */
  typeCode = '';
  /** The account owner's reference; null for NONREF. */
  reference: string | null = null;
  /** The bank's own reference, after `//`. */
  bankReference: string | null = null;
  /** What stands on the lines below, but for a bank's reference that was put there for want of space. */
  extra = '';
  /** How its figures are read. */
  reading: EntryReading;

  constructor(reading: EntryReading) {
    this.reading = reading;
  }

  /**
   * Reads the first line of `:61:`, between two places of a text: value day, entry day (may be missing or four spaces), mark,
   * funds letter, amount, type, references. A reversed credit (RC) takes money out, a reversed debit (RD) brings it in, as
   * SWIFT has it. False where the line ends before its amount. Throws STATEMENT_UNREADABLE with its place.
   */
  read(text: string, from: number, to: number, position: number): boolean {
    this.position = position;
    this.extra = '';
    const start = skipSpaces(text, from);
    const value = shortDay(text, start);
    if (value === null) throw unreadable(position, ':61: does not begin with a day written YYMMDD');
    const monthDay = digitsAt(text, start + 6, 4);
    this.value = value;
    this.booked = monthDay < 0 || monthDay === value.monthDay ? value : nearestDay(value, monthDay);
    const first = skipSpaces(text, monthDay < 0 ? start + 6 : start + 10);
    const marked = markEnd(text, first);
    if (marked < 0) throw unreadable(position, ':61: has no mark C, D, RC or RD after its days');
    this.expected = capitalAt(text, first) === EXPECTED;
    let at = skipSpaces(text, marked);
    if (isLetter(text.charCodeAt(at))) at = skipSpaces(text, at + 1);
    if (at >= to) return false;
    const end = figureEnd(text, at);
    const amount = readFigure(text, at, end, this.reading);
    if (typeof amount === 'string') throw unreadable(position, `the amount of :61: cannot be read: ${amount}`);
    const out = (capitalAt(text, marked - 1) === DEBIT) !== (capitalAt(text, first) === REVERSED);
    this.amountMinor = out && amount > 0 ? -amount : amount;
    this.#readReferences(text, end, to);
    return true;
  }

  /** Reads what stands on the lines below. */
  readBelow(text: string): void {
    const [wrapped = '', reference = ''] = this.bankReference === null ? (WRAPPED.exec(text) ?? []) : [];
    this.bankReference ??= meant(reference);
    this.extra = text.slice(wrapped.length).trimStart();
  }

  #readReferences(text: string, from: number, to: number): void {
    const references = Math.min(from + TYPE_LENGTH, to);
    this.typeCode = text.slice(from, references);
    let slashes = references;
    while (slashes < to && (text.charCodeAt(slashes) !== SLASH || text.charCodeAt(slashes + 1) !== SLASH)) slashes += 1;
    this.reference = meantBetween(text, references, slashes);
    this.bankReference = slashes >= to ? null : meantBetween(text, slashes + 2, to);
  }
}

/** The bank's reference, which has at most sixteen characters, at the beginning of the line below. */
const WRAPPED = /^\/\/(\S{1,16})(?=\s|$)/;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

const skipSpaces = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at;
};

/** Where the mark C, D, RC, RD, EC or ED that begins at a place ends; -1 where there is none. */
function markEnd(text: string, at: number): number {
  const first = capitalAt(text, at);
  const last = first === REVERSED || first === EXPECTED ? at + 1 : at;
  const letter = capitalAt(text, last);
  return letter === CREDIT || letter === DEBIT ? last + 1 : -1;
}

/** A letter as a capital: some banks write `d1,01`. */
const capitalAt = (text: string, at: number): number => text.charCodeAt(at) & ~SPACE;

/** The day of this month that lies nearest to another: an entry of 2 January may have its value day in December. */
function nearestDay(value: FileDay, monthDay: number): FileDay {
  const [month, day] = [Math.floor(monthDay / 100), monthDay % 100];
  const year = digitsAt(value.iso, 0, 4) + Math.round((Math.floor(value.monthDay / 100) - month) / 12);
  return fileDay(year, month, day);
}

/** Where the figure that begins at a place ends. */
export function figureEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== COMMA && code !== POINT) return at;
    at += 1;
  }
}

/** An amount as banks write it: `500,00`, `500,`, `500`, and `500.00` or `1.234,50` where they do as they please. */
export function readFigure(text: string, from: number, to: number, reading: EntryReading): number | string {
  // The last separator is the decimal one.
  let last = to - 1;
  while (last > from && isDigit(text.charCodeAt(last))) last -= 1;
  const kind = text.charCodeAt(last) === POINT ? reading.point : reading.comma;
  return minorBetween(text, from, to, kind);
}

/** What banks write where there is no reference, or where it stands behind that code in `:86:`. */
const NO_REFERENCE = /^(?:NON?-?REF|NOT ?PROVIDED|NONE|[EKMP]REF\+?|MARF)$/i;

/** A reference without spaces around it; null where it says that there is none. */
export const meant = (text: string): string | null => meantBetween(text, 0, text.length);

/** The same between two places of a text. Loops over characters: methods that look at whole strings take longer. */
function meantBetween(text: string, from: number, to: number): string | null {
  let first = from;
  let last = to;
  while (first < last && text.charCodeAt(first) <= SPACE) first += 1;
  while (last > first && text.charCodeAt(last - 1) <= SPACE) last -= 1;
  if (first === last) return null;
  const reference = text.slice(first, last);
  return last - first <= LONGEST_WORD && isLetter(text.charCodeAt(first)) && NO_REFERENCE.test(reference)
    ? null
    : reference;
}

/** As long as `NOT PROVIDED`. */
const LONGEST_WORD = 12;
