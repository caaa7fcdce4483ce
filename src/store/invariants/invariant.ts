import { sql, type SQL } from 'drizzle-orm';
import { formatAmount } from '../../domain/money.ts';
import type { Tx } from '../transaction.ts';

/** One thing that breaks an invariant, with its figures. */
export interface Broken {
  /** Reference, code or number of the thing. */
  readonly subject: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** A rule that holds in every office at every instant (SAFETY section 6). */
export interface Invariant {
  readonly id: string;
  /** The number it has in the list of invariants. */
  readonly number: number;
  readonly title: string;
  /** What breaks it, at most `MOST_BROKEN` and one; with a fund, only what concerns it. */
  find(tx: Tx, fundId: string | null): Promise<Broken[]>;
}

/** More than this of one kind are not told apart. */
export const MOST_BROKEN = 50;

/** A row of a query that looks for what is broken. */
export interface BrokenRow {
  readonly subject: string;
  readonly currency: string | null;
  readonly expected: number | null;
  readonly found: number | null;
  readonly note: string | null;
}

interface Looking {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** A select of `subject, currency, expected, found, note` in words that both databases understand. */
  readonly query: (fundId: string | null, tx: Tx) => SQL;
  readonly say: (row: BrokenRow) => string;
}

/** An invariant whose breaches one query finds in the database itself, however many rows there are. */
export const inSql = ({ id, number, title, query, say }: Looking): Invariant => ({
  id,
  number,
  title,
  find: async (tx, fundId) => {
    const rows: BrokenRow[] = await tx.db
      .select({
        subject: sql<string>`b.subject`,
        currency: sql<string | null>`b.currency`,
        expected: sql<number | null>`b.expected`.mapWith(Number),
        found: sql<number | null>`b.found`.mapWith(Number),
        note: sql<string | null>`b.note`,
      })
      .from(sql`(${query(fundId, tx)}) b`)
      .limit(MOST_BROKEN + 1);
    return rows.map((row) => ({
      subject: row.subject,
      message: say(row),
      facts: { expected: row.expected, found: row.found, currency: row.currency },
    }));
  },
});

/**
 * How many events of these actions each subject has, as `(...) v` to be joined by `v.subject`. Counted once for all: asked subject by
 * subject, a planner that does not know the rows reads every event of the action each time.
 */
export const eventsOf = (...actions: readonly string[]): SQL => {
  const any = sql.join(
    actions.map((action) => sql`${action}`),
    sql`, `,
  );
  return sql`(select e.subject as subject, count(*) as events from audit_events e where e.action in (${any}) group by e.subject) v`;
};

/** ` and column = fund`, or nothing for all funds. */
export const only = (column: SQL, fundId: string | null): SQL =>
  fundId === null ? sql`` : sql` and ${column} = ${fundId}`;

/** A figure of a row for people, as far as it can be shown. */
export function amount(row: BrokenRow, figure: 'expected' | 'found'): string {
  const minor = row[figure];
  if (minor === null) return 'nothing';
  return row.currency !== null && Number.isSafeInteger(minor) ? formatAmount(minor, row.currency) : String(minor);
}
