import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { count, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { payments, requisitions } from './payment-tables.ts';

// Payee lists that are approved as one, and paid by one code. The SQLite twin is ../sqlite/batch-tables.ts.

export const batches = pgTable(
  'batches',
  {
    id: id(),
    ref: ref().unique(),
    title: text('title'),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    currency: text('currency').notNull(),
    rowCount: count('row_count').notNull(),
    totalMinor: minor('total_minor').notNull(),
    hash: text('hash').notNull(),
    status: text('status').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('batches_created').on(t.createdAt, t.id),
    check('batches_status', sql`${t.status} in ('submitted', 'approved', 'executing', 'cancelled')`),
    check('batches_figures', sql`${t.rowCount} > 0 and ${t.totalMinor} between 1 and 9007199254740991`),
  ],
);

export const batchItems = pgTable(
  'batch_items',
  {
    id: id(),
    batchId: uuid('batch_id')
      .notNull()
      .references(() => batches.id),
    seq: count('seq').notNull(),
    line: count('line').notNull(),
    requisitionId: uuid('requisition_id')
      .notNull()
      .unique()
      .references(() => requisitions.id),
    document: text('document'),
  },
  (t) => [
    uniqueIndex('batch_items_seq').on(t.batchId, t.seq),
    check('batch_items_place', sql`${t.seq} >= 1 and ${t.line} >= 1`),
  ],
);

export const batchPayments = pgTable('batch_payments', {
  itemId: uuid('item_id')
    .primaryKey()
    .references(() => batchItems.id),
  paymentId: uuid('payment_id')
    .notNull()
    .unique()
    .references(() => payments.id),
});

// Codes of batches, as otp_challenges holds those of payments.
export const batchChallenges = pgTable(
  'batch_challenges',
  {
    id: id(),
    batchId: uuid('batch_id')
      .notNull()
      .references(() => batches.id),
    executorId: uuid('executor_id')
      .notNull()
      .references(() => users.id),
    digest: text('digest').notNull(),
    codeHash: text('code_hash').notNull(),
    failures: count('failures').notNull(),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    expiresAt: instant('expires_at').notNull(),
    verifiedAt: instant('verified_at'),
    consumedAt: instant('consumed_at'),
    voidedAt: instant('voided_at'),
    channel: text('channel').notNull(),
  },
  (t) => [
    index('batch_challenges_batch').on(t.batchId, t.createdAt, t.id),
    check('batch_challenges_failures', sql`${t.failures} between 0 and 5`),
    check('batch_challenges_consumed_in_time', sql`${t.consumedAt} is null or ${t.consumedAt} <= ${t.expiresAt}`),
    check('batch_challenges_channel', sql`${t.channel} in ('mail', 'totp')`),
  ],
);
