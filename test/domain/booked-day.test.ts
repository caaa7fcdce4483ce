import { expect, test } from 'vitest';
import { bookedDayFault } from '../../src/domain/booked-day.ts';

test('a line may be booked from 1990 on, not a day earlier', () => {
  expect(bookedDayFault('1990-01-01', '2026-10-05')).toBeNull();
  expect(bookedDayFault('1989-12-31', '2026-10-05')).toBe('1989-12-31 is before 1990');
  expect(bookedDayFault('1989-12-31', null)).toBe('1989-12-31 is before 1990');
});

test('and up to 31 days after the day on which it is read, not a day later', () => {
  expect(bookedDayFault('2026-11-05', '2026-10-05')).toBeNull();
  expect(bookedDayFault('2026-11-06', '2026-10-05')).toBe('2026-11-06 is more than 31 days after today, 2026-10-05');
  expect(bookedDayFault('2062-10-05', null)).toBeNull();
});
