import { and, eq, inArray, isNotNull, isNull, notInArray, sql } from 'drizzle-orm';
import { bound, preparedChange, type Tx } from './transaction.ts';

// Which lines of statements are open is kept beside them, as they are few among the millions that are explained.

const explained = (lineId: unknown) =>
  sql`exists (select 1 from matches m where m.line_id = ${sql`${lineId}`} and m.undone_at is null)`;

/** Notes those lines of a statement that nothing explains, once what is certain has been matched. */
export const noteOpenLines = preparedChange('note_open_lines', (tx) => {
  const { statementLines: l, openLines } = tx.t;
  return tx.db.insert(openLines).select(
    tx.db
      .select({
        ...{ lineId: l.id, fundId: l.fundId, bookedOn: l.bookedOn, amountMinor: l.amountMinor },
        ...{ closedAt: sql<Date | null>`null`.as('closed_at'), replacedBy: sql<string | null>`null`.as('replaced_by') },
      })
      .from(l)
      .where(sql`${eq(l.statementId, bound(l.statementId, 'statementId'))} and not ${explained(l.id)}`),
  );
});

/** Closes open lines of a fund that a match explains now; answers how many. The caller holds the fund's lock. */
export const closeExplainedLines = (tx: Tx, fundId: string): Promise<number> => close(tx, { fundId, now: tx.now });

const close = preparedChange('close_open_lines', (tx) => {
  const { openLines: o } = tx.t;
  return tx.db
    .update(o)
    .set({ closedAt: bound(o.closedAt, 'now') })
    .where(sql`${o.fundId} = ${bound(o.fundId, 'fundId')} and ${o.closedAt} is null and ${explained(o.lineId)}`);
});

/**
 * Closes for good those lines of a replaced statement that the file in its place does not have: they never happened. `kept` are the
 * ids of the lines that it has.
 */
export async function dropReplacedLines(
  tx: Tx,
  { statementId, by, kept }: { statementId: string; by: string; kept: ReadonlySet<string> },
): Promise<void> {
  const { openLines: o, statementLines: l } = tx.t;
  const rows = await tx.db
    .select({
      ...{ lineId: l.id, fundId: l.fundId, bookedOn: l.bookedOn, amountMinor: l.amountMinor },
      known: o.lineId,
    })
    .from(l)
    .leftJoin(o, eq(o.lineId, l.id))
    .where(eq(l.statementId, statementId));
  const dropped = { closedAt: tx.now, replacedBy: by };
  for (const { known, ...line } of rows) {
    if (kept.has(line.lineId)) continue;
    if (known === null) await tx.db.insert(o).values({ ...line, ...dropped });
    else await tx.db.update(o).set(dropped).where(eq(o.lineId, line.lineId));
  }
}

/** Ids of a fund's lines that the statement in place of theirs does not have. */
export async function droppedLines(tx: Tx, fundId: string): Promise<ReadonlySet<string>> {
  const { openLines: o } = tx.t;
  const rows = await tx.db
    .select({ id: o.lineId })
    .from(o)
    .where(and(eq(o.fundId, fundId), isNotNull(o.replacedBy)));
  return new Set(rows.map(({ id }) => id));
}

/** Live matches of lines that the statement in place of theirs does not have, one for each group. */
export async function matchesOfDroppedLines(
  tx: Tx,
  fundId: string,
): Promise<{ ref: string; lineId: string; entryId: string }[]> {
  const { openLines: o, matches: m } = tx.t;
  const rows = await tx.db
    .select({ ref: m.ref, lineId: o.lineId, entryId: m.entryId, run: m.reconciliationId, group: m.groupSeq })
    .from(o)
    .innerJoin(m, and(eq(m.lineId, o.lineId), isNull(m.undoneAt)))
    .where(and(eq(o.fundId, fundId), isNotNull(o.replacedBy)))
    .orderBy(m.ref);
  return [...new Map(rows.toReversed().map((row) => [`${row.run} ${row.group}`, row])).values()].toReversed();
}

/** Lines whose match was undone are open again, but for those that a whole statement came without. */
export async function reopenLines(tx: Tx, lineIds: readonly string[]): Promise<void> {
  if (lineIds.length === 0) return;
  const { openLines: o, statementLines: l } = tx.t;
  const these = [...new Set(lineIds)];
  await tx.db
    .update(o)
    .set({ closedAt: null })
    .where(and(inArray(o.lineId, these), isNotNull(o.closedAt), isNull(o.replacedBy)));
  const known = tx.db.select({ id: o.lineId }).from(o).where(inArray(o.lineId, these));
  const rows = await tx.db
    .select({ lineId: l.id, fundId: l.fundId, bookedOn: l.bookedOn, amountMinor: l.amountMinor })
    .from(l)
    .where(and(inArray(l.id, these), notInArray(l.id, known)));
  if (rows.length > 0) await tx.db.insert(o).values(rows);
}
