import { sql } from 'drizzle-orm';
import { check, index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { count, flag, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { paymentExecutions, payments } from './payment-tables.ts';
import { webhooks } from './webhook-tables.ts';

// Where the money is and what happened: the funds' books, requests to top them up, the audit chain, the outbox. The Postgres twin is ../postgres/book-tables.ts.

export const ledgerEntries = sqliteTable(
  'ledger_entries',
  {
    id: id(),
    ref: ref().unique(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    seq: count('seq').notNull(),
    type: text('type').notNull(),
    kind: text('kind').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    balanceAfterMinor: minor('balance_after_minor').notNull(),
    valueDate: text('value_date').notNull(),
    paymentId: text('payment_id').references(() => payments.id),
    executionId: text('execution_id').references(() => paymentExecutions.id),
    replenishmentId: text('replenishment_id'),
    reversesId: text('reverses_id'),
    description: text('description').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('ledger_entries_fund_seq').on(t.fundId, t.seq),
    uniqueIndex('ledger_entries_one_payment_debit')
      .on(t.paymentId)
      .where(sql`kind = 'payment'`),
    index('ledger_entries_created').on(t.createdAt, t.id),
    index('ledger_entries_fund_created').on(t.fundId, t.createdAt, t.id),
    index('ledger_entries_payment').on(t.paymentId),
    // Payments are nearly all entries, and debits are: these are found along time, the others along their own.
    index('ledger_entries_kind')
      .on(t.kind, t.createdAt, t.id)
      .where(sql`kind <> 'payment'`),
    index('ledger_entries_fund_kind')
      .on(t.fundId, t.kind, t.createdAt, t.id)
      .where(sql`kind <> 'payment'`),
    index('ledger_entries_type')
      .on(t.type, t.createdAt, t.id)
      .where(sql`type <> 'debit'`),
    index('ledger_entries_fund_type')
      .on(t.fundId, t.type, t.createdAt, t.id)
      .where(sql`type <> 'debit'`),
    check('ledger_entries_type', sql`${t.type} in ('debit', 'credit', 'adjustment')`),
    check(
      'ledger_entries_kind',
      sql`${t.kind} in ('opening', 'payment', 'fee', 'replenishment', 'variance', 'transfer', 'return', 'reversal', 'suspense')`,
    ),
    check(
      'ledger_entries_amount',
      sql`(${t.type} = 'adjustment' and ${t.amountMinor} <> 0 and ${t.amountMinor} between -9007199254740991 and 9007199254740991) or (${t.type} <> 'adjustment' and ${t.amountMinor} between 1 and 9007199254740991)`,
    ),
    check('ledger_entries_payment_has_execution', sql`${t.kind} <> 'payment' or ${t.executionId} is not null`),
  ],
);

export const ledgerTotals = sqliteTable(
  'ledger_totals',
  {
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    type: text('type').notNull(),
    kind: text('kind').notNull(),
    entries: count('entries').notNull(),
    amountMinor: minor('amount_minor').notNull(),
  },
  (t) => [primaryKey({ columns: [t.fundId, t.type, t.kind] })],
);

export const replenishmentRequests = sqliteTable(
  'replenishment_requests',
  {
    id: id(),
    ref: ref().unique(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    balanceMinor: minor('balance_minor').notNull(),
    requestedMinor: minor('requested_minor').notNull(),
    approvedMinor: minor('approved_minor'),
    fundedMinor: minor('funded_minor'),
    status: text('status').notNull(),
    autoTriggered: flag('auto_triggered').notNull(),
    amountFixed: flag('amount_fixed').notNull(),
    requestedBy: text('requested_by').references(() => users.id),
    approvedBy: text('approved_by').references(() => users.id),
    rejectedBy: text('rejected_by').references(() => users.id),
    fundedBy: text('funded_by').references(() => users.id),
    reason: text('reason').notNull(),
    decidedReason: text('decided_reason'),
    reference: text('reference').unique(),
    createdAt: instant('created_at').notNull(),
    decidedAt: instant('decided_at'),
    fundedAt: instant('funded_at'),
  },
  (t) => [
    uniqueIndex('replenishment_requests_one_open')
      .on(t.fundId)
      .where(sql`status in ('pending', 'approved')`),
    check('replenishment_requests_status', sql`${t.status} in ('pending', 'approved', 'funded', 'rejected')`),
    check(
      'replenishment_requests_funded',
      sql`${t.fundedMinor} is null or (${t.fundedMinor} between 1 and ${t.approvedMinor})`,
    ),
    check(
      'replenishment_requests_people_differ',
      sql`(${t.approvedBy} is null or ${t.requestedBy} is null or ${t.approvedBy} <> ${t.requestedBy}) and (${t.fundedBy} is null or ${t.fundedBy} <> ${t.approvedBy}) and (${t.fundedBy} is null or ${t.requestedBy} is null or ${t.fundedBy} <> ${t.requestedBy})`,
    ),
    index('replenishment_requests_created').on(t.createdAt, t.id),
  ],
);

export const auditEvents = sqliteTable(
  'audit_events',
  {
    chain: text('chain').notNull(),
    seq: count('seq').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    body: text('body').notNull(),
    at: text('at').generatedAlwaysAs(sql`(json_extract(body, '$.at'))`, { mode: 'virtual' }),
    actor: text('actor').generatedAlwaysAs(sql`(json_extract(body, '$.actor'))`, { mode: 'virtual' }),
    action: text('action').generatedAlwaysAs(sql`(json_extract(body, '$.action'))`, { mode: 'virtual' }),
    subject: text('subject').generatedAlwaysAs(sql`(json_extract(body, '$.subject'))`, { mode: 'virtual' }),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.seq] }),
    index('audit_events_at').on(t.at, t.chain, t.seq),
    index('audit_events_subject').on(t.subject),
    index('audit_events_actor').on(t.actor),
    index('audit_events_action').on(t.action),
  ],
);

export const outboxMessages = sqliteTable(
  'outbox_messages',
  {
    id: id(),
    topic: text('topic').notNull(),
    payload: text('payload').notNull(),
    createdAt: instant('created_at').notNull(),
    deliveredAt: instant('delivered_at'),
    deliveries: count('deliveries').notNull(),
    lastError: text('last_error'),
    leaseUntil: instant('lease_until'),
    nextAt: instant('next_at'),
    webhookId: text('webhook_id').references(() => webhooks.id),
  },
  (t) => [
    index('outbox_messages_waiting').on(t.deliveredAt, t.createdAt),
    index('outbox_messages_webhook')
      .on(t.webhookId, t.createdAt)
      .where(sql`webhook_id is not null`),
  ],
);
