import { addDays } from '../domain/day.ts';

/**
 * Short names of zones differ by place in Intl: only Kenya's English calls it EAT, Britain's CET, America's EST. The
 * first locale that knows a name other than GMT+3 gives it.
 */
const LOCALES = ['en-KE', 'en-GB', 'en-US', 'en-IN', 'en-AU'] as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day it is at an instant in a zone, as an ISO day. */
export const todayIn = (now: Date, zone: string): string => localText(now.getTime(), zone).slice(0, 10);

/** Minutes since midnight as clocks of a zone show them at an instant; where they are put forward or back, so is this. */
export const minuteOfDay = (now: Date, zone: string): number => {
  const local = now.getTime() + aheadAt(now.getTime(), zone);
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / 60_000);
};

/** The first instant of a day in a zone, also where clocks skip or repeat midnight. */
export const startOfDay = (day: string, zone: string): Date => {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  const before = aheadAt(midnight - DAY_MS, zone);
  const after = aheadAt(midnight + DAY_MS, zone);
  for (const ahead of before > after ? [before, after] : [after, before]) {
    if (aheadAt(midnight - ahead, zone) === ahead) return new Date(midnight - ahead);
  }
  return new Date(skippedMidnight(day, zone, midnight));
};

/**
 * The instant at which clocks of a zone show a day and time (`2026-10-25T02:30`, seconds as wanted): the first where they show it twice,
 * null where they skip it.
 */
export const instantAt = (local: string, zone: string): Date | null => {
  const shown = Date.parse(`${local.length === 16 ? `${local}:00` : local}.000Z`);
  const before = aheadAt(shown - DAY_MS, zone);
  const after = aheadAt(shown + DAY_MS, zone);
  for (const ahead of before > after ? [before, after] : [after, before]) {
    if (aheadAt(shown - ahead, zone) === ahead) return new Date(shown - ahead);
  }
  return null;
};

/** The instant that a day in a zone is over: the start of the next day, so it is not part of the day itself. */
export const endOfDay = (day: string, zone: string): Date => startOfDay(addDays(day, 1), zone);

/**
 * The day that it is in one zone when clocks of another show this: local ISO text without zone, such as 2026-10-18T23:30:00. Where
 * those clocks are put forward or back on that day, the time is counted from its beginning.
 */
export const dayElsewhere = (local: string, { from, to }: { from: string; to: string }): string => {
  const since = Date.parse(`1970-01-01T${local.slice(11, 19)}.000Z`);
  return todayIn(new Date(startOfDay(local.slice(0, 10), from).getTime() + (Number.isNaN(since) ? 0 : since)), to);
};

/** An instant for people, in a zone and with its name: `2026-10-18 09:06:03 EAT`. */
export const formatInstant = (at: Date, zone: string): string => {
  const ms = at.getTime();
  return `${textOf(ms + aheadAt(ms, zone))} ${nameAt(ms, zone)}`;
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

const localText = (ms: number, zone: string): string => textOf(ms + aheadAt(ms, zone));

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

/**
 * What a zone's clocks show at an instant, remembered for the days at whose start and end it is the same: asking takes
 * microseconds, and a list asks thousands of times.
 */
const byDay = <Value>(read: (ms: number, zone: string) => Value): typeof read => {
  const zones = new Map<string, Map<number, Value>>();
  return (ms, zone) => {
    let days = zones.get(zone);
    if (days === undefined) zones.set(zone, (days = new Map<number, Value>()));
    const [start, end] = [Math.floor(ms / DAY_MS), Math.floor(ms / DAY_MS) + 1].map((day) => {
      const value = days.get(day) ?? read(day * DAY_MS, zone);
      days.set(day, value);
      return value;
    });
    return start === undefined || start !== end ? read(ms, zone) : start;
  };
};

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
const aheadAt = byDay((ms, zone) => (ZONE_OF_PROCESS.test(zone) ? aheadByProcess(ms, zone) : aheadByIntl(ms, zone)));

/** Names that the C library takes for a rule of its own (`EST5EDT`) or for none are left to Intl. */
const ZONE_OF_PROCESS = /^[A-Za-z_]+(?:[/-][A-Za-z_]+)+$/;

/** The first use of Intl takes 30 ms, as long as a whole short command; dates know the same zones. */
const aheadByProcess = (ms: number, zone: string): number => {
  const own = process.env['TZ'];
  try {
    process.env['TZ'] = zone;
    const at = new Date(Math.floor(ms / 1000) * 1000);
    const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()];
    return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate(), hours, minutes, seconds) - at.getTime();
  } finally {
    if (own === undefined) delete process.env['TZ'];
    else process.env['TZ'] = own;
  }
};

const aheadByIntl = (ms: number, zone: string): number => {
  const part = partsOf(LOCALES[0], ms, zone);
  const [year, month, day] = [Number(part('year')), Number(part('month')) - 1, Number(part('day'))];
  const local = Date.UTC(year, month, day, Number(part('hour')), Number(part('minute')), Number(part('second')));
  return local - Math.floor(ms / 1000) * 1000;
};

/** The short name of a zone's time: EAT, or GMT+5:45 where no locale knows one. */
const nameAt = byDay((ms, zone) => {
  const names = LOCALES.map((locale) => partsOf(locale, ms, zone)('timeZoneName'));
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? names[0] ?? '';
});

const partsOf = (locale: string, ms: number, zone: string): ((type: Intl.DateTimeFormatPartTypes) => string) => {
  const parts = formatterOf(locale, zone).formatToParts(ms);
  return (type) => parts.find((one) => one.type === type)?.value ?? '';
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
