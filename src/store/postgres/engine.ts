import type { ClientBase } from 'pg';
import { insertManyRows } from '../many-rows.ts';
import { planFor } from '../plans.ts';
import type { ChangeQuery, Engine, RowsQuery, Tx } from '../transaction.ts';
import { prebuiltPlans } from './prebuilt-plans.ts';
import { prepare, type Prepared, type TextRow } from './statement.ts';

interface Lockable {
  for(strength: 'update', options: { of: object | readonly object[] }): unknown;
}

export interface EngineOptions {
  /** `false` sends statements unnamed, for poolers in transaction mode. */
  readonly named: boolean;
  /** Called before each statement is sent. */
  readonly sending: () => void;
  readonly onStatement?: ((sql: string) => void) | undefined;
}

export interface PostgresEngine extends Engine {
  /** Rows of a prepared select as the server wrote them, for who reads millions and decodes few. */
  texts(name: string, build: () => RowsQuery<unknown>, parameters: Record<string, unknown>): Promise<TextRow[]>;
}

/** A statement takes 65,535 parameters at most, and a row may have more than twenty columns. */
const ROWS_AT_ONCE = 200;
/** The server inserts one batch while the next is put together, and has another waiting. */
const BATCHES_AHEAD = 2;

/** The engine of a transaction that is known to be on Postgres. */
export function postgresEngineOf({ engine, dialect }: Tx): PostgresEngine {
  if (dialect !== 'postgres') throw new Error(`this is for Postgres, not for ${dialect}`);
  return engine as PostgresEngine;
}

/** Statements of one Postgres connection. */
export function postgresEngine(client: ClientBase, { named, sending, onStatement }: EngineOptions): PostgresEngine {
  const statements = new Map<string, Prepared>();
  const once = (name: string, build: () => RowsQuery<unknown> | ChangeQuery): Prepared => {
    let statement = statements.get(name);
    if (statement === undefined) {
      const plan = planFor(prebuiltPlans, name, build);
      statements.set(name, (statement = prepare(client, plan, { name: named ? name : null, onStatement })));
    }
    sending();
    return statement;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Record<string, unknown>) =>
      (await once(name, build).rows(parameters)) as R[],
    arrays: async (name, build, parameters) => once(name, build).arrays(parameters),
    texts: async (name, build, parameters) => once(name, build).texts(parameters),
    change: async (name, build, parameters) => once(name, build).change(parameters),
    inserts: (name, build, rows) => {
      const insert = async (text: string, values: readonly unknown[], count: number): Promise<number> => {
        onStatement?.(text);
        sending();
        // What is left at the end is sent once: only whole batches are worth a prepared statement.
        const query = named && count === ROWS_AT_ONCE ? { text, name: `${name}_${count}` } : { text };
        return (await client.query({ ...query, values: [...values] })).rowCount ?? 0;
      };
      const plan = planFor(prebuiltPlans, name, build);
      return insertManyRows(plan, rows, { atOnce: ROWS_AT_ONCE, insert, ahead: BATCHES_AHEAD });
    },
    // The builder of a select carries `for` on Postgres only; the shared face does not show it.
    lock: <Q>(query: Q, of: object | readonly object[]) => (query as unknown as Lockable).for('update', { of }) as Q,
    together: async (writes) => {
      // All are sent before the first answer is awaited; every one is settled before the first error is raised.
      const settled = await Promise.allSettled(writes.map((write) => write()));
      return settled.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
    },
  };
}
