import type Database from 'better-sqlite3';
import { newerSchema, olderSchema } from '../schema-age.ts';

/** How many migrations this release knows; kept in `user_version`, so that opening costs one pragma. */
const SQLITE_SCHEMA_VERSION = 24;

/** Refuses an older or newer schema than this release's. */
export function assertSchemaVersion(raw: Database.Database, location: string): void {
  const version = raw.pragma('user_version', { simple: true });
  if (version === SQLITE_SCHEMA_VERSION) return;
  raw.close();
  throw Number(version) > SQLITE_SCHEMA_VERSION
    ? newerSchema(location, `schema ${String(version)}`)
    : olderSchema(location);
}
