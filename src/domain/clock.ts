import { failed } from './check.ts';
import { inWords } from './duration.ts';
import { Problem, type Check } from './problem.ts';

/** Clocks of machines that work together differ by this much, and nothing is made of it. */
export const CLOCK_TOLERANCE_MS = 2_000;
/** An office that has been silent for longer has been on leave, or a clock has leapt ahead: somebody must say which. */
export const LONGEST_SILENCE_MS = 7 * 24 * 60 * 60 * 1000;

/** What a machine's clock says, and the newest event that it must not contradict; null before the first. */
export interface ClockReading {
  readonly clock: Date;
  readonly newestAt: Date | null;
}

export type ClockVerdict = 'right' | 'behind' | 'ahead';

/** Exactly two seconds behind the newest event a clock is still right, and exactly seven days ahead of it. */
export function judgeClock({ clock, newestAt }: ClockReading): ClockVerdict {
  if (newestAt === null) return 'right';
  const aheadMs = clock.getTime() - newestAt.getTime();
  if (aheadMs < -CLOCK_TOLERANCE_MS) return 'behind';
  return aheadMs > LONGEST_SILENCE_MS ? 'ahead' : 'right';
}

/** The later of two instants; the first when there is no second. */
export const laterOf = (one: Date, other: Date | null): Date => (other !== null && other > one ? other : one);

/** The fix that every refusal by the clock names. */
export const CLOCK_FIX = 'set the clock; if it is right, an admin says so: treasury guard accept clock --reason REASON';

/** A clock, and the newest event of the office, which it contradicts. */
interface ContradictedClock {
  readonly clock: Date;
  readonly newestAt: Date;
}

const clockCode = ({ clock, newestAt }: ContradictedClock): string =>
  clock < newestAt ? 'CLOCK_BEHIND' : 'CLOCK_AHEAD';

/** What is wrong with a clock, as a failing check with both instants. */
export function clockCheck({ clock, newestAt }: ContradictedClock): Check {
  const offMs = clock.getTime() - newestAt.getTime();
  const how = offMs < 0 ? 'before' : 'after';
  const message = `This machine's clock says ${clock.toISOString()}, ${inWords(offMs)} ${how} the newest event of the office (${newestAt.toISOString()}).`;
  const facts = { clock: clock.toISOString(), newest_event: newestAt.toISOString(), off_by_ms: offMs };
  return failed(
    'clock',
    clockCode({ clock, newestAt }),
    message,
    { command: 'treasury guard accept clock --reason REASON' },
    facts,
  );
}

/** The refusal of whatever writes while the clock contradicts the newest event (exit 7). */
export function clockRefusal(reading: ContradictedClock): Problem {
  const check = clockCheck(reading);
  return new Problem('conflict', clockCode(reading), check.message, {
    unchanged: 'Nothing was changed.',
    fix: CLOCK_FIX,
    checks: [check],
    retryable: false,
  });
}
