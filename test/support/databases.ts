import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import pg from 'pg';
import { prepareRole, type RoleKind } from '../../src/store/database-roles.ts';
import { isPostgres, migrateStore, openStore, sqlitePath } from '../../src/store/open.ts';
import type { OpenOptions, Store } from '../../src/store/store.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { APP_ROLE } from './database-templates.ts';
import { scratchDirectory } from './scratch.ts';

export interface Opened {
  readonly store: Store;
  /** As the owner of the tables; the store is open as the app role. */
  readonly url: string;
  readonly dialect: Dialect;
}

/** Does something as the owner of the tables, who may do everything but what triggers refuse. */
export async function asOwner<T>(
  url: string,
  work: (store: Store) => Promise<T>,
  clock: () => Date = () => new Date(),
): Promise<T> {
  const store = await openStore(url, { clock });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens a new, migrated, empty database; closed and removed after the test file. */
export type Open = (options?: Partial<OpenOptions>) => Promise<Opened>;

/** Runs the same tests on SQLite and on Postgres, each with databases of their own. */
export function eachDatabase(tests: (open: Open, dialect: Dialect) => void): void {
  for (const dialect of ['sqlite', 'postgres'] as const) {
    describe(`on ${dialect}`, () => {
      const stores: Store[] = [];
      const urls: string[] = [];
      let directory = '';
      beforeAll(() => {
        directory = scratchDirectory('treasury-test-');
      });
      afterAll(async () => {
        for (const store of stores) await store.close();
        for (const url of urls) await removePostgresDatabase(url);
        rmSync(directory, { recursive: true, force: true });
      });
      tests(async (options = {}) => {
        const { url, appUrl } = await newMigratedDatabase(dialect, join(directory, `${stores.length}.db`));
        const store = await openStore(appUrl, { clock: () => new Date(), ...options });
        stores.push(store);
        if (dialect === 'postgres') urls.push(url);
        return { store, url, dialect };
      }, dialect);
    });
  }
}

/** The URL of the role that can do what the tool does and nothing else: every test proves that it is enough. A file has no roles. */
export const asAppRole = (url: string): Promise<string> => asRole(url, 'app');

/** The URL of a role of this kind, which is made first. */
export async function asRole(url: string, kind: RoleKind): Promise<string> {
  if (!isPostgres(url)) return url;
  const { pathname } = new URL(url);
  const role = `${kind}_${pathname.slice(1)}`.replaceAll(/[^a-z0-9_]/g, '_');
  await prepareRole(url, { kind, role, apply: true });
  return Object.assign(new URL(url), { username: role }).href;
}

let databases = 0;

/** A new database as `migrate` leaves it: a SQLite file of this path, or one on the run's Postgres. */
export async function newMigratedDatabase(
  dialect: Dialect,
  file: string,
): Promise<{ /** As the owner of the tables. */ url: string; /** As the tool's own role. */ appUrl: string }> {
  if (dialect === 'sqlite') {
    copyFileSync(inject('templates').sqlite, file);
    chmodSync(file, 0o600);
    return { url: `sqlite:${file}`, appUrl: `sqlite:${file}` };
  }
  const url = await newPostgresDatabase(inject('templates').postgres);
  return { url, appUrl: Object.assign(new URL(url), { username: APP_ROLE }).href };
}

/** An empty database of another server than the run's, migrated. */
export async function migrated(url: string): Promise<{ url: string; appUrl: string }> {
  await migrateStore(url, { now: new Date(), create: true, onlyLook: false });
  return { url, appUrl: await asAppRole(url) };
}

/** The URL of a new database on the run's Postgres: empty, or a copy of the template with the rights of the tool's own role. */
export async function newPostgresDatabase(template?: string): Promise<string> {
  const name = `t_${process.pid}_${process.hrtime.bigint().toString(36)}_${(databases += 1)}`;
  // As in postgres-server.ts, but by a connection that lasts.
  await administer(`create database ${name} template ${template ?? 'template1'} strategy file_copy`);
  if (template !== undefined) {
    // A copy has the rights inside a database, but not those on it.
    await administer(
      `revoke temporary on database ${name} from public; grant connect on database ${name} to ${APP_ROLE}`,
    );
  }
  return Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href;
}

/** Hundreds of databases that are of no more use are gigabytes which the machine would write to its disk. */
const removePostgresDatabase = (url: string): Promise<void> =>
  administer(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);

let administrator: pg.Pool | undefined;

/** Tells the run's Postgres something as its owner; one connection serves a whole worker. */
async function administer(statement: string): Promise<void> {
  if (administrator === undefined) {
    administrator = new pg.Pool({ connectionString: inject('postgresUrl'), max: 1, allowExitOnIdle: true });
    // An idle connection that dies is replaced at the next use.
    administrator.on('error', () => undefined);
  }
  await administrator.query(statement);
}

/** The URL of a copy of a database as it is now, as a backup would restore it. A SQLite copy lies beside it, named anew. */
export async function copyOfDatabase(url: string): Promise<string> {
  databases += 1;
  if (url.startsWith('sqlite:')) {
    const file = sqlitePath(url);
    const raw = new Database(file, { readonly: true });
    raw.prepare('vacuum into ?').run(`${file}.copy${databases}`);
    raw.close();
    return `sqlite:${file}.copy${databases}`;
  }
  const server = new URL(inject('postgresUrl'));
  const source = new URL(url).pathname.slice(1);
  const name = `${source}_copy${databases}`;
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [source]);
      try {
        await client.query(`create database ${name} template ${source}`);
        break;
      } catch (error) {
        // A backend that was told to end takes a moment.
        if (tries === 1000) throw error;
        await pause(20);
      }
    }
  } finally {
    await client.end();
  }
  server.pathname = `/${name}`;
  return server.href;
}
