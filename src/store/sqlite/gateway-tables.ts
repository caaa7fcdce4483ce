import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { ledgerEntries } from './book-tables.ts';
import { changes } from './change-tables.ts';
import { count, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { paymentAttempts } from './payment-tables.ts';

// Rails that answer later: how each method is paid, what gateways said, and money that left although nobody was debited. The
// Postgres twin is ../postgres/gateway-tables.ts.

export const gateways = sqliteTable(
  'gateways',
  {
    id: id(),
    method: text('method').notNull(),
    version: count('version').notNull(),
    kind: text('kind').notNull(),
    account: text('account').notNull(),
    highestFeeMinor: minor('highest_fee_minor').notNull(),
    body: text('body').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    changeId: text('change_id')
      .unique()
      .references(() => changes.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('gateways_versions').on(t.method, t.version),
    check('gateways_method', sql`${t.method} in ('mpesa', 'bank')`),
    check(
      'gateways_kind',
      sql`${t.kind} = 'manual' or (${t.method} = 'mpesa' and ${t.kind} = 'daraja') or (${t.method} = 'bank' and ${t.kind} = 'bankfile')`,
    ),
    check('gateways_version', sql`${t.version} >= 1`),
    check('gateways_highest_fee', sql`${t.highestFeeMinor} between 0 and 9007199254740991`),
  ],
);

export const gatewayMessages = sqliteTable(
  'gateway_messages',
  {
    id: id(),
    ref: ref().unique(),
    gateway: text('gateway').notNull(),
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    attemptId: text('attempt_id').references(() => paymentAttempts.id),
    raw: text('raw').notNull(),
    remote: text('remote'),
    receivedAt: instant('received_at').notNull(),
    outcome: text('outcome').notNull(),
    detail: text('detail'),
    appliedAt: instant('applied_at'),
    settledBy: text('settled_by').references(() => users.id),
    settledAt: instant('settled_at'),
    settledReason: text('settled_reason'),
    settledChangeId: text('settled_change_id').references(() => changes.id),
  },
  (t) => [
    uniqueIndex('gateway_messages_once').on(t.gateway, t.source, t.externalId),
    index('gateway_messages_attempt').on(t.attemptId, t.receivedAt),
    index('gateway_messages_received').on(t.receivedAt, t.id),
    index('gateway_messages_open')
      .on(t.receivedAt, t.id)
      .where(sql`settled_at is null and outcome in ('waiting', 'unmatched', 'contradicts')`),
    check('gateway_messages_source', sql`${t.source} in ('reply', 'callback', 'query', 'import', 'file')`),
    check(
      'gateway_messages_outcome',
      sql`${t.outcome} in ('waiting', 'applied', 'repeated', 'noted', 'unmatched', 'contradicts')`,
    ),
    check('gateway_messages_applied', sql`(${t.outcome} = 'waiting') = (${t.appliedAt} is null)`),
    check(
      'gateway_messages_settled',
      sql`(${t.settledBy} is null) = (${t.settledAt} is null) and (${t.settledBy} is null) = (${t.settledReason} is null) and (${t.settledBy} is null or ${t.outcome} in ('unmatched', 'contradicts'))`,
    ),
  ],
);

export const suspenseItems = sqliteTable(
  'suspense_items',
  {
    id: id(),
    ref: ref().unique(),
    attemptId: text('attempt_id')
      .notNull()
      .references(() => paymentAttempts.id),
    messageId: text('message_id')
      .notNull()
      .unique()
      .references(() => gatewayMessages.id),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    gateway: text('gateway').notNull(),
    gatewayReference: text('gateway_reference').notNull(),
    status: text('status').notNull(),
    createdAt: instant('created_at').notNull(),
    settledBy: text('settled_by').references(() => users.id),
    confirmedBy: text('confirmed_by').references(() => users.id),
    settledAt: instant('settled_at'),
    settledReason: text('settled_reason'),
    entryId: text('entry_id')
      .unique()
      .references(() => ledgerEntries.id),
  },
  (t) => [
    uniqueIndex('suspense_items_reference').on(t.gateway, t.gatewayReference),
    index('suspense_items_attempt').on(t.attemptId),
    index('suspense_items_open')
      .on(t.fundId, t.createdAt)
      .where(sql`status = 'open'`),
    check('suspense_items_status', sql`${t.status} in ('open', 'settled')`),
    check('suspense_items_amount', sql`${t.amountMinor} between 1 and 9007199254740991`),
    check(
      'suspense_items_settled',
      sql`(${t.status} = 'open' and ${t.settledBy} is null and ${t.settledAt} is null and ${t.settledReason} is null and ${t.entryId} is null and ${t.confirmedBy} is null) or (${t.status} = 'settled' and ${t.settledBy} is not null and ${t.settledAt} is not null and ${t.settledReason} is not null and ${t.confirmedBy} is not null and ${t.confirmedBy} <> ${t.settledBy})`,
    ),
  ],
);
