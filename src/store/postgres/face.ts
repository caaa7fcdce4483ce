import { NodePgSession, type NodePgClient } from 'drizzle-orm/node-postgres';
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core';
import type { Tables } from '../tables.ts';
import type { Db } from '../transaction.ts';
import * as schema from './schema.ts';

/** The query builder of a connection, and its tables (see ../sqlite/face.ts). */
export function postgresFace(
  client: NodePgClient,
  onStatement: ((sql: string) => void) | undefined,
): { db: Db; t: Tables } {
  const dialect = new PgDialect();
  const logging = onStatement ? { logger: { logQuery: onStatement } } : {};
  const db: Db = new PgDatabase(dialect, new NodePgSession(client, dialect, undefined, logging), undefined);
  return { db, t: schema };
}
