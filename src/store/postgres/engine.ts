import type { ClientBase } from 'pg';
import type { ChangeQuery, Engine, RowsQuery, Tx } from '../transaction.ts';
import { compileStatement, type Compiled, type DrizzleStatement, type TextRow } from './statement.ts';

interface Lockable {
  for(strength: 'update', options: { of: object | readonly object[] }): unknown;
}

export interface EngineOptions {
  /** `false` sends statements unnamed, for poolers in transaction mode. */
  readonly named: boolean;
  /** Called before each statement is sent. */
  readonly sending: () => void;
}

export interface PostgresEngine extends Engine {
  /** Rows of a prepared select as the server wrote them, for who reads millions and decodes few. */
  texts(name: string, build: () => RowsQuery<unknown>, parameters: Record<string, unknown>): Promise<TextRow[]>;
}

/** The engine of a transaction that is known to be on Postgres. */
export function postgresEngineOf({ engine, dialect }: Tx): PostgresEngine {
  if (dialect !== 'postgres') throw new Error(`this is for Postgres, not for ${dialect}`);
  return engine as PostgresEngine;
}

/** Statements of one Postgres connection. */
export function postgresEngine(client: ClientBase, { named, sending }: EngineOptions): PostgresEngine {
  const statements = new Map<string, Compiled>();
  const once = (name: string, build: () => RowsQuery<unknown> | ChangeQuery): Compiled => {
    let statement = statements.get(name);
    // The face promises `execute` alone; this is what Drizzle prepares for node-postgres.
    if (statement === undefined) {
      statements.set(
        name,
        (statement = compileStatement(client, build().prepare(named ? name : '') as unknown as DrizzleStatement)),
      );
    }
    sending();
    return statement;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Record<string, unknown>) =>
      (await once(name, build).rows(parameters)) as R[],
    texts: async (name, build, parameters) => once(name, build).texts(parameters),
    change: async (name, build, parameters) => once(name, build).change(parameters),
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
