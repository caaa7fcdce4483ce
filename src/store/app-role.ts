import { usage } from '../domain/problem.ts';
import { isPostgres } from './open.ts';

export interface AppRole {
  readonly role: string;
  readonly applied: boolean;
  /** The statements, in order. */
  readonly sql: readonly string[];
}

/**
 * The SQL that makes a Postgres role which can do what treasury does and nothing else, and with `apply` runs it.
 * Throws usage for a SQLite database or a name that is none.
 */
export async function prepareAppRole(url: string, request: { role: string; apply: boolean }): Promise<AppRole> {
  if (!isPostgres(url)) {
    throw usage('POSTGRES_ONLY', 'A role of the database is a matter of Postgres; this office uses SQLite.', {
      unchanged: 'Nothing was changed.',
      fix: 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE',
    });
  }
  const { appRoleSql, applyAppRole } = await import('./postgres/app-role.ts');
  const sql = appRoleSql(request.role, new URL(url).pathname.slice(1));
  if (request.apply) await applyAppRole(url, sql);
  return { role: request.role, applied: request.apply, sql };
}
