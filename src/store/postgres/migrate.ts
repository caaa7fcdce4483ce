import type pg from 'pg';
import { pendingMigrations, releasedMigrations, type Applied } from '../migrations.ts';
import { newerSchema, olderSchema } from '../schema-age.ts';

/** How many migrations this release knows. */
export const POSTGRES_SCHEMA_VERSION = 24;

/** Any fixed number: only one process migrates at a time. */
const MIGRATION_LOCK = 7_382_915;

type Queryable = Pick<pg.Pool, 'query'>;

/** Refuses an older or newer schema than this release's. */
export async function assertSchemaVersion(pool: Queryable, location: string): Promise<void> {
  const applied = await appliedToPostgres(pool);
  const newest = applied.at(-1);
  if (applied.length > POSTGRES_SCHEMA_VERSION && newest) throw newerSchema(location, newest.name);
  if (applied.length < POSTGRES_SCHEMA_VERSION) throw olderSchema(location);
}

/** The migrations that were applied, in order; none in a database where treasury was never set up. */
export async function appliedToPostgres(pool: Queryable): Promise<Applied[]> {
  try {
    const result = await pool.query<{ name: string; hash: string }>(
      'select name, hash from schema_migrations order by name',
    );
    return result.rows;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42P01') return [];
    throw error;
  }
}

/** Applies what is missing, all or nothing, alone; answers the names. */
export async function migratePostgres(
  client: pg.PoolClient | pg.Client,
  location: string,
  now: Date,
): Promise<string[]> {
  const released = releasedMigrations('postgres');
  await client.query('BEGIN');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    // Not `if not exists`: that needs the right to create tables, which who only works with the database has not.
    const [table] = (
      await client.query<{ there: boolean }>(`select to_regclass('schema_migrations') is not null as there`)
    ).rows;
    if (table?.there !== true) {
      await client.query(
        'create table schema_migrations (name text primary key, hash text not null, applied_at timestamptz not null)',
      );
    }
    const missing = pendingMigrations(released, await appliedToPostgres(client), location);
    for (const migration of missing) {
      await client.query(migration.sql);
      await client.query('insert into schema_migrations values ($1, $2, $3)', [migration.name, migration.hash, now]);
    }
    await client.query('COMMIT');
    return missing.map((migration) => migration.name);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
