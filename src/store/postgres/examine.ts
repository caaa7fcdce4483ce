import pg from 'pg';
import { advice, broken, fine, type Finding } from '../../domain/finding.ts';
import { releasedMigrations } from '../migrations.ts';
import { explainPostgresError } from './errors.ts';
import { connectionConfig } from './open.ts';

/** Tables of which no row may change or go. */
const IMMUTABLE = ['payment_executions', 'ledger_entries', 'audit_events', 'requisition_approvals'];

/** Examines a shared database. Throws what connecting throws when it cannot be reached. */
export async function examinePostgres(url: string): Promise<Finding[]> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    return [await guards(client), await indexes(client), await durability(client), await privileges(client)];
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}

const namesIn = (sql: string, pattern: RegExp): string[] =>
  [...sql.matchAll(pattern)].flatMap((match) => match[1] ?? []);

const releasedSql = (): string =>
  releasedMigrations('postgres')
    .map((migration) => migration.sql)
    .join('\n');

/** Every trigger is there and enabled, and every function's text is the released one. */
async function guards(client: pg.Client): Promise<Finding> {
  const sql = releasedSql();
  const triggers = await client.query<{ name: string; enabled: string }>(
    "select tgname as name, tgenabled::text as enabled from pg_trigger t join pg_class c on c.oid = t.tgrelid where not tgisinternal and c.relnamespace = 'public'::regnamespace",
  );
  const functions = await client.query<{ name: string; body: string }>(
    "select proname as name, prosrc as body from pg_proc where pronamespace = 'public'::regnamespace and proname like 'treasury%'",
  );
  const enabled = new Map(triggers.rows.map((row) => [row.name, row.enabled]));
  const bodies = new Map(functions.rows.map((row) => [row.name, row.body]));
  const released = [...sql.matchAll(/CREATE FUNCTION (\w+)\(\)[^$]*\$\$([\s\S]*?)\$\$/g)];
  const faults = [
    ...namesIn(sql, /CREATE TRIGGER (\w+)/g).flatMap((name) => {
      if (!enabled.has(name)) return [`trigger ${name} is missing`];
      return enabled.get(name) === 'O' || enabled.get(name) === 'A' ? [] : [`trigger ${name} is disabled`];
    }),
    ...released.flatMap(([, name = '', body = '']) => {
      if (!bodies.has(name)) return [`function ${name} is missing`];
      return bodies.get(name) === body ? [] : [`function ${name} was altered`];
    }),
  ];
  return faults.length === 0
    ? fine(
        'schema',
        `All ${enabled.size} triggers and ${released.length} functions that guard the books are as released.`,
      )
    : broken(
        'schema',
        `The database is not as released: ${faults.slice(0, 5).join(', ')}.`,
        'find out who changed it; restore the guards from a good backup',
      );
}

/** Every index and check that the rules depend on is there. */
async function indexes(client: pg.Client): Promise<Finding> {
  const sql = releasedSql();
  const present = await client.query<{ name: string }>(
    "select indexname as name from pg_indexes where schemaname = 'public' union select conname from pg_constraint where connamespace = 'public'::regnamespace and convalidated",
  );
  const names = new Set(present.rows.map((row) => row.name));
  const released = [...namesIn(sql, /CREATE (?:UNIQUE )?INDEX "(\w+)"/g), ...namesIn(sql, /CONSTRAINT "(\w+)"/g)];
  const missing = released.filter((name) => !names.has(name.slice(0, 63)));
  return missing.length === 0
    ? fine('constraints', `All ${released.length} indexes and constraints are there.`)
    : broken(
        'constraints',
        `Missing: ${missing.slice(0, 5).join(', ')}.`,
        'find out who removed them; restore them from a good backup',
      );
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
