import Database from 'better-sqlite3';
import pg from 'pg';
import type { Dialect } from '../../src/store/transaction.ts';

/** Writes past every guard, as somebody with the database's own password could. */
export interface Tamperer {
  run(statement: string, values?: readonly unknown[]): Promise<void>;
  rows(statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Runs `work` after the statement, and puts back what the statement changed in these tables. */
  during<T>(
    tables: readonly string[],
    statement: string,
    values: readonly unknown[],
    work: () => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

type Statement = readonly [text: string, values: readonly unknown[]];

interface Raw {
  readonly name: (index: number) => string;
  all(statement: string, values: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** All in one transaction. */
  runAll(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a raw connection to a test's database on which no trigger, foreign key or check holds (checks do on Postgres). */
export async function aTamperer(url: string, dialect: Dialect): Promise<Tamperer> {
  const raw = dialect === 'sqlite' ? rawSqlite(url.slice('sqlite:'.length)) : await rawPostgres(url);
  return {
    run: (statement, values = []) => raw.runAll([[statement, values]]),
    rows: (statement, values = []) => raw.all(statement, values),
    during: async (tables, statement, values, work) => {
      const before = await Promise.all(
        tables.map(async (table) => [table, await raw.all(`select ${stored(table)} from ${table}`, [])] as const),
      );
      await raw.runAll([[statement, values]]);
      try {
        return await work();
      } finally {
        for (const [table, rows] of before) await putBack(raw, table, rows);
      }
    },
    close: () => raw.close(),
  };
}

/** Generated columns cannot be put back. */
const stored = (table: string): string => (table === 'audit_events' ? 'chain, seq, previous_hash, hash, body' : '*');

async function putBack(raw: Raw, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const inserts = rows.map((row): Statement => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => raw.name(index)).join(', ');
    return [`insert into ${table} (${columns.join(', ')}) values (${places})`, Object.values(row)];
  });
  await raw.runAll([[`delete from ${table}`, []], ...inserts]);
}

function rawSqlite(file: string): Raw {
  const connection = new Database(file);
  connection.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON');
  const triggers = connection.prepare("select name, sql from sqlite_schema where type = 'trigger'");
  return {
    name: () => '?',
    all: async (statement, values) => connection.prepare(statement).all(...values) as Record<string, unknown>[],
    runAll: async (statements) => {
      const guards = triggers.all() as { name: string; sql: string }[];
      connection.exec('BEGIN IMMEDIATE');
      try {
        for (const guard of guards) connection.exec(`drop trigger ${guard.name}`);
        for (const [text, values] of statements) connection.prepare(text).run(...values);
        for (const guard of guards) connection.exec(guard.sql);
        connection.exec('COMMIT');
      } finally {
        if (connection.inTransaction) connection.exec('ROLLBACK');
      }
    },
    close: async () => void connection.close(),
  };
}

async function rawPostgres(url: string): Promise<Raw> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set session_replication_role = replica');
  return {
    name: (index) => `$${index + 1}`,
    all: async (statement, values) => (await client.query<Record<string, unknown>>(statement, [...values])).rows,
    runAll: async (statements) => {
      await client.query('begin');
      try {
        for (const [text, values] of statements) await client.query(text, [...values]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    },
    close: () => client.end(),
  };
}
