import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Letters that people shall get, written with what they are about. */
const MAIL = 'mail';

/** A letter that waits in the outbox. No secrets: it may lie there for long. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Puts letters into the outbox; they are delivered after the transaction, at least once. */
export async function putLetters(tx: Tx, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map(({ to, subject, text }) => ({
    id: newId(),
    topic: MAIL,
    payload: JSON.stringify({ to, subject, text }),
    createdAt: tx.now,
    deliveredAt: null,
    deliveries: 0,
    lastError: null,
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
