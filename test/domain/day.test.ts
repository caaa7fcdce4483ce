import { expect, test } from 'vitest';
import { addDays, dayInZone, daysBetween, isDay, lastDayOf } from '../../src/domain/day.ts';

test('a day is a day when it exists and is written in full', () => {
  expect(['2026-02-28', '2028-02-29', '1970-01-01', '2026-12-31'].map(isDay)).toEqual([true, true, true, true]);
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-04-31',
    '1969-12-31',
    '2026-2-01',
    ' 2026-02-28',
    '2026-02-28T',
    '2026',
  ]) {
    expect([text, isDay(text)]).toEqual([text, false]);
  }
});

test('days are added and taken away over months, years and leap days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  expect(addDays('2026-10-18', 0)).toBe('2026-10-18');
});

test('days between two days are whole, and none where the second is the earlier one', () => {
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(daysBetween('2026-10-18', '2026-10-18')).toBe(0);
  expect(daysBetween('2026-10-19', '2026-10-18')).toBe(0);
});

test('the last day of a month knows leap years, centuries and December', () => {
  expect([lastDayOf(2026, 2), lastDayOf(2028, 2), lastDayOf(2100, 2)]).toEqual([
    '2026-02-28',
    '2028-02-29',
    '2100-02-28',
  ]);
  expect(lastDayOf(2026, 12)).toBe('2026-12-31');
});

test('the value date is the day where the office is, not the day in UTC', () => {
  const evening = new Date('2026-10-18T21:00:00.000Z');
  expect(dayInZone(evening, 'Africa/Nairobi')).toBe('2026-10-19');
  expect(dayInZone(new Date(evening.getTime() - 1), 'Africa/Nairobi')).toBe('2026-10-18');
  expect(dayInZone(evening, 'UTC')).toBe('2026-10-18');
});

test('a day has two digits for month and day, and a year of the common calendar, in every zone', () => {
  expect(dayInZone(new Date('2026-01-02T12:00:00.000Z'), 'UTC')).toBe('2026-01-02');
  expect(dayInZone(new Date('2026-01-02T12:00:00.000Z'), 'Asia/Bangkok')).toBe('2026-01-02');
});
