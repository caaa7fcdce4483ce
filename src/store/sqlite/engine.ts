import type { ChangeQuery, Engine, RowsQuery } from '../transaction.ts';

interface SqliteRows<R> {
  all(parameters: Record<string, unknown>): R[];
}
interface SqliteChange {
  run(parameters: Record<string, unknown>): { changes: number };
}

/** better-sqlite3 answers at once: statements are prepared once per connection and run synchronously. */
export function sqliteEngine(): Engine {
  const statements = new Map<string, unknown>();
  const once = <S>(name: string, build: () => { prepare(name: string): unknown }): S => {
    let statement = statements.get(name);
    if (statement === undefined) statements.set(name, (statement = build().prepare(name)));
    // The Postgres face promises `execute`; what Drizzle prepared here is its SQLite statement (see tables.ts).
    return statement as S;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Record<string, unknown>) =>
      once<SqliteRows<R>>(name, build).all(parameters),
    change: async (name: string, build: () => ChangeQuery, parameters: Record<string, unknown>) =>
      once<SqliteChange>(name, build).run(parameters).changes,
    lock: (query) => query,
    together: async (writes) => {
      const counts: number[] = [];
      for (const write of writes) counts.push(await write());
      return counts;
    },
  };
}
