import { Problem } from '../domain/problem.ts';
import type { OpenOptions, Store } from './store.ts';

/** Opens the database that a `sqlite:PATH` or `postgres://` URL names; the driver is loaded only now. */
export async function openStore(url: string, options: OpenOptions): Promise<Store> {
  if (isPostgres(url)) return (await import('./postgres/open.ts')).openPostgres(url, options);
  return (await import('./sqlite/open.ts')).openSqlite(sqlitePath(url), options);
}

export interface MigrationReport {
  readonly location: string;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Applies the missing migrations (or, with `onlyLook`, tells which are missing). Creates a SQLite file where there is none and `create` is set. */
export async function migrateStore(
  url: string,
  options: { now: Date; create: boolean; onlyLook: boolean },
): Promise<MigrationReport> {
  if (isPostgres(url)) return (await import('./postgres/prepare.ts')).preparePostgres(url, options);
  return (await import('./sqlite/prepare.ts')).prepareSqlite(sqlitePath(url), options);
}

/** Whether a URL names a Postgres database; all others are files. */
export const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\//.test(url);

/** The file of a `sqlite:PATH` URL. Throws Problem usage for any other scheme. */
export function sqlitePath(url: string): string {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : '';
  if (path === '') {
    throw new Problem('usage', 'DATABASE_URL_INVALID', 'The database is neither sqlite:PATH nor postgres://...', {
      unchanged: 'Nothing was opened.',
      fix: 'TREASURY_DATABASE_URL=sqlite:/srv/treasury/office.db',
    });
  }
  return path;
}
