import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { ledgerEntries } from './book-tables.ts';
import { count, id, instant, ref } from './columns.ts';
import { branches, companies, regions, users } from './office-tables.ts';
import { payments } from './payment-tables.ts';

// What needs two people, the reversals that two people made, and the clocks that were accepted. The Postgres twin is ../postgres/change-tables.ts.

export const changes = sqliteTable(
  'changes',
  {
    id: id(),
    ref: ref().unique(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    subjectUserId: text('subject_user_id').references(() => users.id),
    companyId: text('company_id').references(() => companies.id),
    regionId: text('region_id').references(() => regions.id),
    branchId: text('branch_id').references(() => branches.id),
    before: text('before').notNull(),
    after: text('after').notNull(),
    payload: text('payload').notNull(),
    reason: text('reason'),
    proposedBy: text('proposed_by')
      .notNull()
      .references(() => users.id),
    status: text('status').notNull(),
    decidedBy: text('decided_by').references(() => users.id),
    decidedAt: instant('decided_at'),
    decidedReason: text('decided_reason'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    check('changes_status', sql`${t.status} in ('pending', 'confirmed', 'rejected')`),
    check(
      'changes_decided',
      sql`(${t.status} = 'pending' and ${t.decidedBy} is null and ${t.decidedAt} is null) or (${t.status} <> 'pending' and ${t.decidedBy} is not null and ${t.decidedAt} is not null)`,
    ),
    check(
      'changes_two_people',
      sql`${t.status} <> 'confirmed' or (${t.decidedBy} <> ${t.proposedBy} and (${t.subjectUserId} is null or ${t.decidedBy} <> ${t.subjectUserId}))`,
    ),
    uniqueIndex('changes_one_pending')
      .on(t.kind, t.subject)
      .where(sql`status = 'pending'`),
    index('changes_created').on(t.createdAt, t.id),
    index('changes_subject').on(t.subject),
  ],
);

export const changeConfirmations = sqliteTable(
  'change_confirmations',
  {
    id: id(),
    changeId: text('change_id')
      .notNull()
      .references(() => changes.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('change_confirmations_once').on(t.changeId, t.userId)],
);

export const paymentReversals = sqliteTable('payment_reversals', {
  id: id(),
  paymentId: text('payment_id')
    .notNull()
    .unique()
    .references(() => payments.id),
  debitId: text('debit_id')
    .notNull()
    .unique()
    .references(() => ledgerEntries.id),
  creditId: text('credit_id')
    .notNull()
    .unique()
    .references(() => ledgerEntries.id),
  changeId: text('change_id')
    .notNull()
    .unique()
    .references(() => changes.id),
  revision: count('revision').notNull(),
  returnedReference: text('returned_reference').unique(),
  createdAt: instant('created_at').notNull(),
});

export const clockAcceptances = sqliteTable('clock_acceptances', {
  id: id(),
  acceptedAt: instant('accepted_at').notNull(),
  newestAt: instant('newest_at').notNull(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id),
  changeId: text('change_id').references(() => changes.id),
});
