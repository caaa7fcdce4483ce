import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { prepareRole } from '../../src/store/database-roles.ts';
import { migrateStore } from '../../src/store/open.ts';
import { createDatabase } from './postgres-server.ts';
import { scratchDirectory } from './scratch.ts';

/** Databases that were migrated once, when the run began: a copy is there much sooner than all migrations are applied. */
export interface Templates {
  /** The path of a file. */
  readonly sqlite: string;
  /** The name of a database, where the role APP_ROLE has been granted what the tool's own role is. */
  readonly postgres: string;
}

/** The role that can do what the tool does and nothing else, in every copy of the template. */
export const APP_ROLE = 'treasury_tests_app';

const MIGRATION = { now: new Date('2026-10-01T06:00:00.000Z'), create: true, onlyLook: false };

/** Makes the templates; `server` is the Postgres server of the run. */
export async function makeTemplates(server: string): Promise<{ templates: Templates; remove: () => void }> {
  const directory = scratchDirectory('treasury-template-');
  const sqlite = join(directory, 'migrated.db');
  // Whoever opens a file keeps others from what the process makes from then on; every test is begun by this process.
  const umask = process.umask();
  await migrateStore(`sqlite:${sqlite}`, MIGRATION);
  process.umask(umask);
  // Nothing may be left in the log beside it.
  const raw = new Database(sqlite);
  raw.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
  const postgres = 'treasury_template';
  const url = await createDatabase(server, postgres);
  await migrateStore(url, MIGRATION);
  await prepareRole(url, { kind: 'app', role: APP_ROLE, apply: true });
  return { templates: { sqlite, postgres }, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
