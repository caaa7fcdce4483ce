import type Database from 'better-sqlite3';
import { Problem } from '../../domain/problem.ts';
import { pendingMigrations, releasedMigrations, type Applied } from '../migrations.ts';

/** The migrations that were applied, in order. */
export function appliedToSqlite(raw: Database.Database): Applied[] {
  const exists = raw.prepare("select 1 from sqlite_schema where name = 'schema_migrations'").get();
  return exists ? (raw.prepare('select name, hash from schema_migrations order by name').all() as Applied[]) : [];
}

/** Applies what is missing, all or nothing, alone; answers the names. The caller's connection must be otherwise idle. */
export function migrateSqlite(raw: Database.Database, location: string, now: Date): string[] {
  const released = releasedMigrations('sqlite');
  raw.exec('BEGIN IMMEDIATE');
  try {
    const missing = pendingMigrations(released, appliedToSqlite(raw), location);
    if (missing.length > 0) {
      raw.exec(
        'create table if not exists schema_migrations (name text primary key, hash text not null, applied_at text not null) strict',
      );
    }
    for (const migration of missing) {
      raw.exec(migration.sql);
      raw
        .prepare('insert into schema_migrations values (?, ?, ?)')
        .run(migration.name, migration.hash, now.toISOString());
    }
    const broken = raw.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0)
      throw new Problem('integrity', 'FOREIGN_KEYS_BROKEN', `${location} has rows that point nowhere.`);
    raw.pragma(`user_version = ${released.length}`);
    raw.exec('COMMIT');
    return missing.map((migration) => migration.name);
  } catch (error) {
    if (raw.inTransaction) raw.exec('ROLLBACK');
    throw error;
  }
}
