import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, instant, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';

// What somebody has to look at, each thing once. The SQLite twin is ../sqlite/alert-tables.ts.

export const alerts = pgTable(
  'alerts',
  {
    id: id(),
    ref: ref().unique(),
    kind: text('kind').notNull(),
    subjectId: uuid('subject_id').notNull(),
    subject: text('subject').notNull(),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    message: text('message').notNull(),
    createdAt: instant('created_at').notNull(),
    acknowledgedBy: uuid('acknowledged_by').references(() => users.id),
    acknowledgedAt: instant('acknowledged_at'),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    uniqueIndex('alerts_once')
      .on(t.kind, t.subjectId)
      .where(sql`resolved_at is null`),
    index('alerts_created').on(t.createdAt, t.id),
    check(
      'alerts_kind',
      sql`${t.kind} in ('fund_low', 'fund_critical', 'payment_failed', 'payment_stuck', 'variance_waiting', 'replenishment_waiting')`,
    ),
    check('alerts_acknowledged', sql`(${t.acknowledgedBy} is null) = (${t.acknowledgedAt} is null)`),
  ],
);
