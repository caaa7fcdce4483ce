import { describe, expect, test } from 'vitest';
import { nextTime, usableCron } from '../../src/terminal/cron.ts';

const BERLIN = 'Europe/Berlin';

/** The times after an instant that an expression means, as many as are asked for. */
function times(cron: string, { zone = BERLIN, from, count }: { zone?: string; from: string; count: number }): string[] {
  const found: string[] = [];
  for (let after = new Date(from); found.length < count;) {
    after = nextTime(cron, { zone, after });
    found.push(after.toISOString().slice(0, 16));
  }
  return found;
}

describe('in spring, when clocks are put forward at two', () => {
  test('what comes at half past two comes right after the hour that is skipped, once', () => {
    expect(times('30 2 * * *', { from: '2026-03-27T12:00:00Z', count: 3 })).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  test('six in the morning stays six in the morning', () => {
    expect(times('0 6 * * *', { from: '2026-03-28T00:00:00Z', count: 2 })).toEqual([
      '2026-03-28T05:00',
      '2026-03-29T04:00',
    ]);
  });
});

describe('in autumn, when clocks are put back at three', () => {
  test('half past two comes once, the first time', () => {
    expect(times('30 2 * * *', { from: '2026-10-24T12:00:00Z', count: 2 })).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  test('every half hour comes every half hour, also in the hour that comes twice', () => {
    expect(times('*/30 * * * *', { from: '2026-10-24T23:45:00Z', count: 5 })).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ]);
  });
});

test('an office without summer time has the same hour all year', () => {
  const zone = 'Africa/Nairobi';
  expect(times('0 6 1 1,7 *', { zone, from: '2026-01-02T00:00:00Z', count: 2 })).toEqual([
    '2026-07-01T03:00',
    '2027-01-01T03:00',
  ]);
});

test('a time that an expression names is never the instant it is asked for', () => {
  expect(times('0 6 * * *', { zone: 'UTC', from: '2026-01-02T06:00:00.000Z', count: 1 })).toEqual(['2026-01-03T06:00']);
  expect(times('0 6 * * *', { zone: 'UTC', from: '2026-01-02T05:59:59.999Z', count: 1 })).toEqual(['2026-01-02T06:00']);
});

const NOW = { zone: BERLIN, now: new Date('2026-10-18T06:00:00Z') };

test('an expression is kept with one blank between its fields', () => {
  expect(usableCron('  0   6 * *\t1-5 ', NOW)).toBe('0 6 * * 1-5');
  expect(usableCron('@daily', NOW)).toBe('@daily');
});

test.each([
  ['* * * *', 'it has five fields'],
  ['* * * * * *', 'it has five fields'],
  ['2026-12-01T09:00:00', 'it has five fields'],
  ['@reboot', 'it has five fields'],
  ['61 * * * *', 'minute'],
  ['0 0 30 2 *', 'that never comes'],
  ['a b c d e', 'is not a cron expression'],
  [`${'1,'.repeat(60)}1 * * * *`, 'it has five fields'],
])('%s is refused', (text, why) => {
  expect(() => usableCron(text, NOW)).toThrow(why);
});
