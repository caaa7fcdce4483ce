import Database from 'better-sqlite3';
import pg from 'pg';
import { sqlitePath } from '../../src/store/open.ts';
import type { Dialect } from '../../src/store/transaction.ts';

export type Value = string | number | boolean | null;

/** A connection past the tool, as somebody with the file or the password has it. */
export interface Raw {
  /** Runs a statement with `?` for its values, and answers its rows; throws what the database says. */
  run(statement: string, ...values: readonly Value[]): Promise<Record<string, Value>[]>;
  close(): Promise<void>;
}

/** Opens one, with whatever guards the database itself has. */
export const rawConnection = async (url: string, dialect: Dialect): Promise<Raw> =>
  dialect === 'sqlite' ? rawSqlite(url) : rawPostgres(url);

/** SQLite's own defaults: `recursive_triggers` is off, as in any other program. */
function rawSqlite(url: string): Raw {
  const database = new Database(sqlitePath(url));
  return {
    run: async (statement, ...values) => {
      const prepared = database.prepare(statement);
      const bound = values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
      if (prepared.reader) return prepared.all(...bound) as Record<string, Value>[];
      prepared.run(...bound);
      return [];
    },
    close: async () => {
      database.close();
    },
  };
}

/** The owner of the tables, who may do everything but what triggers refuse. */
async function rawPostgres(url: string): Promise<Raw> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    run: async (statement, ...values) => {
      let number = 0;
      const { rows } = await client.query<Record<string, Value>>(
        statement.replaceAll('?', () => `$${(number += 1)}`),
        [...values],
      );
      return rows;
    },
    close: () => client.end(),
  };
}
