const DAY = /^\d{4}-\d\d-\d\d$/;

/** The first year that dates are read in; earlier ones are slips of the finger. */
export const FIRST_YEAR = 1970;

/** Whether text is a day that exists, written as ISO 8601 says: 2026-02-28, not 2026-02-30. */
export const isDay = (text: string): boolean => {
  if (!DAY.test(text) || Number(text.slice(0, 4)) < FIRST_YEAR) return false;
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && isoDay(at) === text;
};

/** The day that lies this many days later, or earlier when negative. */
export const addDays = (day: string, days: number): string =>
  isoDay(new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS));

/** The last day of a month: year 2026, month 2 gives 2026-02-28. Months count from 1. */
export const lastDayOf = (year: number, month: number): string => isoDay(new Date(Date.UTC(year, month, 0)));

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day of an instant in UTC. */
export const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

/** The day it is at an instant in a zone, as an ISO day. Swedish writes dates as ISO does. */
export const dayInZone = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE-u-ca-gregory-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);

/** Whole days from one ISO day to another; 0 where the second is the earlier one. */
export const daysBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS));
