import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { id, instant, ref } from './columns.ts';
import { users } from './office-tables.ts';

// What scripts and cron bring with them. The Postgres twin is ../postgres/script-tables.ts.

export const tokens = sqliteTable(
  'tokens',
  {
    id: id(),
    ref: ref().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    name: text('name').notNull(),
    secretHash: text('secret_hash').notNull().unique(),
    scopes: text('scopes').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [
    check('tokens_scopes', sql`${t.scopes} <> ''`),
    check('tokens_expire', sql`${t.expiresAt} > ${t.createdAt}`),
    uniqueIndex('tokens_one_live_name')
      .on(t.userId, t.name)
      .where(sql`revoked_at is null`),
    index('tokens_created').on(t.createdAt, t.id),
  ],
);

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    key: text('key').notNull(),
    command: text('command').notNull(),
    requestHash: text('request_hash').notNull(),
    reach: text('reach').notNull(),
    createdAt: instant('created_at').notNull(),
    answer: text('answer'),
  },
  (t) => [uniqueIndex('idempotency_keys_once').on(t.userId, t.key)],
);
