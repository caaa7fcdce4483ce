import type { ChangeQuery, Engine, RowsQuery } from '../transaction.ts';
import { compileStatement, type Compiled, type DrizzleStatement } from './statement.ts';

/** better-sqlite3 answers at once: statements are prepared once per connection and run synchronously. */
export function sqliteEngine(): Engine {
  const statements = new Map<string, Compiled>();
  const once = (name: string, build: () => { prepare(name: string): unknown }): Compiled => {
    let statement = statements.get(name);
    // The Postgres face promises `execute`; what Drizzle prepared here is its SQLite statement (see tables.ts).
    if (statement === undefined)
      statements.set(name, (statement = compileStatement(build().prepare(name) as DrizzleStatement)));
    return statement;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Record<string, unknown>) =>
      once(name, build).rows(parameters) as R[],
    change: async (name: string, build: () => ChangeQuery, parameters: Record<string, unknown>) =>
      once(name, build).change(parameters),
    lock: (query) => query,
    together: async (writes) => {
      const counts: number[] = [];
      for (const write of writes) counts.push(await write());
      return counts;
    },
  };
}
