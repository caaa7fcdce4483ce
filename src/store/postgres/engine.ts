import type { ChangeQuery, Engine, RowsQuery } from '../transaction.ts';

interface Lockable {
  for(strength: 'update', options: { of: object | readonly object[] }): unknown;
}

/** Statements of one Postgres connection. `named: false` sends them unnamed, for poolers in transaction mode. */
export function postgresEngine(named: boolean): Engine {
  const statements = new Map<string, { execute(parameters?: Record<string, unknown>): Promise<unknown> }>();
  const once = (name: string, build: () => RowsQuery<unknown> | ChangeQuery) => {
    let statement = statements.get(name);
    if (statement === undefined) statements.set(name, (statement = build().prepare(named ? name : '')));
    return statement;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Record<string, unknown>) =>
      (await once(name, build).execute(parameters)) as R[],
    change: async (name, build, parameters) => {
      const result = (await once(name, build).execute(parameters)) as { rowCount: number | null };
      return result.rowCount ?? 0;
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
