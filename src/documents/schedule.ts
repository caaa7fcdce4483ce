import type { CarriedOut } from '../domain/carried-out.ts';
import type { ScheduleView } from '../store/schedules.ts';

/** A schedule as scripts see it: a payment for a time, or a job by a cron expression. */
export const scheduleDocument = ({ schedule, payment, fundCode, createdBy }: ScheduleView) => ({
  id: schedule.id,
  ref: schedule.ref,
  kind: schedule.kind,
  payment,
  job: schedule.job,
  fund: fundCode,
  folder: schedule.folder,
  at: schedule.dueAt?.toISOString() ?? null,
  cron: schedule.cron,
  status: schedule.status,
  otp_used: schedule.challengeId !== null,
  next_at: schedule.nextAt?.toISOString() ?? null,
  failures: schedule.failures,
  last_run_at: schedule.lastRunAt?.toISOString() ?? null,
  last_outcome: schedule.lastOutcome,
  last_detail: schedule.lastDetail,
  created_by: createdBy,
  created_at: schedule.createdAt.toISOString(),
  ended_at: schedule.endedAt?.toISOString() ?? null,
});
export type ScheduleDocument = ReturnType<typeof scheduleDocument>;

/** What a worker did: how much of each outcome, and the last of it. */
export const workDocument = (
  counts: Readonly<Record<CarriedOut['outcome'], number>>,
  items: readonly CarriedOut[],
) => ({
  done: counts.done,
  failed: counts.failed,
  refused: counts.refused,
  items: items.map(({ what, subject, outcome, detail }) => ({ what, subject, outcome, detail })),
});
