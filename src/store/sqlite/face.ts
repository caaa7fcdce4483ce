import type Database from 'better-sqlite3';
import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3';
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type { Tables } from '../tables.ts';
import type { Db } from '../transaction.ts';
import * as schema from './schema.ts';

/**
 * The query builder of a connection, and its tables. This is what `drizzle()` makes, without relational queries, which nobody
 * here asks and which would load half of Drizzle's Postgres.
 *
 * The one documented cast of `store/`: Drizzle's SQLite builder and tables wear the Postgres types. tables.ts proves that
 * rows are equal; what differs at run time (locks, prepared statements) goes through Engine.
 */
export function sqliteFace(
  raw: Pick<Database.Database, 'prepare'>,
  onStatement: ((sql: string) => void) | undefined,
): { db: Db; t: Tables } {
  const dialect = new SQLiteSyncDialect();
  const logging = onStatement ? { logger: { logQuery: onStatement } } : {};
  // Sessions prepare, and only Drizzle's own transactions would do more.
  const session = new BetterSQLiteSession(raw as Database.Database, dialect, undefined, logging);
  const db: unknown = new BaseSQLiteDatabase('sync', dialect, session, undefined);
  return { db: db as Db, t: schema as unknown as Tables };
}
