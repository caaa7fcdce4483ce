import pg from 'pg';
import { pendingMigrations, releasedMigrations } from '../migrations.ts';
import type { MigrationReport } from '../open.ts';
import { explainPostgresError } from './errors.ts';
import { appliedToPostgres, migratePostgres } from './migrate.ts';
import { connectionConfig } from './connection.ts';

/** Migrates a Postgres database, or tells what is missing. */
export async function preparePostgres(
  url: string,
  options: { now: Date; onlyLook: boolean },
): Promise<MigrationReport> {
  const { config, location } = connectionConfig(url);
  const client = new pg.Client({ ...config, pipeline: false });
  try {
    await client.connect();
    if (!options.onlyLook)
      return { location, applied: await migratePostgres(client, location, options.now), pending: [] };
    const pending = pendingMigrations(releasedMigrations('postgres'), await appliedToPostgres(client), location);
    return { location, applied: [], pending: pending.map((migration) => migration.name) };
  } catch (error) {
    throw explainPostgresError(error, location);
  } finally {
    await client.end();
  }
}
