import type { PlanParameter, StatementPlan } from '../statement-plan.ts';

/** What stands in quotes, or one place of a parameter. */
const QUOTED_OR_PLACE = /'[^']*'|"[^"]*"|\?/g;

/**
 * The same statement, prepared once and for all. SQLite looks at the values of plain places (`?`) when it plans a statement with a
 * join, an order or a limit, and plans it anew whenever one of them changes, which takes ten times as long as the statement
 * itself. It does not look behind a sign: `+?` is the same value and changes nothing. Values that never change stand in the
 * statement as they are, so that indexes of some rows only still serve. What is inserted is not planned by its values.
 */
export function steadyPlan(plan: StatementPlan): StatementPlan {
  if (plan.sql.startsWith('insert')) return plan;
  const named: PlanParameter[] = [];
  let place = 0;
  const sql = plan.sql.replaceAll(QUOTED_OR_PLACE, (found) => {
    if (found !== '?') return found;
    const parameter = plan.parameters[place++];
    if (parameter === undefined) throw new Error(`more places than parameters in: ${plan.sql}`);
    if ('value' in parameter) return literal(parameter.value);
    named.push(parameter);
    return '+?';
  });
  return { ...plan, sql, parameters: named };
}

function literal(value: string | number | boolean | null): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}
