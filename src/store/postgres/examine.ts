import pg from 'pg';
import { advice, fine, type Finding } from '../../domain/finding.ts';
import { readReleasedSchema } from '../released-schema.ts';
import { schemaFindings } from '../schema-findings.ts';
import { explainPostgresError } from './errors.ts';
import { connectionConfig } from './open.ts';
import { presentPostgresSchema, tablesOf } from './schema-guard.ts';

/** Tables of which no row may change or go. */
const IMMUTABLE = ['payment_executions', 'ledger_entries', 'audit_events', 'requisition_approvals'];

/** Examines a shared database. Throws what connecting throws when it cannot be reached. */
export async function examinePostgres(url: string): Promise<Finding[]> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    const released = readReleasedSchema('postgres').toString();
    await client.query('BEGIN READ ONLY; SET LOCAL search_path = public, pg_temp');
    return [
      ...schemaFindings(released, await presentPostgresSchema(client, tablesOf(released))),
      await durability(client),
      await privileges(client),
    ];
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}

async function durability(client: pg.Client): Promise<Finding> {
  const settings = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')",
  );
  const off = settings.rows.filter((row) => row.setting === 'off').map((row) => row.name);
  return off.length === 0
    ? fine('durability', 'Every commit is on disk before it is answered.')
    : advice(
        'durability',
        `A power cut could lose payments: ${off.join(', ')} off.`,
        `set ${off.join(', ')} to on in postgresql.conf`,
      );
}

/** A role that owns the tables or may change what is immutable could switch the guards off. */
async function privileges(client: pg.Client): Promise<Finding> {
  const rights = await client.query<{ role: string; owner: boolean; may: boolean }>(
    `select current_user as role,
       bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')) as owner,
       bool_or(has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')) as may
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
    [IMMUTABLE],
  );
  const [row] = rights.rows;
  if (row !== undefined && !row.owner && !row.may)
    return fine('privileges', `The role ${row.role} can neither change nor delete what is immutable.`);
  return advice(
    'privileges',
    `The role ${row?.role ?? '?'} owns the tables or may change what is immutable: segregation is not enforced by the database.`,
    'treasury migrate --app-role treasury_app --apply, and connect as that role',
  );
}
