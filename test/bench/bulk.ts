import Database from 'better-sqlite3';
import { getTableColumns } from 'drizzle-orm';
import pg from 'pg';
import * as schema from '../../src/store/postgres/schema.ts';
import type { NewRow, Row, Tables } from '../../src/store/tables.ts';

/** Every column that a database does not make itself. */
type Whole<Name extends keyof Tables> = Name extends 'auditEvents' ? NewRow<Name> : Row<Name>;

/** Writes rows by the million, past the guards; what it writes must be right by itself. */
export interface Bulk {
  insert<Name extends keyof Tables>(table: Name, rows: readonly Whole<Name>[]): Promise<void>;
  /** Runs a statement without parameters. */
  run(sql: string): Promise<void>;
  /** Saves everything, puts the guards back and tells the planner how many rows there are now. */
  close(): Promise<void>;
}

/** Opens the database of that URL for bulk writes; nothing is saved before it is closed. */
export const openBulk = (url: string): Promise<Bulk> =>
  url.startsWith('sqlite:') ? Promise.resolve(sqliteBulk(url.slice('sqlite:'.length))) : postgresBulk(url);

const tables: Tables = schema;

interface BulkColumn {
  readonly key: string;
  readonly name: string;
}

const columnsOf = (table: keyof Tables): BulkColumn[] =>
  Object.entries(getTableColumns(tables[table]))
    .filter(([, column]) => column.generated === undefined)
    .map(([key, { name }]) => ({ key, name }));

const namesOf = (columns: readonly BulkColumn[]): string => columns.map(({ name }) => name).join(', ');

const valueOf = (row: object, key: string): unknown => (row as Readonly<Record<string, unknown>>)[key];

const tableName = (table: keyof Tables): string => table.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function sqliteBulk(file: string): Bulk {
  const raw = new Database(file);
  raw.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -500000; BEGIN');
  // An index is made in a fraction of the time that keeping it takes.
  const later = raw
    .prepare("select type, name, sql from sqlite_schema where type in ('trigger', 'index') and sql is not null")
    .all() as { type: string; name: string; sql: string }[];
  for (const { type, name } of later) raw.exec(`drop ${type} ${name}`);
  const insertInto = (table: keyof Tables) => {
    const columns = columnsOf(table);
    const places = columns.map(() => '?').join(', ');
    const statement = raw.prepare(`insert into ${tableName(table)} (${namesOf(columns)}) values (${places})`);
    return (row: object) => statement.run(...columns.map(({ key }) => sqliteValue(valueOf(row, key))));
  };
  const inserts = new Map<keyof Tables, ReturnType<typeof insertInto>>();
  return {
    insert: async (table, rows) => {
      let insert = inserts.get(table);
      if (insert === undefined) inserts.set(table, (insert = insertInto(table)));
      for (const row of rows) insert(row);
    },
    run: async (sql) => void raw.exec(sql),
    close: async () => {
      for (const { sql } of later) raw.exec(sql);
      raw.exec('COMMIT');
      raw.pragma('wal_checkpoint(TRUNCATE)');
      raw.close();
    },
  };
}

const sqliteValue = (value: unknown): unknown =>
  value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value;

async function postgresBulk(url: string): Promise<Bulk> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Without triggers and foreign keys; safe only because the server belongs to the bench.
  await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
  await client.query('BEGIN');
  const later = await dropIndexes(client);
  return {
    insert: async (table, rows) => {
      const columns = columnsOf(table);
      const names = namesOf(columns);
      const named = rows.map((row) => Object.fromEntries(columns.map(({ key, name }) => [name, valueOf(row, key)])));
      const text = `insert into ${tableName(table)} (${names}) select ${names} from json_populate_recordset(null::${tableName(table)}, $1)`;
      await client.query({ name: tableName(table), text, values: [JSON.stringify(named)] });
    },
    run: async (sql) => void (await client.query(sql)),
    close: async () => {
      for (const index of later) await client.query(index);
      await client.query('COMMIT');
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
      await client.end();
    },
  };
}

/** Drops every index that no constraint needs; answers how to make them again. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = current_schema and not exists (select 1 from pg_constraint where conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
