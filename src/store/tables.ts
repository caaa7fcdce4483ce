import type { InferInsertModel, InferSelectModel } from 'drizzle-orm';
import type * as postgres from './postgres/schema.ts';
import type * as sqlite from './sqlite/schema.ts';

/**
 * The tables as operations and queries see them. Postgres' types are the common face of both databases: the proof below shows
 * that a row read from or written to SQLite has exactly the same shape.
 */
export type Tables = typeof postgres;
type SqliteTables = typeof sqlite;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never;
type SameRows = {
  [Name in keyof Tables]: Name extends keyof SqliteTables
    ? Same<InferSelectModel<Tables[Name]>, InferSelectModel<SqliteTables[Name]>> extends true
      ? Same<InferInsertModel<Tables[Name]>, InferInsertModel<SqliteTables[Name]>>
      : never
    : never;
};
type Proven =
  Same<keyof Tables, keyof SqliteTables> extends true ? Same<SameRows, { [Name in keyof Tables]: true }> : never;

/** Does not compile unless both schemas have the same tables with equal row types. */
true satisfies Proven;

export type Row<Name extends keyof Tables> = InferSelectModel<Tables[Name]>;
export type NewRow<Name extends keyof Tables> = InferInsertModel<Tables[Name]>;
