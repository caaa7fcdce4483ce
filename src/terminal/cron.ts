import { Cron } from 'croner';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';

const LONGEST = 100;
/** Five fields, or a name for them; a date, which the library would take too, repeats nothing. */
const FORM = /^(?:\S+(?: \S+){4}|@(?:hourly|daily|midnight|weekly|monthly|yearly|annually))$/i;

/**
 * A cron expression as it is kept: five fields with a blank between them, or `@daily` and its like. Throws usage CRON_INVALID, also
 * for one that never comes true.
 */
export function usableCron(typed: string, { zone, now }: { zone: string; now: Date }): string {
  const text = typed.trim().replaceAll(/\s+/g, ' ');
  if (text.length > LONGEST || !FORM.test(text))
    throw invalid(typed, 'it has five fields: minute, hour, day of month, month, day of week');
  if (timesOf(text, zone).nextRun(now) === null) throw invalid(typed, 'that never comes');
  return text;
}

/**
 * The first time after an instant that an expression means in a zone. Where clocks are put forward over it, it comes right after; where
 * they are put back, a time of day comes once.
 */
export function nextTime(cron: string, { zone, after }: { zone: string; after: Date }): Date {
  const next = timesOf(cron, zone).nextRun(after);
  if (next === null) throw invalid(cron, 'that never comes');
  return next;
}

function timesOf(cron: string, zone: string): Cron {
  try {
    return new Cron(cron, { timezone: zone, mode: '5-part', paused: true });
  } catch (error) {
    throw invalid(cron, error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error));
  }
}

const invalid = (text: string, why: string) =>
  usage('CRON_INVALID', `${quoted(text)} is not a cron expression: ${why}.`, {
    unchanged: 'Nothing was scheduled.',
    fix: "--cron '0 6 * * 1-5' is six in the morning, Monday to Friday",
  });
