import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ledgerEntries } from './book-tables.ts';
import { count, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { payments } from './payment-tables.ts';
import { matches } from './statement-tables.ts';

// Differences found after the fact, of payments and of counts. The SQLite twin is ../sqlite/variance-tables.ts.

export const varianceAdjustments = pgTable(
  'variance_adjustments',
  {
    id: id(),
    ref: ref().unique(),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    paymentId: uuid('payment_id').references(() => payments.id),
    originalMinor: minor('original_minor').notNull(),
    adjustedMinor: minor('adjusted_minor').notNull(),
    varianceMinor: minor('variance_minor').notNull(),
    reason: text('reason').notNull(),
    evidence: text('evidence'),
    matchId: uuid('match_id')
      .unique()
      .references(() => matches.id),
    status: text('status').notNull(),
    recordedBy: uuid('recorded_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    decidedBy: uuid('decided_by').references(() => users.id),
    decidedAt: instant('decided_at'),
    decidedReason: text('decided_reason'),
    policyVersion: count('policy_version'),
    // The migration defers this key to the end of the transaction: an approval names its entry before it is posted.
    entryId: uuid('entry_id')
      .unique()
      .references(() => ledgerEntries.id),
  },
  (t) => [
    uniqueIndex('variance_adjustments_one_pending')
      .on(t.paymentId)
      .where(sql`status = 'pending'`),
    uniqueIndex('variance_adjustments_one_pending_count')
      .on(t.fundId)
      .where(sql`status = 'pending' and payment_id is null`),
    index('variance_adjustments_pending')
      .on(t.fundId, t.createdAt, t.id)
      .where(sql`status = 'pending'`),
    index('variance_adjustments_payment').on(t.paymentId),
    index('variance_adjustments_created').on(t.createdAt, t.id),
    index('variance_adjustments_fund_created').on(t.fundId, t.createdAt, t.id),
    check('variance_adjustments_status', sql`${t.status} in ('pending', 'approved', 'rejected')`),
    check(
      'variance_adjustments_figures',
      sql`${t.adjustedMinor} between 0 and 9007199254740991 and ${t.varianceMinor} between -9007199254740991 and 9007199254740991 and ${t.varianceMinor} <> 0 and ${t.varianceMinor} = ${t.adjustedMinor} - ${t.originalMinor}`,
    ),
    check(
      'variance_adjustments_decided',
      sql`(${t.status} = 'pending' and ${t.decidedBy} is null and ${t.decidedAt} is null and ${t.decidedReason} is null and ${t.policyVersion} is null) or (${t.status} <> 'pending' and ${t.decidedBy} is not null and ${t.decidedAt} is not null and ${t.policyVersion} is not null)`,
    ),
    check('variance_adjustments_applied', sql`(${t.status} = 'approved') = (${t.entryId} is not null)`),
    check('variance_adjustments_people_differ', sql`${t.decidedBy} is null or ${t.decidedBy} <> ${t.recordedBy}`),
    check('variance_adjustments_match_of_payment', sql`${t.matchId} is null or ${t.paymentId} is not null`),
  ],
);
