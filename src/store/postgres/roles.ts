import pg from 'pg';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import type { RoleKind } from '../database-roles.ts';
import { explainPostgresError } from './errors.ts';
import { tableGrants, type TableGrant } from './grants.ts';
import { connectionConfig } from './connection.ts';

/** Attributes that let a role past every grant. */
export const POWERS = ['rolsuper', 'rolcreatedb', 'rolcreaterole', 'rolreplication', 'rolbypassrls'];

/** What makes large objects, which anybody may call unless a superuser says otherwise. */
const LARGE_OBJECTS = [
  'lo_create(oid)',
  'lo_creat(integer)',
  'lo_from_bytea(oid, bytea)',
  'lo_put(oid, bigint, bytea)',
];

/**
 * Statements that make a role of the database, or bring it back to what it should be. The app role logs in, reads and adds,
 * changes the columns that may change, and never deletes, truncates or alters anything; the auditor role reads everything but
 * secrets. Its password is set apart, so that it is in no file. Throws usage ROLE_NAME_INVALID.
 */
export function roleSql(kind: RoleKind, role: string, database: string): string[] {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role) || role.startsWith('pg_')) {
    throw usage('ROLE_NAME_INVALID', `${quoted(role)} is not a role name: small letters, digits and underscores.`, {
      unchanged: 'Nothing was changed.',
      fix: `treasury migrate --${kind}-role treasury_${kind}`,
    });
  }
  const name = `"${role}"`;
  const inDatabase = `"${decodeURIComponent(database).replaceAll('"', '""')}"`;
  return [
    // Only who may create roles can alter one, so a role that is as it should be is left alone.
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${name}; END IF; ` +
      `IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}' AND (NOT rolcanlogin OR rolinherit OR ${POWERS.join(' OR ')})) THEN ` +
      `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT; END IF; END $$`,
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, ${name}`,
    `REVOKE TEMPORARY ON DATABASE ${inDatabase} FROM PUBLIC`,
    // Functions of later migrations are for those who are named, too.
    `ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
    `DO $$ BEGIN IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ` +
      `REVOKE EXECUTE ON FUNCTION ${LARGE_OBJECTS.map((one) => `pg_catalog.${one}`).join(', ')} FROM PUBLIC; END IF; END $$`,
    `GRANT CONNECT ON DATABASE ${inDatabase} TO ${name}`,
    `GRANT USAGE ON SCHEMA public TO ${name}`,
    `GRANT SELECT ON schema_migrations TO ${name}`,
    `GRANT EXECUTE ON FUNCTION treasury_session_of(text), treasury_token_of(text) TO ${name}`,
    ...(kind === 'app' ? appGrants(name) : auditorGrants(role)),
  ];
}

function appGrants(name: string): string[] {
  const grants = tableGrants();
  return [
    `GRANT SELECT, INSERT ON ${grants.map(({ table }) => table).join(', ')} TO ${name}`,
    ...grants.flatMap(({ table, changeable }) =>
      changeable.length === 0 ? [] : [`GRANT UPDATE (${changeable.join(', ')}) ON ${table} TO ${name}`],
    ),
  ];
}

function auditorGrants(role: string): string[] {
  const grants = tableGrants();
  const open = grants.filter(({ secret }) => secret.length === 0);
  return [
    `GRANT SELECT ON ${open.map(({ table }) => table).join(', ')} TO "${role}"`,
    ...grants
      .filter(({ secret }) => secret.length > 0)
      .map((grant) => `GRANT SELECT (${seenByAuditor(grant).join(', ')}) ON ${grant.table} TO "${role}"`),
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}' AND 'default_transaction_read_only=on' = ANY (rolconfig)) THEN ` +
      `ALTER ROLE "${role}" SET default_transaction_read_only = on; END IF; END $$`,
  ];
}

/** The columns of a table that are no secret. */
export const seenByAuditor = ({ columns, secret }: TableGrant): string[] =>
  columns.filter((column) => !secret.includes(column));

/** Runs the statements in one transaction. Throws forbidden DATABASE_FORBIDS when this user may not. */
export async function applyRole(url: string, statements: readonly string[]): Promise<void> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    await client.query('BEGIN; SET LOCAL search_path = public, pg_temp');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}
