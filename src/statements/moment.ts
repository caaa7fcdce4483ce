import { isDay } from '../domain/day.ts';

/** A day and, where it is told, a time of day: as it is written, without its zone. */
export interface Moment {
  /** 2026-02-28; as written when it is no day of the calendar. */
  readonly day: string;
  /** 2026-02-28T13:15:00, null without a time of day. */
  readonly at: string | null;
  /** Whether the day is one of the calendar. */
  readonly exists: boolean;
}

/** Days come in runs, so what was last found of one is found again. */
let lastDay = '';
let lastExists = false;

/** Whether text is a day of the calendar; quick for the same day again. */
export const dayExists = (day: string): boolean => {
  if (day !== lastDay) {
    lastExists = isDay(day);
    lastDay = day;
  }
  return lastExists;
};

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?/;

/** An ISO 8601 date or date and time: `2026-02-28`, `2026-02-28+03:00`, `2026-02-28T13:15:00.123456789Z`. The zone is not applied. */
export const isoMoment = (text: string): Moment => {
  const [, day, time, seconds = ':00'] = ISO.exec(text) ?? [];
  if (day === undefined) return { day: text.slice(0, LONGEST_DAY), at: null, exists: false };
  return { day, at: time === undefined ? null : `${day}T${time}${seconds}`, exists: dayExists(day) };
};

/** What is no day is kept as it is written, as far as a day could reach. */
const LONGEST_DAY = 40;
