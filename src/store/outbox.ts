import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** Letters that people shall get, written with what they are about. */
const MAIL = 'mail';

/** A letter that waits in the outbox. No secrets: it may lie there for long. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Puts letters into the outbox; they are delivered after the transaction, at least once. */
export async function putLetters(
  tx: Tx,
  letters: readonly Letter[],
  { ownTry = true }: { readonly ownTry?: boolean } = {},
): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map(({ to, subject, text }) => ({
    id: newId(),
    topic: MAIL,
    payload: JSON.stringify({ to, subject, text }),
    createdAt: tx.now,
    deliveredAt: null,
    deliveries: 0,
    lastError: null,
    // Whoever writes it delivers it first; workers take what is left.
    leaseUntil: ownTry ? new Date(tx.now.getTime() + OWN_TRY_MS) : null,
    nextAt: null,
    webhookId: null,
  }));
  await tx.db.insert(tx.t.outboxMessages).values(rows);
}

/** Letters that wait, oldest first, at most `limit`. */
export async function waitingLetters(tx: Tx, limit: number): Promise<Row<'outboxMessages'>[]> {
  const { outboxMessages: outbox } = tx.t;
  return tx.db
    .select()
    .from(outbox)
    .where(and(eq(outbox.topic, MAIL), isNull(outbox.deliveredAt)))
    .orderBy(asc(outbox.createdAt), asc(outbox.id))
    .limit(limit);
}

/** How long a letter is left to who has written it. */
const OWN_TRY_MS = 30_000;
/** Longer than a few letters take: whoever still has them then has crashed. */
const LEASE_MS = 120_000;

/** Letters of which it is time that nobody is delivering, oldest first. */
const dueLetters = (tx: Tx) => {
  const { outboxMessages: outbox } = tx.t;
  return and(
    eq(outbox.topic, MAIL),
    isNull(outbox.deliveredAt),
    or(isNull(outbox.leaseUntil), lte(outbox.leaseUntil, tx.now)),
    or(isNull(outbox.nextAt), lte(outbox.nextAt, tx.now)),
  );
};

/** Whether a letter waits for a worker. */
export async function hasDueLetters(tx: Tx): Promise<boolean> {
  const { outboxMessages: outbox } = tx.t;
  return (await tx.db.select({ id: outbox.id }).from(outbox).where(dueLetters(tx)).limit(1)).length > 0;
}

/** Takes letters that are due, so that no other worker delivers them meanwhile. */
export async function takeLetters(tx: Tx, limit: number): Promise<Row<'outboxMessages'>[]> {
  const { outboxMessages: outbox } = tx.t;
  const query = tx.db
    .select()
    .from(outbox)
    .where(dueLetters(tx))
    .orderBy(asc(outbox.createdAt), asc(outbox.id))
    .limit(limit);
  // Under the lock it is read again: another worker may have taken some.
  const rows = await lock(tx, query, outbox);
  const leaseUntil = new Date(tx.now.getTime() + LEASE_MS);
  if (rows.length > 0)
    await tx.db
      .update(outbox)
      .set({ leaseUntil })
      .where(
        inArray(
          outbox.id,
          rows.map(({ id }) => id),
        ),
      );
  return rows;
}

/** Gives letters back that were taken, to be tried again at a time. */
export async function putOff(tx: Tx, ids: readonly string[], nextAt: Date): Promise<void> {
  const { outboxMessages: outbox } = tx.t;
  await tx.db
    .update(outbox)
    .set({ leaseUntil: null, nextAt })
    .where(and(inArray(outbox.id, [...ids]), isNull(outbox.deliveredAt)));
}

/** Notes one try to deliver a message: delivered, or why not. */
export async function noteDelivery(tx: Tx, id: string, error: string | null): Promise<void> {
  const { outboxMessages: outbox } = tx.t;
  await tx.db
    .update(outbox)
    .set({
      deliveries: sql`${outbox.deliveries} + 1`,
      lastError: error,
      ...(error === null ? { deliveredAt: tx.now } : {}),
    })
    .where(and(eq(outbox.id, id), isNull(outbox.deliveredAt)));
}
