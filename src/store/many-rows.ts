import { fillerOf, type Given, type StatementPlan } from './statement-plan.ts';

/** Inserts so many rows with these values, one row after another; tells how many it inserted. */
export type InsertOfRows = (sql: string, values: readonly unknown[], rows: number) => number | Promise<number>;

export interface ManyRows {
  readonly atOnce: number;
  readonly insert: InsertOfRows;
  /** How many inserts may be under way while the next is put together; none without. */
  readonly ahead?: number;
}

/** Inserts rows by the plan of one, so many at once; memory holds no more of them, and of those under way. */
export async function insertManyRows(
  plan: StatementPlan,
  rows: Iterable<Given>,
  { atOnce, insert, ahead = 0 }: ManyRows,
): Promise<number> {
  const fill = fillerOf(plan);
  const sql = insertText(plan, atOnce);
  const sending = new Sending(ahead);
  let values: unknown[] = [];
  let waiting = 0;
  for (const row of rows) {
    values.push(...fill(row));
    waiting += 1;
    if (waiting < atOnce) continue;
    await sending.take(insert(sql, values, atOnce));
    [values, waiting] = [[], 0];
  }
  if (waiting > 0) await sending.take(insert(insertText(plan, waiting), values, waiting));
  return sending.all();
}

/** Counts what inserts have inserted, of which so many may be unanswered while the next is put together. */
class Sending {
  private readonly unanswered: Promise<number>[] = [];
  private inserted = 0;
  private readonly ahead: number;

  constructor(ahead: number) {
    this.ahead = ahead;
  }

  async take(count: number | Promise<number>): Promise<void> {
    if (this.ahead === 0) {
      this.inserted += await count;
      return;
    }
    const answer = Promise.resolve(count);
    // It is told when its turn comes, unless the one before it fails first, of which it then comes.
    answer.catch(() => undefined);
    this.unanswered.push(answer);
    // What was sent leaves only when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
    await this.answered(this.ahead);
  }

  async all(): Promise<number> {
    await this.answered(0);
    return this.inserted;
  }

  private async answered(left: number): Promise<void> {
    while (this.unanswered.length > left) this.inserted += (await this.unanswered.shift()) ?? 0;
  }
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
