import { resolve } from 'node:path';
import { pendingMigrations, releasedMigrations } from '../migrations.ts';
import type { MigrationReport } from '../open.ts';
import { appliedToSqlite, migrateSqlite } from './migrate.ts';
import { openFile } from './open.ts';

/** Migrates a SQLite file, or tells what is missing. */
export function prepareSqlite(
  path: string,
  options: { now: Date; create: boolean; onlyLook: boolean },
): MigrationReport {
  const file = resolve(path);
  const location = `sqlite:${file}`;
  const raw = openFile(file, { clock: () => options.now, anySchema: true, create: options.create });
  try {
    if (!options.onlyLook) return { location, applied: migrateSqlite(raw, location, options.now), pending: [] };
    const pending = pendingMigrations(releasedMigrations('sqlite'), appliedToSqlite(raw), location);
    return { location, applied: [], pending: pending.map((migration) => migration.name) };
  } finally {
    raw.close();
  }
}
