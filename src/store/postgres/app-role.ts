import pg from 'pg';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { explainPostgresError } from './errors.ts';
import { connectionConfig } from './open.ts';
import { tableNames } from './table-names.ts';

/** Rows that are only ever added: the migrations refuse their change, and this role may not even try. */
const INSERT_ONLY: ReadonlySet<string> = new Set([
  'payment_executions',
  'ledger_entries',
  'audit_events',
  'requisition_approvals',
  'change_confirmations',
  'payment_reversals',
  'policies',
  'clock_acceptances',
]);

/**
 * Statements that make a role for the tool's own use: it logs in, reads and adds, changes what may change, and never deletes,
 * truncates or alters anything. Its password is set apart, so that it is in no file. Throws usage ROLE_NAME_INVALID.
 */
export function appRoleSql(role: string, database: string): string[] {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role) || role.startsWith('pg_')) {
    throw usage('ROLE_NAME_INVALID', `${quoted(role)} is not a role name: small letters, digits and underscores.`, {
      unchanged: 'Nothing was changed.',
      fix: 'treasury migrate --app-role treasury_app',
    });
  }
  const name = `"${role}"`;
  const inDatabase = `"${decodeURIComponent(database).replaceAll('"', '""')}"`;
  const tables = tableNames();
  const changeable = tables.filter((table) => !INSERT_ONLY.has(table));
  return [
    // Only who may create roles can alter one, so a role that is as it should be is left alone.
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${name}; END IF; ` +
      `IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}' AND (NOT rolcanlogin OR rolinherit OR ${POWERS.join(' OR ')})) THEN ` +
      `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT; END IF; END $$`,
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, ${name}`,
    `REVOKE TEMPORARY ON DATABASE ${inDatabase} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${inDatabase} TO ${name}`,
    `GRANT USAGE ON SCHEMA public TO ${name}`,
    `GRANT SELECT ON schema_migrations TO ${name}`,
    `GRANT SELECT, INSERT ON ${tables.join(', ')} TO ${name}`,
    `GRANT UPDATE ON ${changeable.join(', ')} TO ${name}`,
  ];
}

const POWERS = ['rolsuper', 'rolcreatedb', 'rolcreaterole', 'rolreplication', 'rolbypassrls'];

/** Runs the statements in one transaction. Throws forbidden DATABASE_FORBIDS when this user may not. */
export async function applyAppRole(url: string, statements: readonly string[]): Promise<void> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}
