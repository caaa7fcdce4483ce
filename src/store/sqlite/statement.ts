import type Database from 'better-sqlite3';
import { fillerOf, rowReader, type Parameters, type SelectedFields } from '../compiled.ts';

/** What Drizzle prepared for better-sqlite3, as far as it is used here. */
export interface DrizzleStatement {
  readonly query: { readonly sql: string; readonly params: readonly unknown[] };
  readonly stmt: Database.Statement;
  readonly fields?: SelectedFields;
  readonly logger: { logQuery(sql: string, parameters: unknown[]): void };
  all(parameters: Parameters): unknown[];
}

export interface Compiled {
  rows(parameters: Parameters): unknown[];
  change(parameters: Parameters): number;
}

/** Compiles what Drizzle prepared; answers exactly what Drizzle's own `all` and `run` would. */
export function compileStatement(statement: DrizzleStatement): Compiled {
  const { query, stmt, logger } = statement;
  const fill = fillerOf(query.params);
  const values = (parameters: Parameters): unknown[] => {
    const filled = fill(parameters);
    logger.logQuery(query.sql, filled);
    return filled;
  };
  const readRow = stmt.reader ? rowReader(statement.fields) : null;
  if (readRow !== null) stmt.raw();
  return {
    rows: (parameters) =>
      // A raw statement answers arrays.
      readRow === null
        ? statement.all(parameters)
        : stmt.all(values(parameters)).map((row) => readRow(row as readonly unknown[])),
    change: (parameters) => stmt.run(values(parameters)).changes,
  };
}
