import { and, asc, eq, gte, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** A stored line with where it stands. */
export type StoredLine = Row<'statementLines'>;

const AT_ONCE = 2000;

/** Tells every line of a fund's statements, booked on these days, that no live match explains, with its statement's type; statement by statement, in their order. */
export async function eachOpenLine(
  tx: Tx,
  { fundId, from, to }: { fundId: string; from: string | null; to: string | null },
  take: (line: StoredLine, type: string) => void,
): Promise<void> {
  for (const { id: statementId, type, replacedBy } of await statementsOf(tx, { fundId, from, to })) {
    // Of one that was replaced some lines may be wrong, which is seldom and not worth a look-up for every line.
    const read = replacedBy === null ? openLinesPage : keptLinesPage;
    for (let after = -1; ;) {
      const page = await read(tx, { statementId, after });
      for (const line of page) if (isWithin(line.bookedOn, from, to)) take(line, type);
      const last = page.at(-1);
      if (last === undefined || page.length < AT_ONCE) break;
      after = last.seq;
    }
  }
}

const linesPage = (name: string, more: (tx: Tx) => SQL) =>
  preparedRows(name, (tx) => {
    const { statementLines: lines } = tx.t;
    return tx.db
      .select()
      .from(lines)
      .where(
        sql`${lines.statementId} = ${bound(lines.statementId, 'statementId')} and ${lines.seq} > ${bound(lines.seq, 'after')} and not exists (select 1 from matches m where m.line_id = ${lines.id} and m.undone_at is null)${more(tx)}`,
      )
      .orderBy(asc(lines.seq))
      .limit(AT_ONCE);
  });
const openLinesPage = linesPage('open_lines', () => sql``);
const keptLinesPage = linesPage(
  'kept_lines',
  (tx) =>
    sql` and not exists (select 1 from open_lines o where o.line_id = ${tx.t.statementLines.id} and o.replaced_by is not null)`,
);

const isWithin = (day: string, from: string | null, to: string | null): boolean =>
  (from === null || day >= from) && (to === null || day <= to);

/** The statements of a fund that may hold lines of these days, oldest first. */
async function statementsOf(
  tx: Tx,
  { fundId, from, to }: { fundId: string; from: string | null; to: string | null },
): Promise<{ id: string; type: string; replacedBy: string | null }[]> {
  const { statements: s } = tx.t;
  return tx.db
    .select({ id: s.id, type: s.type, replacedBy: s.replacedBy })
    .from(s)
    .where(
      and(
        eq(s.fundId, fundId),
        from === null ? undefined : or(isNull(s.toDay), gte(s.toDay, from)),
        to === null ? undefined : or(isNull(s.fromDay), lte(s.fromDay, to)),
      ),
    )
    .orderBy(asc(s.createdAt), asc(s.id));
}

/** Whether a fund has any statement line at all. */
export async function hasLines(tx: Tx, fundId: string): Promise<boolean> {
  const { statements: s } = tx.t;
  return (await tx.db.select({ id: s.id }).from(s).where(eq(s.fundId, fundId)).limit(1)).length > 0;
}

/** Sum of the fund's open lines up to and with a day, minor units. */
export async function openLinesSum(tx: Tx, fundId: string, to: string): Promise<number> {
  const { openLines: o } = tx.t;
  const [row] = await tx.db
    .select({ sum: sql<number>`coalesce(sum(${o.amountMinor}), 0)`.mapWith(Number) })
    .from(o)
    .where(and(eq(o.fundId, fundId), isNull(o.closedAt), lte(o.bookedOn, to)));
  return row?.sum ?? 0;
}

/** The lines with these ids. */
export async function linesById(tx: Tx, ids: readonly string[]): Promise<StoredLine[]> {
  const { statementLines: lines } = tx.t;
  const found: StoredLine[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    found.push(
      ...(await tx.db
        .select()
        .from(lines)
        .where(inArray(lines.id, ids.slice(at, at + AT_ONCE)))),
    );
  }
  return found;
}

/** The code of a fund, whoever may see it. */
export async function fundCodeOf(tx: Tx, fundId: string): Promise<string> {
  const { funds } = tx.t;
  const [row] = await tx.db.select({ code: funds.code }).from(funds).where(eq(funds.id, fundId));
  return row?.code ?? '';
}
