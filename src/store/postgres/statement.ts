import type pg from 'pg';
import { fillerOf, rowReader, type Parameters, type SelectedFields } from '../compiled.ts';

/** What Drizzle prepared for node-postgres, as far as it is used here. */
export interface DrizzleStatement {
  readonly params: readonly unknown[];
  readonly fields?: SelectedFields;
  readonly logger: { logQuery(sql: string, parameters: unknown[]): void };
  readonly rawQueryConfig: pg.QueryConfig;
  readonly queryConfig: pg.QueryArrayConfig;
  execute(parameters: Parameters): Promise<unknown>;
}

/** A row as the server wrote it, each value in its place. */
export type TextRow = readonly (string | null)[];

export interface Compiled {
  rows(parameters: Parameters): Promise<unknown[]>;
  texts(parameters: Parameters): Promise<TextRow[]>;
  change(parameters: Parameters): Promise<number>;
}

/** Compiles what Drizzle prepared for one connection; answers exactly what Drizzle's own `execute` would. */
export function compileStatement(client: pg.ClientBase, statement: DrizzleStatement): Compiled {
  const { rawQueryConfig, queryConfig, logger } = statement;
  const fill = fillerOf(statement.params);
  const values = (parameters: Parameters): unknown[] => {
    const filled = fill(parameters);
    logger.logQuery(rawQueryConfig.text, filled);
    return filled;
  };
  const readRow = rowReader(statement.fields);
  return {
    rows: async (parameters) => {
      // Whatever Drizzle must put together itself is a select, so its answer is a list of rows.
      if (readRow === null) return (await statement.execute(parameters)) as unknown[];
      const { rows } = await client.query({ ...queryConfig, values: values(parameters) });
      return rows.map(readRow);
    },
    texts: async (parameters) => {
      const { rows } = await client.query<TextRow>({ ...queryConfig, types: AS_WRITTEN, values: values(parameters) });
      return rows;
    },
    change: async (parameters) => (await client.query({ ...rawQueryConfig, values: values(parameters) })).rowCount ?? 0,
  };
}

const AS_WRITTEN: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };
