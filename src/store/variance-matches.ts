import { and, eq, isNull } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** A match. Throws when it has gone, which cannot happen. */
export async function getMatch(tx: Tx, id: string): Promise<Row<'matches'>> {
  const [row] = await tx.db.select().from(tx.t.matches).where(eq(tx.t.matches.id, id));
  if (row === undefined) throw new Error(`match ${id} has gone`);
  return row;
}

/** Stores a new match. */
export async function insertMatch(tx: Tx, match: Row<'matches'>): Promise<void> {
  await tx.db.insert(tx.t.matches).values(match);
}

/** Undoes a match with all that belongs to the same group and is live. */
export async function undoGroup(
  tx: Tx,
  { reconciliationId, groupSeq }: Pick<Row<'matches'>, 'reconciliationId' | 'groupSeq'>,
  undone: Pick<Row<'matches'>, 'undoneBy' | 'undoneAt' | 'undoneReason'>,
): Promise<void> {
  const { matches } = tx.t;
  await tx.db
    .update(matches)
    .set(undone)
    .where(
      and(eq(matches.reconciliationId, reconciliationId), eq(matches.groupSeq, groupSeq), isNull(matches.undoneAt)),
    );
}
