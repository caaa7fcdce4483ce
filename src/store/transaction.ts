import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Param, Placeholder, sql, type DriverValueEncoder, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Guard } from './guard.ts';
import type { Tables } from './tables.ts';

export type Dialect = 'sqlite' | 'postgres';

/** Drizzle's query builder; its Postgres types are the face of both databases (see tables.ts). */
export type Db = NodePgDatabase<Record<string, never>>;

/** One transaction. `now` is the instant at which everything in it happens; all its writes commit together or not at all. */
export interface Tx {
  /** Never before the newest event that the transaction has seen. */
  readonly now: Date;
  readonly guard: Guard;
  readonly access: 'read' | 'write';
  readonly dialect: Dialect;
  readonly db: Db;
  readonly t: Tables;
  readonly engine: Engine;
}

export type Parameters = Record<string, unknown>;

/** What differs between the databases when a prepared statement runs. */
export interface Engine {
  /** Prepared once per connection and name. */
  rows<R>(name: string, build: () => RowsQuery<R>, parameters: Parameters): Promise<R[]>;
  /** The same, each row as its values in the order of the select: for who reads a million and keeps none. */
  arrays(name: string, build: () => RowsQuery<unknown>, parameters: Parameters): Promise<unknown[][]>;
  /** Runs a prepared write and tells how many rows it changed. */
  change(name: string, build: () => ChangeQuery, parameters: Parameters): Promise<number>;
  /** Runs a prepared insert of one row for many, of which a statement takes as many as is good; tells how many it inserted. */
  inserts(name: string, build: () => ChangeQuery, rows: Iterable<Parameters>): Promise<number>;
  /** Adds a row lock to a select (`of` names the locked tables); SQLite's write transaction already holds every lock. */
  lock<Q>(query: Q, of: object | readonly object[]): Q;
  /** Runs writes that do not need each other's answers: one network round trip on Postgres, one after another on SQLite. */
  together(writes: readonly (() => Promise<number>)[]): Promise<number[]>;
}

export interface RowsQuery<R> {
  prepare(name: string): { execute(parameters?: Parameters): Promise<R[]> };
}

export interface ChangeQuery {
  prepare(name: string): { execute(parameters?: Parameters): Promise<unknown> };
}

/** What a release must have a plan for, in the order of the source. */
export const declaredStatements: {
  readonly name: string;
  readonly build: (tx: Tx) => RowsQuery<unknown> | ChangeQuery;
}[] = [];

/** A select that is built and prepared once per connection; parameters are named with `bound`. */
export function preparedRows<R>(
  name: string,
  build: (tx: Tx) => RowsQuery<R>,
): (tx: Tx, parameters?: Parameters) => Promise<R[]> {
  declaredStatements.push({ name, build });
  // A read takes no row locks, so its statement is another one.
  return (tx, parameters = {}) =>
    tx.engine.rows(tx.access === 'read' ? `read_${name}` : name, () => build(tx), parameters);
}

/** The same as arrays of the values in the order of the select, which the caller knows the types of: no object is made of a row. */
export function preparedArrays<Values extends unknown[]>(
  name: string,
  build: (tx: Tx) => RowsQuery<unknown>,
): (tx: Tx, parameters?: Parameters) => Promise<Values[]> {
  declaredStatements.push({ name, build });
  return (tx, parameters = {}) =>
    tx.engine.arrays(tx.access === 'read' ? `read_${name}` : name, () => build(tx), parameters) as Promise<Values[]>;
}

/** An insert or update that is built and prepared once per connection; answers the number of rows it changed. */
export function preparedChange(
  name: string,
  build: (tx: Tx) => ChangeQuery,
): (tx: Tx, parameters?: Parameters) => Promise<number> {
  declaredStatements.push({ name, build });
  return (tx, parameters = {}) => {
    if (tx.access !== 'write') throw new Error(`${name} writes inside a read transaction`);
    return tx.engine.change(name, () => build(tx), parameters);
  };
}

/** An insert that is built as of one row and run for many, however many; answers how many were inserted. */
export function preparedInserts(
  name: string,
  build: (tx: Tx) => ChangeQuery,
): (tx: Tx, rows: Iterable<Parameters>) => Promise<number> {
  declaredStatements.push({ name, build });
  return (tx, rows) => {
    if (tx.access !== 'write') throw new Error(`${name} writes inside a read transaction`);
    return tx.engine.inserts(name, () => build(tx), rows);
  };
}

/** A named parameter of a prepared statement, encoded as the column's type. */
export const bound = (column: PgColumn, name: string): SQL => sql`${new Param(new Placeholder(name), orNull(column))}`;

/** Drizzle encodes the values of placeholders without asking whether they are null; plans ask for the column. */
const orNull = (column: PgColumn): DriverValueEncoder<unknown, unknown> & { readonly column: PgColumn } => ({
  column,
  mapToDriverValue: (value: unknown) => (value === null ? null : column.mapToDriverValue(value)),
});

/** Adds `FOR UPDATE` on Postgres; nothing on SQLite, whose write transaction is already alone, nor in a read. */
export const lock = <Q>(tx: Tx, query: Q, of: object | readonly object[]): Q =>
  tx.access === 'read' ? query : tx.engine.lock(query, of);
