import { addDays } from '../domain/day.ts';

/**
 * Short names of zones differ by place in Intl: only Kenya's English calls it EAT, Britain's CET, America's EST. The
 * first locale that knows a name other than GMT+3 gives it.
 */
const LOCALES = ['en-KE', 'en-GB', 'en-US', 'en-IN', 'en-AU'] as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a zone's clocks show at some instant: how far ahead of UTC, and the short name of that time. */
interface Clock {
  readonly aheadMs: number;
  readonly name: string;
}

/** The day it is at an instant in a zone, as an ISO day. */
export const todayIn = (now: Date, zone: string): string => localText(now.getTime(), zone).slice(0, 10);

/** The first instant of a day in a zone, also where clocks skip or repeat midnight. */
export const startOfDay = (day: string, zone: string): Date => {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  const before = clockAt(midnight - DAY_MS, zone).aheadMs;
  const after = clockAt(midnight + DAY_MS, zone).aheadMs;
  for (const ahead of before > after ? [before, after] : [after, before]) {
    if (clockAt(midnight - ahead, zone).aheadMs === ahead) return new Date(midnight - ahead);
  }
  return new Date(skippedMidnight(day, zone, midnight));
};

/** The instant that a day in a zone is over: the start of the next day, so it is not part of the day itself. */
export const endOfDay = (day: string, zone: string): Date => startOfDay(addDays(day, 1), zone);

/** An instant for people, in a zone and with its name: `2026-10-18 09:06:03 EAT`. */
export const formatInstant = (at: Date, zone: string): string => {
  const ms = at.getTime();
  const { aheadMs, name } = clockAt(ms, zone);
  return `${textOf(ms + aheadMs)} ${name}`;
};

/** Whether text names a time zone of the IANA list, such as Africa/Nairobi. */
export const isZone = (text: string): boolean => {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(text)) return false;
  try {
    formatterOf(LOCALES[0], text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** The first instant of a day whose midnight no clock of the zone shows, found by halving the days around it. */
const skippedMidnight = (day: string, zone: string, midnight: number): number => {
  let [earlier, later] = [midnight - 2 * DAY_MS, midnight + 2 * DAY_MS];
  while (later - earlier > 1) {
    const middle = Math.floor((earlier + later) / 2);
    if (localText(middle, zone).slice(0, 10) < day) earlier = middle;
    else later = middle;
  }
  return later;
};

const localText = (ms: number, zone: string): string => textOf(ms + clockAt(ms, zone).aheadMs);

/** `2026-10-18 09:06:03`. Lists are of few days, and a Date takes ten times as long to write one as this. */
const textOf = (localMs: number): string => {
  const day = Math.floor(localMs / DAY_MS);
  const second = Math.floor((localMs - day * DAY_MS) / 1000);
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
  return `${dayText(day)} ${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(second % 60)}`;
};

const twoDigits = (number: number): string => (number < 10 ? `0${number}` : String(number));

/** The day that was written last. */
let written = { day: Number.NaN, text: '' };

const dayText = (day: number): string => {
  if (written.day !== day) written = { day, text: new Date(day * DAY_MS).toISOString().slice(0, -14) };
  return written.text;
};

/** Clocks at the starts of UTC days, by zone. Asking Intl takes microseconds, and a list asks thousands of times. */
const clocksByDay = new Map<string, Map<number, Clock>>();

const clockAt = (ms: number, zone: string): Clock => {
  const day = Math.floor(ms / DAY_MS);
  const start = clockOfDay(day, zone);
  const end = clockOfDay(day + 1, zone);
  return start.aheadMs === end.aheadMs && start.name === end.name ? start : readClock(ms, zone);
};

const clockOfDay = (day: number, zone: string): Clock => {
  let days = clocksByDay.get(zone);
  if (days === undefined) clocksByDay.set(zone, (days = new Map<number, Clock>()));
  const known = days.get(day);
  if (known !== undefined) return known;
  const clock = readClock(day * DAY_MS, zone);
  days.set(day, clock);
  return clock;
};

const readClock = (ms: number, zone: string): Clock => {
  const readings = LOCALES.map((locale) => readIn(locale, ms, zone));
  return readings.find((clock) => !/^GMT[+-]/.test(clock.name)) ?? readIn(LOCALES[0], ms, zone);
};

const readIn = (locale: string, ms: number, zone: string): Clock => {
  const parts = formatterOf(locale, zone).formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const [year, month, day] = [Number(part('year')), Number(part('month')) - 1, Number(part('day'))];
  const local = Date.UTC(year, month, day, Number(part('hour')), Number(part('minute')), Number(part('second')));
  return { aheadMs: local - Math.floor(ms / 1000) * 1000, name: part('timeZoneName') };
};

const formatters = new Map<string, Intl.DateTimeFormat>();

const formatterOf = (locale: string, zone: string): Intl.DateTimeFormat => {
  const key = `${locale} ${zone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn`, {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  formatters.set(key, formatter);
  return formatter;
};
