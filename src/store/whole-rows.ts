import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Row, Tables } from './tables.ts';
import { bound, preparedChange, preparedInserts, type ChangeQuery, type Tx } from './transaction.ts';

/** A prepared insert of a whole row; every column is a parameter of its own name. */
export function insertRow<Name extends keyof Tables>(name: Name): (tx: Tx, row: Row<Name>) => Promise<number> {
  const insert = preparedChange(`insert_${name}`, (tx) => wholeRow(tx, name));
  return (tx, row) => insert(tx, { ...row });
}

/** A prepared insert of whole rows, of as many as there are; in memory that does not grow with them. */
export const insertRows = <Name extends keyof Tables>(
  name: Name,
): ((tx: Tx, rows: Iterable<Row<Name>>) => Promise<number>) =>
  preparedInserts(`insert_${name}`, (tx) => wholeRow(tx, name));

function wholeRow(tx: Tx, name: keyof Tables): ChangeQuery {
  const table: PgTable = tx.t[name];
  const values = Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([key, column]) => [key, bound(column, key)]),
  );
  return tx.db.insert(table).values(values);
}
