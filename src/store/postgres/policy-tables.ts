import { sql } from 'drizzle-orm';
import { check, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { changes } from './change-tables.ts';
import { count, flag, instant } from './columns.ts';
import { users } from './office-tables.ts';

// Every version of the office's policy. The SQLite twin is ../sqlite/policy-tables.ts.

export const policies = pgTable(
  'policies',
  {
    version: count('version').notNull(),
    /** Canonical JSON of the terms. */
    body: text('body').notNull(),
    digest: text('digest').notNull(),
    /** Whether it limits what a method may pay in a day. */
    limitsDays: flag('limits_days').notNull(),
    reason: text('reason'),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    changeId: uuid('change_id')
      .unique()
      .references(() => changes.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.version] }), check('policies_version', sql`${t.version} >= 1`)],
);
