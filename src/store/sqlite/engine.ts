import type Database from 'better-sqlite3';
import { insertManyRows, type InsertOfRows } from '../many-rows.ts';
import { planFor } from '../plans.ts';
import { arraysOf, fillerOf, readerOf, type Given, type StatementPlan } from '../statement-plan.ts';
import type { ChangeQuery, Engine, RowsQuery } from '../transaction.ts';
import { prebuiltPlans } from './prebuilt-plans.ts';
import { steadyPlan } from './steady-plan.ts';

interface Prepared {
  rows(parameters: Given): unknown[];
  arrays(parameters: Given): unknown[][];
  change(parameters: Given): number;
}

/** better-sqlite3 answers at once: statements are prepared once per connection and run synchronously. */
export function sqliteEngine(raw: Database.Database, onStatement: ((sql: string) => void) | undefined): Engine {
  const statements = new Map<string, Prepared>();
  const once = (name: string, build: () => RowsQuery<unknown> | ChangeQuery): Prepared => {
    let statement = statements.get(name);
    if (statement === undefined)
      statements.set(name, (statement = prepare(raw, planFor(prebuiltPlans, name, build, steadyPlan), onStatement)));
    return statement;
  };
  return {
    rows: async <R>(name: string, build: () => RowsQuery<R>, parameters: Given) =>
      once(name, build).rows(parameters) as R[],
    arrays: async (name, build, parameters) => once(name, build).arrays(parameters),
    change: async (name: string, build: () => ChangeQuery, parameters: Given) => once(name, build).change(parameters),
    inserts: (name, build, rows) =>
      insertManyRows(planFor(prebuiltPlans, name, build), rows, {
        atOnce: ROWS_AT_ONCE,
        insert: inserter(raw, onStatement),
      }),
    lock: (query) => query,
    together: async (writes) => {
      const counts: number[] = [];
      for (const write of writes) counts.push(await write());
      return counts;
    },
  };
}

function prepare(
  raw: Database.Database,
  plan: StatementPlan,
  onStatement: ((sql: string) => void) | undefined,
): Prepared {
  const statement = raw.prepare<unknown[], readonly unknown[]>(plan.sql);
  const fill = fillerOf(plan);
  const values = (parameters: Given): unknown[] => {
    onStatement?.(plan.sql);
    return fill(parameters);
  };
  if (!statement.reader) {
    const refuse = (): never => {
      throw new Error(`no rows are answered by: ${plan.sql}`);
    };
    return {
      ...{ rows: refuse, arrays: refuse },
      change: (parameters) => statement.run(...values(parameters)).changes,
    };
  }
  const read = readerOf(plan);
  const arrays = arraysOf(plan);
  // A raw statement answers arrays.
  statement.raw();
  return {
    rows: (parameters) => statement.all(...values(parameters)).map((row) => read(row)),
    // better-sqlite3 makes a new array of every row.
    arrays: (parameters) => arrays(statement.all(...values(parameters)) as unknown[][]),
    change: (parameters) => statement.all(...values(parameters)).length,
  };
}

/** Fifty rows take a third less than one by one; more at once gain nothing. */
const ROWS_AT_ONCE = 50;
/** So many rows are inserted between two moments in which an interruption is heard. */
const ROWS_BETWEEN_PAUSES = 10_000;

function inserter(raw: Database.Database, onStatement: ((sql: string) => void) | undefined): InsertOfRows {
  const statements = new Map<string, Database.Statement<unknown[]>>();
  let rowsSincePause = 0;
  return (sql, values, rows) => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = raw.prepare<unknown[]>(sql)));
    onStatement?.(sql);
    const { changes } = statement.run(...values);
    rowsSincePause += rows;
    if (rowsSincePause < ROWS_BETWEEN_PAUSES) return changes;
    rowsSincePause = 0;
    return new Promise((resolve) => setImmediate(() => resolve(changes)));
  };
}
