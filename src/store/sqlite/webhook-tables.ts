import { sql } from 'drizzle-orm';
import { check, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { count, id, instant, ref } from './columns.ts';
import { users } from './office-tables.ts';

// Who outside is told what happens, and how far that has been told. The Postgres twin is ../postgres/webhook-tables.ts.

export const webhooks = sqliteTable(
  'webhooks',
  {
    id: id(),
    ref: ref().unique(),
    url: text('url').notNull(),
    events: text('events').notNull(),
    secret: text('secret').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    removedBy: text('removed_by').references(() => users.id),
    removedAt: instant('removed_at'),
  },
  (t) => [check('webhooks_removed', sql`(${t.removedAt} is null) = (${t.removedBy} is null)`)],
);

export const eventCursors = sqliteTable(
  'event_cursors',
  {
    chain: text('chain').primaryKey(),
    seq: count('seq').notNull(),
  },
  (t) => [check('event_cursors_seq', sql`${t.seq} >= 0`)],
);
