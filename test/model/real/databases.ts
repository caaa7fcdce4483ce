import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { createDatabase } from '../../support/postgres-server.ts';
import { migrateStore, sqlitePath } from '../../../src/store/open.ts';
import type { Dialect } from '../../../src/store/transaction.ts';
import { SET_UP_AT } from '../random-office.ts';
import { forget, keepInMemory, saveToFile } from './memory.ts';
import { closeStores } from './seams/open-store.ts';

/** Empty databases for one office after another. */
export interface Databases {
  readonly dialect: Dialect;
  /** A directory of this process, removed in the end. */
  readonly directory: string;
  /** The URL of an empty, migrated database. */
  fresh(): Promise<string>;
  /** Gives a database back when its office has come to its end. */
  giveBack(url: string): Promise<void>;
  /** Brings what is only in memory to where who reads the file itself finds it. */
  settle(url: string): void;
  close(): Promise<void>;
}

const MIGRATION = { now: new Date(SET_UP_AT), create: true, onlyLook: false };

/** The databases of a dialect; `server` is the Postgres server to use. */
export const openDatabases = (dialect: Dialect, server: string): Promise<Databases> =>
  dialect === 'sqlite' ? sqliteDatabases() : postgresDatabases(server);

/** Databases of SQLite, each a copy in memory of one that was migrated. */
async function sqliteDatabases(): Promise<Databases> {
  const directory = mkdtempSync(path.join(tmpdir(), 'treasury-model-'));
  const template = path.join(directory, 'template.db');
  await migrateStore(`sqlite:${template}`, MIGRATION);
  const database = new Database(template);
  // A database in memory has no log beside it.
  database.pragma('journal_mode = DELETE');
  const bytes = database.serialize();
  database.close();
  const free: string[] = [];
  let count = 0;
  return {
    dialect: 'sqlite',
    directory,
    fresh: async () => {
      const file = free.pop() ?? path.join(directory, `${(count += 1)}.db`);
      keepInMemory(file, bytes);
      return `sqlite:${file}`;
    },
    giveBack: async (url) => {
      await closeStores(url);
      forget(sqlitePath(url));
      rmSync(sqlitePath(url), { force: true });
      free.push(sqlitePath(url));
    },
    settle: (url) => saveToFile(sqlitePath(url)),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Databases of a Postgres server: few, emptied after each office, so that connections stay warm. */
async function postgresDatabases(server: string): Promise<Databases> {
  const directory = mkdtempSync(path.join(tmpdir(), 'treasury-model-'));
  rememberStatements();
  const free: string[] = [];
  const all: string[] = [];
  let rounds = 0;
  return {
    dialect: 'postgres',
    directory,
    fresh: async () => {
      const url = free.pop();
      if (url !== undefined) return url;
      const made = await createDatabase(server);
      all.push(made);
      await migrateStore(made, MIGRATION);
      return made;
    },
    giveBack: async (url) => {
      rounds += 1;
      await emptied(url, rounds % 50 === 0);
      free.push(url);
    },
    settle: () => undefined,
    close: async () => {
      for (const url of all) await closeStores(url);
      for (const client of cleaners.values()) await client.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const cleaners = new Map<string, pg.Client>();

/** Takes every row out, which triggers forbid to all but the owner of the server; now and then also what is left of such rows. */
async function emptied(url: string, thoroughly: boolean): Promise<void> {
  let client = cleaners.get(url);
  if (client === undefined) {
    cleaners.set(url, (client = new pg.Client({ connectionString: url })));
    await client.connect();
    client.on('error', () => undefined);
  }
  const { rows } = await client.query<{ name: string }>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like '%migrations%'",
  );
  const statements = rows.map(({ name }) => `delete from ${name}`).join('; ');
  await client.query(`set session_replication_role = replica; ${statements}`);
  if (thoroughly) await client.query('vacuum');
}

/** Lets the server plan each statement once for a connection: Drizzle's builder sends most without a name. */
function rememberStatements(): void {
  const names = new Map<string, string>();
  const query = pg.Client.prototype.query as (this: pg.Client, ...rest: unknown[]) => unknown;
  const named = (config: unknown): unknown => {
    if (typeof config !== 'object' || config === null || 'submit' in config) return config;
    const { text, name: given } = config as { text: string; name?: string };
    if (given !== undefined && given !== '') return config;
    const name = names.get(text) ?? `again_${names.size}`;
    names.set(text, name);
    return { ...config, name };
  };
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, config: unknown, ...rest: unknown[]) {
      return query.call(this, named(config), ...rest);
    },
  });
}
