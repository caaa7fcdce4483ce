import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** Letters that people shall get, written with what they are about. */
const MAIL = 'mail';
/** Short texts to phones. */
const SMS = 'sms';

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
    ...newMessage(tx, MAIL, { to, subject, text }),
    // Whoever writes it delivers it first; workers take what is left.
    leaseUntil: ownTry ? new Date(tx.now.getTime() + OWN_TRY_MS) : null,
  }));
  await tx.db.insert(tx.t.outboxMessages).values(rows);
}

/** A text that waits in the outbox. No secrets, as in a letter. */
export interface Text {
  /** E.164 with its plus. */
  readonly to: string;
  readonly text: string;
}

/** Puts texts into the outbox; a worker delivers them, at least once. */
export async function putTexts(tx: Tx, texts: readonly Text[]): Promise<void> {
  if (texts.length === 0) return;
  await tx.db.insert(tx.t.outboxMessages).values(texts.map(({ to, text }) => newMessage(tx, SMS, { to, text })));
}

const newMessage = (tx: Tx, topic: string, payload: object): Row<'outboxMessages'> => ({
  id: newId(),
  topic,
  payload: JSON.stringify(payload),
  createdAt: tx.now,
  deliveredAt: null,
  deliveries: 0,
  lastError: null,
  leaseUntil: null,
  nextAt: null,
  webhookId: null,
});

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

/** Messages of a topic of which it is time and that nobody is delivering. */
const dueOf = (tx: Tx, topic: string) => {
  const { outboxMessages: outbox } = tx.t;
  return and(
    eq(outbox.topic, topic),
    isNull(outbox.deliveredAt),
    or(isNull(outbox.leaseUntil), lte(outbox.leaseUntil, tx.now)),
    or(isNull(outbox.nextAt), lte(outbox.nextAt, tx.now)),
  );
};

/** Whether a letter waits for a worker. */
export const hasDueLetters = (tx: Tx): Promise<boolean> => hasDue(tx, MAIL);

/** Whether a text waits for a worker. */
export const hasDueTexts = (tx: Tx): Promise<boolean> => hasDue(tx, SMS);

async function hasDue(tx: Tx, topic: string): Promise<boolean> {
  const { outboxMessages: outbox } = tx.t;
  return (await tx.db.select({ id: outbox.id }).from(outbox).where(dueOf(tx, topic)).limit(1)).length > 0;
}

/** Takes letters that are due, so that no other worker delivers them meanwhile. */
export const takeLetters = (tx: Tx, limit: number): Promise<Row<'outboxMessages'>[]> => take(tx, MAIL, limit);

/** The same for texts. */
export const takeTexts = (tx: Tx, limit: number): Promise<Row<'outboxMessages'>[]> => take(tx, SMS, limit);

async function take(tx: Tx, topic: string, limit: number): Promise<Row<'outboxMessages'>[]> {
  const { outboxMessages: outbox } = tx.t;
  const query = tx.db
    .select()
    .from(outbox)
    .where(dueOf(tx, topic))
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

/** Gives a message up that nobody will ever take: it waits no more, and says why. */
export async function closeUndelivered(tx: Tx, id: string, reason: string): Promise<void> {
  const { outboxMessages: outbox } = tx.t;
  await tx.db
    .update(outbox)
    .set({ deliveries: sql`${outbox.deliveries} + 1`, lastError: reason, deliveredAt: tx.now })
    .where(and(eq(outbox.id, id), isNull(outbox.deliveredAt)));
}
