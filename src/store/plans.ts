import { planOf, type DrizzleStatement } from './plan-of.ts';
import type { StatementPlan } from './statement-plan.ts';
import type { ChangeQuery, RowsQuery } from './transaction.ts';

/**
 * The plans of a release, as JSON by the names of their statements, so that short commands neither load Drizzle nor put SQL
 * together. In a checkout there are none.
 */
export type PrebuiltPlans = Readonly<Record<string, string>> | null;

/** What the names of statements begin with that are run in a read, where nothing is locked. */
export const READ = /^read_/;

/** The plan of a statement: the one that was built with this release, else as Drizzle prepares it now and the database wants it. */
export function planFor(
  prebuilt: PrebuiltPlans,
  name: string,
  build: () => RowsQuery<unknown> | ChangeQuery,
  wanted: (plan: StatementPlan) => StatementPlan = (plan) => plan,
): StatementPlan {
  // A read that would lock nothing anyway is the same statement as in a write.
  const plan = prebuilt?.[name] ?? prebuilt?.[name.replace(READ, '')];
  if (plan !== undefined) return JSON.parse(plan) as StatementPlan;
  // The face promises `execute` alone; this is what Drizzle prepares for both drivers.
  return wanted(planOf(name, build().prepare(name) as unknown as DrizzleStatement));
}
