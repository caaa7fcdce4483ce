import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Row, Tables } from './tables.ts';
import { bound, preparedChange, preparedInserts, type ChangeQuery, type Tx } from './transaction.ts';

/** A prepared insert of a whole row; every column is a parameter of its own name. */
export function insertRow<Name extends keyof Tables>(name: Name): (tx: Tx, row: Row<Name>) => Promise<number> {
  const insert = preparedChange(`insert_${name}`, (tx) => wholeRow(tx, name));
  return (tx, row) => insert(tx, { ...row });
}

/** A prepared insert of whole rows, of as many as there are; in memory that does not grow with them. Columns of `without` stay null. */
export const insertRows = <Name extends keyof Tables, Without extends keyof Row<Name> & string = never>(
  name: Name,
  without: readonly Without[] = [],
): ((tx: Tx, rows: Iterable<Omit<Row<Name>, Without>>) => Promise<number>) =>
  preparedInserts(`insert_${name}`, (tx) => wholeRow(tx, name, without));

function wholeRow(tx: Tx, name: keyof Tables, without: readonly string[] = []): ChangeQuery {
  const table: PgTable = tx.t[name];
  const values = Object.fromEntries(
    Object.entries(getTableColumns(table))
      .filter(([key]) => !without.includes(key))
      .map(([key, column]) => [key, bound(column, key)]),
  );
  return tx.db.insert(table).values(values);
}
