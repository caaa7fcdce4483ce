import { expect, test } from 'vitest';
import { instantAt } from '../../src/terminal/zone.ts';

test('a day and time are those that clocks of the zone show', () => {
  expect(instantAt('2026-12-01T09:30', 'Africa/Nairobi')).toEqual(new Date('2026-12-01T06:30:00Z'));
  expect(instantAt('2026-12-01T09:30:15', 'UTC')).toEqual(new Date('2026-12-01T09:30:15Z'));
});

test('a time that clocks skip is none; the minute before and after are', () => {
  expect(instantAt('2026-03-29T02:00', 'Europe/Berlin')).toBeNull();
  expect(instantAt('2026-03-29T02:59', 'Europe/Berlin')).toBeNull();
  expect(instantAt('2026-03-29T01:59', 'Europe/Berlin')).toEqual(new Date('2026-03-29T00:59:00Z'));
  expect(instantAt('2026-03-29T03:00', 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:00:00Z'));
});

test('of a time that clocks show twice it is the first', () => {
  expect(instantAt('2026-10-25T02:30', 'Europe/Berlin')).toEqual(new Date('2026-10-25T00:30:00Z'));
  expect(instantAt('2026-10-25T03:00', 'Europe/Berlin')).toEqual(new Date('2026-10-25T02:00:00Z'));
});
