import type { Backoff } from './backoff.ts';
import { isFailed } from './check.ts';
import { Problem, usage, type Check } from './problem.ts';
import { quoted } from './quoted.ts';

export const SCHEDULE_STATUSES = ['active', 'paused', 'done', 'refused', 'removed'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** Whether a text names a status of schedules. */
export const isScheduleStatus = (text: string): text is ScheduleStatus =>
  SCHEDULE_STATUSES.some((status) => status === text);

/** What may be repeated by a cron expression, each with what it takes. Payments never are. */
export const JOBS = {
  'replenish-check': { about: 'requests what low funds lack', ability: 'replenishment.request' },
  resolve: { about: 'looks after payments in flight', ability: 'payment.resolve' },
  deliver: { about: 'sends the letters that wait', ability: 'worker.run' },
  alerts: { about: 'raises and resolves alerts', ability: 'worker.run' },
  reconcile: { about: 'reconciles the files of a folder', ability: 'reconcile.run' },
} as const;
export type Job = keyof typeof JOBS;

/** Whether a text names a job. */
export const isJob = (text: string): text is Job => Object.hasOwn(JOBS, text);

/** Every job, in the order of the help. */
export const jobNames = (): readonly Job[] => Object.keys(JOBS).filter(isJob);

/** A payment cannot wait for longer: who gave the code would have forgotten it. */
const LONGEST_WAIT_DAYS = 366;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Refuses (SCHEDULE_TIME_INVALID, exit 2) a time that has passed, or is more than a year away. */
export function requireScheduleTime(at: Date, now: Date): void {
  const ahead = at.getTime() - now.getTime();
  if (ahead > 0 && ahead <= LONGEST_WAIT_DAYS * DAY_MS) return;
  const why = ahead <= 0 ? 'has passed' : `is more than ${LONGEST_WAIT_DAYS} days away`;
  throw usage('SCHEDULE_TIME_INVALID', `${at.toISOString()} ${why}.`, {
    unchanged: 'Nothing was scheduled.',
    fix: ahead <= 0 ? 'to pay now: treasury payment execute REF' : '--at with a nearer time',
  });
}

/** Checks of what the day brings: they are judged when the payment is due, and only told when it is scheduled. */
const OF_THE_DAY: ReadonlySet<string> = new Set(['limits', 'balance']);

/** The failing checks that keep a payment from being scheduled, and those that would keep it from being paid as things stand. */
export function judgeScheduling(checks: readonly Check[]): { against: readonly Check[]; postponed: readonly Check[] } {
  const failing = checks.filter(isFailed);
  return {
    against: failing.filter(({ id }) => !OF_THE_DAY.has(id)),
    postponed: failing.filter(({ id }) => OF_THE_DAY.has(id)),
  };
}

/** Refuses (CASH_NOT_SCHEDULED, exit 6) what a person has to hand over. */
export function requireSchedulable({ ref, method }: { readonly ref: string; readonly method: string }): void {
  if (method !== 'cash') return;
  throw new Problem(
    'refused',
    'CASH_NOT_SCHEDULED',
    `${ref} is cash: a person hands it over and is there when it is paid.`,
    {
      unchanged: 'Nothing was scheduled; the code can still be used.',
      fix: `treasury payment execute ${ref}`,
    },
  );
}

/** How a schedule is moved by people. */
export type ScheduleStep = 'pause' | 'resume' | 'remove';

const FROM: Readonly<Record<ScheduleStep, readonly string[]>> = {
  pause: ['active'],
  resume: ['paused'],
  remove: ['active', 'paused'],
};
const DONE: Readonly<Record<ScheduleStep, string>> = { pause: 'paused', resume: 'resumed', remove: 'removed' };

/** Refuses (SCHEDULE_NOT_OPEN, exit 6) a step that the schedule's status does not allow. */
export function requireStep(
  step: ScheduleStep,
  { ref, status }: { readonly ref: string; readonly status: string },
): void {
  if (FROM[step].includes(status)) return;
  throw new Problem('refused', 'SCHEDULE_NOT_OPEN', `${ref} is ${status} and cannot be ${DONE[step]}.`, {
    unchanged: 'It is as it was.',
    fix: `treasury schedule list`,
  });
}

/** Waits between tries of what could not be done for reasons that pass. */
export const SCHEDULE_BACKOFF: Backoff = { firstMs: 10_000, longestMs: 15 * 60_000 };

/** Refuses (SCHEDULE_KIND, exit 2) a time for a job, or a cron expression for anything but a job. */
export function requireKind({ what, at, cron }: { what: string; at: boolean; cron: boolean }): 'payment' | 'job' {
  const fault = kindFault({ what, at, cron });
  if (fault === null) return at ? 'payment' : 'job';
  throw usage('SCHEDULE_KIND', fault, { unchanged: 'Nothing was scheduled.', fix: 'treasury schedule add --help' });
}

function kindFault({ what, at, cron }: { what: string; at: boolean; cron: boolean }): string | null {
  if (at && cron)
    return 'A schedule has a time (--at, for a payment) or a cron expression (--cron, for a job), not both.';
  if (!at && !cron) return 'A schedule needs a time (--at, for a payment) or a cron expression (--cron, for a job).';
  if (cron && !isJob(what))
    return `Cron expressions repeat jobs, never payments: ${quoted(what)} is not one of ${jobNames().join(', ')}.`;
  return at && isJob(what) ? `${what} is a job: it is repeated by --cron.` : null;
}
