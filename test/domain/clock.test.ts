import { describe, expect, test } from 'vitest';
import { clockCheck, clockRefusal, judgeClock, laterOf } from '../../src/domain/clock.ts';

const NEWEST = new Date('2026-10-18T06:00:00.000Z');
const DAY = 24 * 60 * 60 * 1000;
const at = (milliseconds: number): Date => new Date(NEWEST.getTime() + milliseconds);
const judged = (milliseconds: number) => judgeClock({ clock: at(milliseconds), newestAt: NEWEST });

describe('a clock and the newest event', () => {
  test('before the first event every clock is right', () => {
    expect(judgeClock({ clock: new Date(0), newestAt: null })).toBe('right');
  });

  test('two seconds behind is right, one millisecond more is behind', () => {
    expect(judged(-2_000)).toBe('right');
    expect(judged(-2_001)).toBe('behind');
  });

  test('seven days ahead is right, one millisecond more is ahead', () => {
    expect(judged(7 * DAY)).toBe('right');
    expect(judged(7 * DAY + 1)).toBe('ahead');
  });

  test('a refusal says both instants, how far they are apart, what did not happen and who can help', () => {
    const problem = clockRefusal({ clock: at(-3_600_000), newestAt: NEWEST });
    expect(problem).toMatchObject({ kind: 'conflict', code: 'CLOCK_BEHIND' });
    expect(problem.message).toBe(
      "This machine's clock says 2026-10-18T05:00:00.000Z, 1 h before the newest event of the office (2026-10-18T06:00:00.000Z).",
    );
    expect(problem.details).toMatchObject({
      unchanged: 'Nothing was changed.',
      fix: expect.stringContaining('treasury guard accept clock --reason REASON') as string,
      retryable: false,
    });
    expect(problem.details.checks).toMatchObject([
      {
        id: 'clock',
        ok: false,
        facts: { clock: '2026-10-18T05:00:00.000Z', newest_event: '2026-10-18T06:00:00.000Z', off_by_ms: -3_600_000 },
      },
    ]);
    expect(clockCheck({ clock: at(8 * DAY), newestAt: NEWEST })).toMatchObject({
      code: 'CLOCK_AHEAD',
      message: expect.stringContaining('8 d after') as string,
    });
  });

  test('the later of two instants', () => {
    expect(laterOf(NEWEST, null)).toBe(NEWEST);
    expect(laterOf(NEWEST, at(-1))).toBe(NEWEST);
    expect(laterOf(NEWEST, at(1))).toEqual(at(1));
  });
});
