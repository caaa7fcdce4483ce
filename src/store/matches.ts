import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Row } from './tables.ts';
import { bound, preparedChange, type Tx } from './transaction.ts';
import { reopenLines } from './open-lines.ts';
import { insertRows } from './whole-rows.ts';

export type Match = Row<'matches'>;

/** Stores the head of a run that matches. */
export async function insertReconciliation(tx: Tx, row: Row<'reconciliations'>): Promise<void> {
  await tx.db.insert(tx.t.reconciliations).values(row);
}

/** A match as it is made. */
export type NewMatch = Omit<Match, 'undoneBy' | 'undoneAt' | 'undoneReason'>;

/** Stores lines and entries that belong together, however many; the database refuses a second live match of either. */
export const insertMatches = insertRows('matches', ['undoneBy', 'undoneAt', 'undoneReason']);

/** Stores one of them. */
export const insertMatch = (tx: Tx, match: NewMatch): Promise<number> => insertMatches(tx, [match]);

/** All live matches of one group: what one act of matching tied together. */
export async function liveGroup(tx: Tx, match: Pick<Match, 'reconciliationId' | 'groupSeq'>): Promise<Match[]> {
  const { matches: m } = tx.t;
  return tx.db
    .select()
    .from(m)
    .where(and(eq(m.reconciliationId, match.reconciliationId), eq(m.groupSeq, match.groupSeq), isNull(m.undoneAt)))
    .orderBy(asc(m.linePart), asc(m.entryPart));
}

/** Undoes live matches; their lines are open again. */
export async function undoMatches(
  tx: Tx,
  matches: readonly Pick<Match, 'id' | 'lineId'>[],
  { by, reason }: { by: string; reason: string | null },
): Promise<void> {
  if (matches.length === 0) return;
  const { matches: m } = tx.t;
  await tx.db
    .update(m)
    .set({ undoneBy: by, undoneAt: tx.now, undoneReason: reason })
    .where(
      inArray(
        m.id,
        matches.map(({ id }) => id),
      ),
    );
  await reopenLines(
    tx,
    matches.flatMap(({ lineId }) => lineId ?? []),
  );
}

/** Of no plain column: either database would go through all payments of that status instead of looking up these. */
const standsAt = (column: PgColumn, status: SQL): SQL => sql`${column} || '' = ${status}`;

/** Makes the payments reconciled whose debits the matches of a run explain, but for those whose amounts differ. */
export async function reconcilePayments(
  tx: Tx,
  { runId, groups }: { readonly runId: string; readonly groups: number },
): Promise<void> {
  // Not all at once: what a statement changes is remembered until it has ended.
  for (let after = 0; after < groups; after += GROUPS_AT_ONCE)
    await reconcileSome(tx, { runId, after, upTo: after + GROUPS_AT_ONCE });
}

const GROUPS_AT_ONCE = 500;

const reconcileSome = preparedChange('reconcile_payments', (tx) => {
  const { payments: p, matches: m } = tx.t;
  const explained = sql`select e.payment_id from matches m join ledger_entries e on e.id = m.entry_id where m.reconciliation_id = ${bound(m.reconciliationId, 'runId')} and m.group_seq > ${bound(m.groupSeq, 'after')} and m.group_seq <= ${bound(m.groupSeq, 'upTo')} and m.pass <> 'amount_differs' and e.kind = 'payment'`;
  return tx.db
    .update(p)
    .set({ status: 'reconciled' })
    .where(sql`${p.id} in (${explained}) and ${standsAt(p.status, sql`'success'`)}`);
});

/** Moves payments that stand at one status on to another, however many. */
export async function movePayments(
  tx: Tx,
  ids: Iterable<string>,
  { from, to }: { from: 'success' | 'reconciled'; to: 'success' | 'reconciled' },
): Promise<void> {
  let waiting: string[] = [];
  const moveThem = async (): Promise<void> => {
    const parameters: Record<string, string> = { from, to };
    // Where fewer are left, the last stands for the others: the statement has a place for each.
    for (let at = 0; at < MOVED_AT_ONCE; at += 1)
      parameters[placeOf(at)] = waiting[Math.min(at, waiting.length - 1)] ?? '';
    await move(tx, parameters);
    waiting = [];
  };
  for (const id of ids) {
    waiting.push(id);
    if (waiting.length === MOVED_AT_ONCE) await moveThem();
  }
  if (waiting.length > 0) await moveThem();
}

const MOVED_AT_ONCE = 100;
const placeOf = (at: number): string => `p${at}`;

const move = preparedChange('move_payments', (tx) => {
  const { payments } = tx.t;
  const ids = Array.from({ length: MOVED_AT_ONCE }, (_, at) => bound(payments.id, placeOf(at)));
  return tx.db
    .update(payments)
    .set({ status: bound(payments.status, 'to') })
    .where(
      sql`${payments.id} in (${sql.join(ids, sql`, `)}) and ${standsAt(payments.status, bound(payments.status, 'from'))}`,
    );
});

const AT_ONCE = 500;

/** Those of these lines that a live match explains. */
export async function liveLinesAmong(tx: Tx, lineIds: readonly string[]): Promise<Set<string>> {
  const { matches: m } = tx.t;
  const live = new Set<string>();
  for (let at = 0; at < lineIds.length; at += AT_ONCE) {
    const rows = await tx.db
      .select({ id: m.lineId })
      .from(m)
      .where(and(inArray(m.lineId, lineIds.slice(at, at + AT_ONCE)), isNull(m.undoneAt)));
    for (const { id } of rows) if (id !== null) live.add(id);
  }
  return live;
}
