import { fillerOf, type Given, type StatementPlan } from './statement-plan.ts';

/** Inserts so many rows with these values, one row after another; tells how many it inserted. */
export type InsertOfRows = (sql: string, values: readonly unknown[], rows: number) => number | Promise<number>;

/** Inserts rows by the plan of one, so many at once; memory holds no more of them. */
export async function insertManyRows(
  plan: StatementPlan,
  rows: Iterable<Given>,
  { atOnce, insert }: { readonly atOnce: number; readonly insert: InsertOfRows },
): Promise<number> {
  const fill = fillerOf(plan);
  const sql = insertText(plan, atOnce);
  let values: unknown[] = [];
  let [waiting, inserted] = [0, 0];
  for (const row of rows) {
    values.push(...fill(row));
    waiting += 1;
    if (waiting < atOnce) continue;
    inserted += await insert(sql, values, atOnce);
    [values, waiting] = [[], 0];
  }
  return waiting === 0 ? inserted : inserted + (await insert(insertText(plan, waiting), values, waiting));
}

/** The text of an insert of so many rows, made of that of one. Throws for what is no such insert. */
export function insertText({ sql }: StatementPlan, rows: number): string {
  const [, head = '', tuple = ''] = /^(insert into .* values )(\([^()]*\))$/s.exec(sql) ?? [];
  if (tuple === '') throw new Error(`of one row, this cannot be made an insert of many: ${sql}`);
  const places = tuple.match(/\$\d+/g)?.length ?? 0;
  // Postgres numbers its parameters; SQLite takes them as they come.
  const tuples = Array.from({ length: rows }, (_, row) =>
    tuple.replaceAll(/\$(\d+)/g, (_place, number: string) => `$${Number(number) + row * places}`),
  );
  return head + tuples.join(', ');
}
