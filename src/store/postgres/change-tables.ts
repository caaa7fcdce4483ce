import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ledgerEntries } from './book-tables.ts';
import { count, id, instant, ref } from './columns.ts';
import { branches, companies, regions, users } from './office-tables.ts';
import { payments } from './payment-tables.ts';

// What needs two people, the reversals that two people made, and the clocks that were accepted. The SQLite twin is ../sqlite/change-tables.ts.

export const changes = pgTable(
  'changes',
  {
    id: id(),
    ref: ref().unique(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    subjectUserId: uuid('subject_user_id').references(() => users.id),
    companyId: uuid('company_id').references(() => companies.id),
    regionId: uuid('region_id').references(() => regions.id),
    branchId: uuid('branch_id').references(() => branches.id),
    before: text('before').notNull(),
    after: text('after').notNull(),
    payload: text('payload').notNull(),
    reason: text('reason'),
    proposedBy: uuid('proposed_by')
      .notNull()
      .references(() => users.id),
    status: text('status').notNull(),
    decidedBy: uuid('decided_by').references(() => users.id),
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

export const changeConfirmations = pgTable(
  'change_confirmations',
  {
    id: id(),
    changeId: uuid('change_id')
      .notNull()
      .references(() => changes.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('change_confirmations_once').on(t.changeId, t.userId)],
);

export const paymentReversals = pgTable('payment_reversals', {
  id: id(),
  paymentId: uuid('payment_id')
    .notNull()
    .unique()
    .references(() => payments.id),
  debitId: uuid('debit_id')
    .notNull()
    .unique()
    .references(() => ledgerEntries.id),
  creditId: uuid('credit_id')
    .notNull()
    .unique()
    .references(() => ledgerEntries.id),
  changeId: uuid('change_id')
    .notNull()
    .unique()
    .references(() => changes.id),
  revision: count('revision').notNull(),
  returnedReference: text('returned_reference').unique(),
  createdAt: instant('created_at').notNull(),
});

export const clockAcceptances = pgTable('clock_acceptances', {
  id: id(),
  acceptedAt: instant('accepted_at').notNull(),
  newestAt: instant('newest_at').notNull(),
  userId: uuid('user_id')
    .notNull()
    .references(() => users.id),
  changeId: uuid('change_id').references(() => changes.id),
});
