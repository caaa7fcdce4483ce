import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { count, id, instant, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { otpChallenges, payments } from './payment-tables.ts';

// What is done when its time comes: a payment once, or a job again and again. The Postgres twin is ../postgres/schedule-tables.ts.

export const schedules = sqliteTable(
  'schedules',
  {
    id: id(),
    ref: ref().unique(),
    kind: text('kind').notNull(),
    paymentId: text('payment_id').references(() => payments.id),
    fundId: text('fund_id').references(() => funds.id),
    job: text('job'),
    folder: text('folder'),
    cron: text('cron'),
    dueAt: instant('due_at'),
    challengeId: text('challenge_id')
      .unique()
      .references(() => otpChallenges.id),
    status: text('status').notNull(),
    nextAt: instant('next_at'),
    leaseHolder: text('lease_holder'),
    leaseUntil: instant('lease_until'),
    failures: count('failures').notNull(),
    lastRunAt: instant('last_run_at'),
    lastOutcome: text('last_outcome'),
    lastDetail: text('last_detail'),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('schedules_one_of_payment')
      .on(t.paymentId)
      .where(sql`status in ('active', 'paused')`),
    index('schedules_due')
      .on(t.nextAt, t.id)
      .where(sql`next_at is not null`),
    index('schedules_created').on(t.createdAt, t.id),
    index('schedules_payment').on(t.paymentId, t.createdAt),
    check(
      'schedules_kind',
      sql`(${t.kind} = 'payment' and ${t.paymentId} is not null and ${t.fundId} is not null and ${t.dueAt} is not null and ${t.job} is null and ${t.folder} is null and ${t.cron} is null) or (${t.kind} = 'job' and ${t.job} is not null and ${t.cron} is not null and ${t.paymentId} is null and ${t.dueAt} is null and ${t.challengeId} is null)`,
    ),
    check('schedules_status', sql`${t.status} in ('active', 'paused', 'done', 'refused', 'removed')`),
    check('schedules_next', sql`(${t.status} = 'active') = (${t.nextAt} is not null)`),
    check('schedules_ended', sql`(${t.status} in ('done', 'refused', 'removed')) = (${t.endedAt} is not null)`),
    check('schedules_jobs_repeat', sql`${t.kind} = 'payment' or ${t.status} in ('active', 'paused', 'removed')`),
    check('schedules_lease', sql`(${t.leaseHolder} is null) = (${t.leaseUntil} is null)`),
    check('schedules_failures', sql`${t.failures} >= 0`),
    check('schedules_outcome', sql`${t.lastOutcome} is null or ${t.lastOutcome} in ('done', 'failed', 'refused')`),
  ],
);
