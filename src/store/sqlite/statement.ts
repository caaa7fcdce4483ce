import type Database from 'better-sqlite3';
import { Column, is, Param, Placeholder, SQL } from 'drizzle-orm';

/** What Drizzle prepared for better-sqlite3, as far as it is used here. */
export interface DrizzleStatement {
  readonly query: { readonly sql: string; readonly params: readonly unknown[] };
  readonly stmt: Database.Statement;
  readonly fields?: readonly { readonly path: readonly string[]; readonly field: unknown }[];
  readonly logger: { logQuery(sql: string, parameters: unknown[]): void };
  all(parameters: Record<string, unknown>): unknown[];
}

type Parameters = Record<string, unknown>;

/** A statement with its parameters' encoders and its columns' decoders looked up once, where Drizzle asks again at each run. */
export interface Compiled {
  rows(parameters: Parameters): unknown[];
  change(parameters: Parameters): number;
}

/** Compiles what Drizzle prepared; answers exactly what Drizzle's own `all` and `run` would. */
export function compileStatement(statement: DrizzleStatement): Compiled {
  const { query, stmt, logger } = statement;
  const fillers = query.params.map(fillerOf);
  const values = (parameters: Parameters): unknown[] => {
    const filled = fillers.map((fill) => fill(parameters));
    logger.logQuery(query.sql, filled);
    return filled;
  };
  const readRow = stmt.reader ? rowReader(statement.fields) : null;
  if (readRow !== null) stmt.raw();
  return {
    rows: (parameters) =>
      readRow === null ? statement.all(parameters) : stmt.all(values(parameters)).map((row) => readRow(row as readonly unknown[])),
    change: (parameters) => stmt.run(values(parameters)).changes,
  };
}

type Filler = (parameters: Parameters) => unknown;

function fillerOf(parameter: unknown): Filler {
  if (is(parameter, Placeholder)) return named(parameter.name, (value) => value);
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    const { encoder } = parameter;
    return named(parameter.value.name, (value) => encoder.mapToDriverValue(value));
  }
  return () => parameter;
}

const named =
  (name: string, encode: (value: unknown) => unknown): Filler =>
  (parameters) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`No value for placeholder "${name}" was provided`);
    return encode(value);
  };

/** Reads a row of plain columns; null when objects are nested in it (joins), which Drizzle itself puts together. */
function rowReader(fields: DrizzleStatement['fields']): ((row: readonly unknown[]) => Record<string, unknown>) | null {
  if (fields === undefined || fields.some(({ path, field }) => path.length !== 1 || !(is(field, Column) || is(field, SQL)))) return null;
  const columns = fields.map(({ path: [name = ''], field }) => ({ name, decode: decoderOf(field) }));
  return (row) => {
    const read: Record<string, unknown> = {};
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      if (column !== undefined) read[column.name] = row[at] === null ? null : column.decode(row[at]);
    }
    return read;
  };
}

/** Drizzle keeps the decoder of an expression (`mapWith`) where its types do not show it. */
function decoderOf(field: unknown): (value: unknown) => unknown {
  if (is(field, Column)) return (value) => field.mapFromDriverValue(value);
  const { decoder } = field as { decoder: { mapFromDriverValue(value: unknown): unknown } };
  return (value) => decoder.mapFromDriverValue(value);
}
