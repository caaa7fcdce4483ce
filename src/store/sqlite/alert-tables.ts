import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { id, instant, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';

// What somebody has to look at, each thing once. The Postgres twin is ../postgres/alert-tables.ts.

export const alerts = sqliteTable(
  'alerts',
  {
    id: id(),
    ref: ref().unique(),
    kind: text('kind').notNull(),
    subjectId: text('subject_id').notNull(),
    subject: text('subject').notNull(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    message: text('message').notNull(),
    createdAt: instant('created_at').notNull(),
    acknowledgedBy: text('acknowledged_by').references(() => users.id),
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
