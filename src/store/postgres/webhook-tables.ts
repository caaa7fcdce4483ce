import { sql } from 'drizzle-orm';
import { check, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, id, instant, ref } from './columns.ts';
import { users } from './office-tables.ts';

// Who outside is told what happens, and how far that has been told. The SQLite twin is ../sqlite/webhook-tables.ts.

export const webhooks = pgTable(
  'webhooks',
  {
    id: id(),
    ref: ref().unique(),
    url: text('url').notNull(),
    events: text('events').notNull(),
    secret: text('secret').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    removedBy: uuid('removed_by').references(() => users.id),
    removedAt: instant('removed_at'),
  },
  (t) => [check('webhooks_removed', sql`(${t.removedAt} is null) = (${t.removedBy} is null)`)],
);

export const eventCursors = pgTable(
  'event_cursors',
  {
    chain: text('chain').primaryKey(),
    seq: count('seq').notNull(),
  },
  (t) => [check('event_cursors_seq', sql`${t.seq} >= 0`)],
);
