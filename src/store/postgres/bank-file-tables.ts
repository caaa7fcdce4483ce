import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { count, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';
import { paymentAttempts } from './payment-tables.ts';

// Files that tell a bank what to pay, and the attempts in them. The SQLite twin is ../sqlite/bank-file-tables.ts.

export const bankFiles = pgTable(
  'bank_files',
  {
    id: id(),
    ref: ref().unique(),
    messageId: text('message_id').notNull().unique(),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    gatewayAccount: text('gateway_account').notNull(),
    format: text('format').notNull(),
    layout: text('layout'),
    payOn: text('pay_on').notNull(),
    currency: text('currency').notNull(),
    orders: count('orders').notNull(),
    sumMinor: minor('sum_minor').notNull(),
    content: text('content').notNull(),
    contentDigest: text('content_digest').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    /** Null for a layout that came with the tool. */
    layoutVersion: count('layout_version'),
  },
  (t) => [
    index('bank_files_fund_created').on(t.fundId, t.createdAt, t.id),
    check('bank_files_message_id', sql`length(${t.messageId}) between 1 and 35`),
    check(
      'bank_files_format',
      sql`(${t.format} in ('pain001.03', 'pain001.09') and ${t.layout} is null) or (${t.format} = 'csv' and ${t.layout} is not null)`,
    ),
    check('bank_files_orders', sql`${t.orders} >= 1`),
    check('bank_files_sum', sql`${t.sumMinor} between 1 and 9007199254740991`),
    check('bank_files_digest', sql`length(${t.contentDigest}) = 64`),
  ],
);

export const bankFileOrders = pgTable(
  'bank_file_orders',
  {
    attemptId: uuid('attempt_id')
      .primaryKey()
      .references(() => paymentAttempts.id),
    bankFileId: uuid('bank_file_id')
      .notNull()
      .references(() => bankFiles.id),
    number: count('number').notNull(),
  },
  (t) => [
    uniqueIndex('bank_file_orders_numbers').on(t.bankFileId, t.number),
    check('bank_file_orders_number', sql`${t.number} >= 1`),
  ],
);

/** Every version of every layout that the office added. */
export const bankLayouts = pgTable(
  'bank_layouts',
  {
    name: text('name').notNull(),
    version: count('version').notNull(),
    /** Canonical JSON of the layout as it was written. */
    body: text('body').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] }), check('bank_layouts_version', sql`${t.version} >= 1`)],
);
