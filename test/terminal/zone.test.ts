import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfDay, formatInstant, isZone, minuteOfDay, startOfDay, todayIn } from '../../src/terminal/zone.ts';

const NAIROBI = 'Africa/Nairobi';
const BERLIN = 'Europe/Berlin';
const hoursOf = (day: string, zone: string) =>
  (endOfDay(day, zone).getTime() - startOfDay(day, zone).getTime()) / 3_600_000;

test('people see the clock of the office, with its name', () => {
  const at = new Date('2026-10-18T06:06:03.950Z');
  expect(formatInstant(at, NAIROBI)).toBe('2026-10-18 09:06:03 EAT');
  expect(formatInstant(at, BERLIN)).toBe('2026-10-18 08:06:03 CEST');
  expect(formatInstant(new Date('2026-12-18T06:06:03Z'), BERLIN)).toBe('2026-12-18 07:06:03 CET');
  expect(formatInstant(at, 'America/New_York')).toBe('2026-10-18 02:06:03 EDT');
  expect(formatInstant(at, 'UTC')).toBe('2026-10-18 06:06:03 UTC');
  expect(formatInstant(at, 'Asia/Kathmandu')).toBe('2026-10-18 11:51:03 GMT+5:45');
});

test('the day changes at midnight of the zone: one millisecond before, and then', () => {
  expect(todayIn(new Date('2026-10-17T20:59:59.999Z'), NAIROBI)).toBe('2026-10-17');
  expect(todayIn(new Date('2026-10-17T21:00:00.000Z'), NAIROBI)).toBe('2026-10-18');
});

test('a day starts at midnight and ends where the next starts', () => {
  expect(startOfDay('2026-10-18', NAIROBI).toISOString()).toBe('2026-10-17T21:00:00.000Z');
  expect(endOfDay('2026-10-18', NAIROBI).toISOString()).toBe('2026-10-18T21:00:00.000Z');
});

test('when clocks change, a day has 23 or 25 hours', () => {
  expect(hoursOf('2026-03-29', BERLIN)).toBe(23);
  expect(hoursOf('2026-10-25', BERLIN)).toBe(25);
  expect(hoursOf('2026-10-26', BERLIN)).toBe(24);
  expect(hoursOf('2026-10-25', NAIROBI)).toBe(24);
});

test('the repeated hour is told apart by name', () => {
  expect(formatInstant(new Date('2026-10-25T00:59:59Z'), BERLIN)).toBe('2026-10-25 02:59:59 CEST');
  expect(formatInstant(new Date('2026-10-25T01:00:00Z'), BERLIN)).toBe('2026-10-25 02:00:00 CET');
});

test('a day whose midnight is skipped starts when the clocks go on; a repeated midnight counts the first time', () => {
  expect(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z');
  expect(hoursOf('2018-11-04', 'America/Sao_Paulo')).toBe(23);
  expect(startOfDay('2024-11-03', 'America/Havana').toISOString()).toBe('2024-11-03T04:00:00.000Z');
  expect(hoursOf('2024-11-03', 'America/Havana')).toBe(25);
});

test('every instant lies within its own day', () => {
  const at = fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  const zone = fc.constantFrom(
    NAIROBI,
    BERLIN,
    'America/New_York',
    'Africa/Cairo',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  );
  fc.assert(
    fc.property(at, zone, (instant, place) => {
      const day = todayIn(instant, place);
      expect(startOfDay(day, place).getTime()).toBeLessThanOrEqual(instant.getTime());
      expect(endOfDay(day, place).getTime()).toBeGreaterThan(instant.getTime());
      expect(todayIn(startOfDay(day, place), place)).toBe(day);
    }),
  );
});

test('a zone is a name of the IANA list', () => {
  expect([NAIROBI, BERLIN, 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'].every(isZone)).toBe(true);
  expect(
    ['', 'Nairobi', 'Africa/Nairob', '+03:00', '../etc/passwd', 'Africa/Nairobi ', 'a'.repeat(9999)].some(isZone),
  ).toBe(false);
});

test('the clocks of every zone are those of Intl', () => {
  const formatted = new Map<string, Intl.DateTimeFormat>();
  const byIntl = (at: Date, zone: string) => {
    let format = formatted.get(zone);
    if (format === undefined) {
      format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      formatted.set(zone, format);
    }
    return format.format(at);
  };
  const zones = [...Intl.supportedValuesOf('timeZone'), 'Etc/GMT+3', 'Etc/GMT-14', 'EST5EDT', 'EST', 'GMT', 'Japan'];
  const own = process.env['TZ'];
  for (const [at, zone] of zones.entries()) {
    for (const year of [1970, 1995, 2011, 2026, 2030]) {
      const instant = new Date(Date.UTC(year, at % 12, 1 + (at % 28), at % 24, 59, 59, 999));
      expect(`${zone} ${formatInstant(instant, zone).slice(0, 19)}`).toBe(`${zone} ${byIntl(instant, zone)}`);
    }
  }
  expect(process.env['TZ']).toBe(own);
});

test('minutes of a day are those that clocks show: to the millisecond, and where they are put forward or back', () => {
  expect(minuteOfDay(new Date('2026-10-18T04:59:59.999Z'), NAIROBI)).toBe(8 * 60 - 1);
  expect(minuteOfDay(new Date('2026-10-18T05:00:00.000Z'), NAIROBI)).toBe(8 * 60);
  expect(minuteOfDay(new Date('2026-10-18T20:59:59.999Z'), NAIROBI)).toBe(24 * 60 - 1);
  expect(minuteOfDay(new Date('2026-10-18T21:00:00.000Z'), NAIROBI)).toBe(0);
  // Berlin goes from 02:00 to 03:00 in spring, and from 03:00 to 02:00 in autumn.
  expect(minuteOfDay(new Date('2026-03-29T00:59:59.999Z'), BERLIN)).toBe(2 * 60 - 1);
  expect(minuteOfDay(new Date('2026-03-29T01:00:00.000Z'), BERLIN)).toBe(3 * 60);
  expect(minuteOfDay(new Date('2026-10-25T00:59:59.999Z'), BERLIN)).toBe(3 * 60 - 1);
  expect(minuteOfDay(new Date('2026-10-25T01:00:00.000Z'), BERLIN)).toBe(2 * 60);
  expect(minuteOfDay(new Date('2026-10-25T07:00:00.000Z'), BERLIN)).toBe(8 * 60);
});
