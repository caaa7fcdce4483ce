import { and, eq, isNull } from 'drizzle-orm';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

type Key = Pick<Row<'idempotencyKeys'>, 'userId' | 'key'>;

/** What a person's key stands for, once it stands for something. */
export async function findKey(tx: Tx, { userId, key }: Key): Promise<Row<'idempotencyKeys'> | undefined> {
  const { idempotencyKeys: keys } = tx.t;
  const [row] = await tx.db
    .select()
    .from(keys)
    .where(and(eq(keys.userId, userId), eq(keys.key, key)));
  return row;
}

/**
 * Takes a key for what this transaction does; answers its id, or undefined when it was taken before. On Postgres this waits for
 * another transaction that is taking it at the same moment; on SQLite no other writes.
 */
export async function takeKey(
  tx: Tx,
  request: Omit<Row<'idempotencyKeys'>, 'id' | 'createdAt' | 'answer'>,
): Promise<string | undefined> {
  if ((await findKey(tx, request)) !== undefined) return undefined;
  const { idempotencyKeys: keys } = tx.t;
  const taken = await tx.db
    .insert(keys)
    .values({ id: newId(), ...request, createdAt: tx.now, answer: null })
    .onConflictDoNothing()
    .returning({ id: keys.id });
  return taken[0]?.id;
}

/** Keeps what is answered under a key; in the transaction that took it. */
export async function keepAnswer(tx: Tx, id: string, answer: string): Promise<void> {
  const { idempotencyKeys: keys } = tx.t;
  const kept = await tx.db
    .update(keys)
    .set({ answer })
    .where(and(eq(keys.id, id), isNull(keys.answer)))
    .returning({ id: keys.id });
  if (kept.length !== 1) throw new Error(`the key ${id} has an answer already`);
}
