import pg from 'pg';
import { arraysOf, fillerOf, readerOf, type Given, type StatementPlan } from '../statement-plan.ts';

/** A row as the server wrote it, each value in its place. */
export type TextRow = readonly (string | null)[];

export interface Prepared {
  rows(parameters: Given): Promise<unknown[]>;
  arrays(parameters: Given): Promise<unknown[][]>;
  texts(parameters: Given): Promise<TextRow[]>;
  change(parameters: Given): Promise<number>;
}

export interface PreparedOn {
  /** Sent as a prepared statement of this name; null sends it unnamed each time. */
  readonly name: string | null;
  readonly onStatement: ((sql: string) => void) | undefined;
}

/** A statement of one connection. */
export function prepare(client: pg.ClientBase, plan: StatementPlan, { name, onStatement }: PreparedOn): Prepared {
  const query = { text: plan.sql, rowMode: 'array' as const, ...(name === null ? {} : { name }) };
  const fill = fillerOf(plan);
  const values = (parameters: Given): unknown[] => {
    onStatement?.(plan.sql);
    return fill(parameters);
  };
  const read = plan.columns === null ? null : readerOf(plan);
  const arrays = plan.columns === null ? null : arraysOf(plan);
  const parsed = async (parameters: Given): Promise<unknown[][]> =>
    (await client.query<unknown[]>({ ...query, types: PARSED, values: values(parameters) })).rows;
  return {
    rows: async (parameters) => {
      const rows = await parsed(parameters);
      return read === null ? [] : rows.map((row) => read(row));
    },
    arrays: async (parameters) => {
      const rows = await parsed(parameters);
      return arrays === null ? [] : arrays(rows);
    },
    texts: async (parameters) => {
      const { rows } = await client.query<TextRow[number][]>({
        ...query,
        types: AS_WRITTEN,
        values: values(parameters),
      });
      return rows;
    },
    change: async (parameters) => (await client.query({ ...query, values: values(parameters) })).rowCount ?? 0,
  };
}

const asWritten = (text: string): string => text;
const AS_WRITTEN: pg.CustomTypesConfig = { getTypeParser: () => asWritten };

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];
/** Instants are read by their plan; the driver would take a time without a zone for one of this machine's. */
const INSTANTS: ReadonlySet<TypeId> = new Set([pg.types.builtins.TIMESTAMPTZ, pg.types.builtins.TIMESTAMP]);
const PARSED: pg.CustomTypesConfig = {
  getTypeParser: (type: TypeId, format?: 'text' | 'binary') =>
    INSTANTS.has(type) ? asWritten : pg.types.getTypeParser(type, format),
};
