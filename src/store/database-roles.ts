import { usage } from '../domain/problem.ts';
import { isPostgres } from './open.ts';

/** `app` is what the tool itself connects as; `auditor` only reads, and no secrets. */
export type RoleKind = 'app' | 'auditor';

export interface DatabaseRole {
  readonly role: string;
  readonly applied: boolean;
  /** The statements, in order. */
  readonly sql: readonly string[];
}

/**
 * The SQL that makes a Postgres role which can do what it is for and nothing else, and with `apply` runs it.
 * Throws usage for a SQLite database or a name that is none.
 */
export async function prepareRole(
  url: string,
  request: { kind: RoleKind; role: string; apply: boolean },
): Promise<DatabaseRole> {
  if (!isPostgres(url)) {
    throw usage('POSTGRES_ONLY', 'A role of the database is a matter of Postgres; this office uses SQLite.', {
      unchanged: 'Nothing was changed.',
      fix: 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE',
    });
  }
  const { applyRole, roleSql } = await import('./postgres/roles.ts');
  const sql = roleSql(request.kind, request.role, new URL(url).pathname.slice(1));
  if (request.apply) await applyRole(url, sql);
  return { role: request.role, applied: request.apply, sql };
}
