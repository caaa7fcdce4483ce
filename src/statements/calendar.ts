import { FIRST_YEAR, isDay } from '../domain/day.ts';

/** A day of a file. */
export interface FileDay {
  /** 2016-02-30; as written, when the calendar has no such day. */
  readonly iso: string;
  readonly exists: boolean;
  /** Month and day as one number: 230 for 30 February. */
  readonly monthDay: number;
}

/** Statements name few days many times; beyond so many the oldest are found anew. */
const MOST_KNOWN = 4_096;
const known = new Map<number, FileDay>();

/** A day in numbers, with its year in full; quick for days that were asked for before. */
export function fileDay(year: number, month: number, day: number): FileDay {
  const key = (year * 100 + month) * 100 + day;
  const found = known.get(key);
  if (found !== undefined) return found;
  const iso = `${year.toString().padStart(4, '0')}-${two(month)}-${two(day)}`;
  const made = { iso, exists: isDay(iso), monthDay: month * 100 + day };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, made);
  return made;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** The year that two digits mean: 70 to 99 are of the last century, as no statement is older. */
export const fullYear = (twoDigits: number): number => twoDigits + (twoDigits < FIRST_YEAR - 1900 ? 2000 : 1900);

const ZERO = 0x30;

/** The number that `count` digits of a text stand for; -1 where one is no digit. */
export function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let place = at; place < at + count; place += 1) {
    const digit = text.charCodeAt(place) - ZERO;
    // What lies beyond the end is NaN, which no comparison holds for.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** YYMMDD at a place of a text; null where these are not six digits. */
export function shortDay(text: string, at: number): FileDay | null {
  const all = digitsAt(text, at, 6);
  return all < 0 ? null : fileDay(fullYear(Math.floor(all / 10_000)), Math.floor(all / 100) % 100, all % 100);
}
