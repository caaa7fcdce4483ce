import { isDay } from '../domain/day.ts';
import { digitsAt, fileDay } from './calendar.ts';

/** A day and, where it is told, a time of day: as it is written, without its zone. */
export interface Moment {
  /** 2026-02-28; as written when it is no day of the calendar. */
  readonly day: string;
  /** 2026-02-28T13:15:00, null without a time of day. */
  readonly at: string | null;
  /** Whether the day is one of the calendar. */
  readonly exists: boolean;
}

/** Most lines of a statement share their days, and to look into a calendar takes longer than to read a line. */
const KNOWN = new Map<string, boolean>();
const MOST_KNOWN = 1000;

/** Whether text is a day of the calendar; quick for a day that was asked for before. */
export const dayExists = (day: string): boolean => {
  const known = KNOWN.get(day);
  if (known !== undefined) return known;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const exists = isDay(day);
  KNOWN.set(day, exists);
  return exists;
};

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?/;

/** Most movements of a statement share their days, and many have no time: what was read of a text last is what it says again. */
const MOMENTS = new Map<string, Moment>();

/** An ISO 8601 date or date and time: `2026-02-28`, `2026-02-28+03:00`, `2026-02-28T13:15:00.123456789Z`. The zone is not applied. */
export const isoMoment = (text: string): Moment => {
  const known = text.length === DAY_LENGTH ? MOMENTS.get(text) : undefined;
  if (known !== undefined) return known;
  const moment = readIso(text);
  if (text.length === DAY_LENGTH) {
    if (MOMENTS.size >= MOST_KNOWN) MOMENTS.clear();
    MOMENTS.set(text, moment);
  }
  return moment;
};

const DAY_LENGTH = 10;

const readIso = (text: string): Moment => {
  const [, day, time, seconds = ':00'] = ISO.exec(text) ?? [];
  if (day === undefined) return { day: text.slice(0, LONGEST_DAY), at: null, exists: false };
  const clock = time === undefined ? '' : time + seconds;
  return { day, at: isClock(clock) ? `${day}T${clock}` : null, exists: dayExists(day) };
};

/** A time of day between 00:00:00 and 23:59:59; 24:00:00 and leap seconds are in ISO 8601, and on no clock that counts on. */
const isClock = (text: string): boolean => /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text);

/** What is no day is kept as it is written, as far as a day could reach. */
const LONGEST_DAY = 40;

/** A date as OFX writes it: `20260228`, `20260228131500.123[-3:GMT]`. The zone is not applied: the day is the local one. */
export const compactMoment = (text: string): Moment => {
  const date = digitsAt(text, 0, 8);
  if (date < 0) return { day: text.slice(0, LONGEST_DAY), at: null, exists: false };
  const { iso, exists } = fileDay(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
  if (digitsAt(text, 8, 4) < 0) return { day: iso, at: null, exists };
  const seconds = digitsAt(text, 12, 2) < 0 ? '00' : text.slice(12, 14);
  const clock = `${text.slice(8, 10)}:${text.slice(10, 12)}:${seconds}`;
  return { day: iso, at: isClock(clock) ? `${iso}T${clock}` : null, exists };
};
