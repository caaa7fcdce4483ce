import type { Finding } from '../domain/finding.ts';
import { isPostgres, sqlitePath } from './open.ts';

/** Looks at the database itself: settings, tables, triggers and indexes as released, pages and foreign keys, who may do what. */
export async function examineDatabase(url: string): Promise<Finding[]> {
  if (isPostgres(url)) return (await import('./postgres/examine.ts')).examinePostgres(url);
  return (await import('./sqlite/examine.ts')).examineSqlite(sqlitePath(url));
}
