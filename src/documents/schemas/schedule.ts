import { z } from 'zod';
import { jobNames, SCHEDULE_STATUSES } from '../../domain/schedule.ts';

const instant = z.iso.datetime({ precision: 3 });
const outcome = z.enum(['done', 'failed', 'refused']);

/** `schedule add`, and each item of `schedule list`. */
export const scheduleSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('sch_'),
  kind: z.enum(['payment', 'job']),
  payment: z.string().startsWith('pay_').nullable(),
  job: z.enum(jobNames()).nullable(),
  fund: z.string().nullable(),
  folder: z.string().nullable(),
  at: instant.nullable(),
  cron: z.string().nullable(),
  status: z.enum(SCHEDULE_STATUSES),
  otp_used: z.boolean(),
  next_at: instant.nullable(),
  failures: z.int().nonnegative(),
  last_run_at: instant.nullable(),
  last_outcome: outcome.nullable(),
  last_detail: z.string().nullable(),
  created_by: z.string(),
  created_at: instant,
  ended_at: instant.nullable(),
});

/** `worker run` and `schedule run-due`. */
export const workSchema = z.strictObject({
  done: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  items: z.array(z.strictObject({ what: z.string(), subject: z.string(), outcome, detail: z.string() })),
});

/** `schedule crontab`. */
export const crontabSchema = z.strictObject({ line: z.string(), token_file: z.string() });
