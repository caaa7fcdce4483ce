import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { bound, lock, preparedChange, preparedRows, type Tx } from './transaction.ts';

/** What an attempt has of a rail before anything was sent; all that cash and manual attempts ever have. */
export const NO_RAIL = {
  conversation: null,
  resultToken: null,
  highestFeeMinor: 0,
  acceptedAt: null,
  leaseHolder: null,
  leaseUntil: null,
  nextLookAt: null,
  looks: 0,
} as const satisfies Partial<Row<'paymentAttempts'>>;

/** An attempt and its payment, both locked until the transaction ends: the payment first, as everybody does. */
export async function lockAttempt(
  tx: Tx,
  id: string,
): Promise<{ readonly attempt: Row<'paymentAttempts'>; readonly payment: Row<'payments'> }> {
  // Both are sent at once, and answered in their order.
  const [[payment], [attempt]] = await Promise.all([paymentOfAttempt(tx, { id }), lockedAttempt(tx, { id })]);
  if (payment === undefined || attempt === undefined) throw new Error(`attempt ${id} has gone`);
  return { attempt, payment };
}

const paymentOfAttempt = preparedRows('payment_of_attempt', (tx) => {
  const { payments, paymentAttempts: attempts } = tx.t;
  const its = tx.db
    .select({ id: attempts.paymentId })
    .from(attempts)
    .where(sql`${attempts.id} = ${bound(attempts.id, 'id')}`);
  return lock(
    tx,
    tx.db
      .select()
      .from(payments)
      .where(sql`${payments.id} = ${its}`),
    payments,
  );
});

const lockedAttempt = preparedRows('locked_attempt', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  const one = tx.db
    .select()
    .from(attempts)
    .where(sql`${attempts.id} = ${bound(attempts.id, 'id')}`);
  return lock(tx, one, attempts);
});

/** The payment that an attempt is of. */
export async function getPaymentRowOfAttempt(tx: Tx, attemptId: string): Promise<Row<'payments'>> {
  const { paymentAttempts: attempts, payments } = tx.t;
  const [row] = await tx.db
    .select({ payment: payments })
    .from(attempts)
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .where(eq(attempts.id, attemptId));
  if (row === undefined) throw new Error(`attempt ${attemptId} has gone`);
  return row.payment;
}

/**
 * Ids of those whose doing an attempt is: who requested its payment and who carried it out, whoever made or makes another attempt
 * of it too. A payment that was tried again has no executor of its own, or another one.
 */
export async function involvedInAttempt(
  tx: Tx,
  attemptId: string,
): Promise<{ readonly payment: string; readonly executorId: string; readonly people: readonly string[] }> {
  const { paymentAttempts: attempts, payments } = tx.t;
  const [row] = await tx.db
    .select({
      payment: payments.ref,
      requesterId: payments.requesterId,
      executorId: attempts.executorId,
      present: payments.executorId,
    })
    .from(attempts)
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .where(eq(attempts.id, attemptId));
  if (row === undefined) throw new Error(`attempt ${attemptId} has gone`);
  const { payment, requesterId, executorId, present } = row;
  return { payment, executorId, people: [requesterId, executorId, ...(present === null ? [] : [present])] };
}

/** The attempt that a gateway's answer speaks of: by its key or, where that is silent, by the gateway's own name for it. */
export async function findAttempt(
  tx: Tx,
  gateway: string,
  { key, conversation }: { readonly key: string | null; readonly conversation: string | null },
): Promise<Row<'paymentAttempts'> | undefined> {
  const [row] =
    key !== null
      ? await attemptOfKey(tx, { gateway, idempotencyKey: key })
      : conversation !== null
        ? await attemptOfConversation(tx, { gateway, conversation })
        : [];
  return row;
}

const attemptOfKey = preparedRows('attempt_of_key', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .select()
    .from(attempts)
    .where(
      sql`${attempts.idempotencyKey} = ${bound(attempts.idempotencyKey, 'idempotencyKey')} and ${attempts.gateway} = ${bound(attempts.gateway, 'gateway')}`,
    );
});

const attemptOfConversation = preparedRows('attempt_of_conversation', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .select()
    .from(attempts)
    .where(
      sql`${attempts.conversation} = ${bound(attempts.conversation, 'conversation')} and ${attempts.gateway} = ${bound(attempts.gateway, 'gateway')}`,
    );
});

/** An attempt by its id. */
export async function attemptById(tx: Tx, id: string): Promise<Row<'paymentAttempts'> | undefined> {
  const [row] = await attemptOfId(tx, { id });
  return row;
}

const attemptOfId = preparedRows('attempt_of_id', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .select()
    .from(attempts)
    .where(sql`${attempts.id} = ${bound(attempts.id, 'id')}`);
});

/** The attempt whose results are reported under this token; undefined for a token that was never given out. */
export async function findAttemptByToken(tx: Tx, token: string): Promise<Row<'paymentAttempts'> | undefined> {
  const [row] = await attemptOfToken(tx, { resultToken: token });
  return row;
}

const attemptOfToken = preparedRows('attempt_of_token', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .select()
    .from(attempts)
    .where(sql`${attempts.resultToken} = ${bound(attempts.resultToken, 'resultToken')}`);
});

/** Attempts of payments in flight of which it is time to ask, longest due first, that nobody holds. */
export const dueAttempts = (tx: Tx, limit: number): Promise<Row<'paymentAttempts'>[]> =>
  attemptsDue(tx, { now: tx.now, limit });

const attemptsDue = preparedRows('due_attempts', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .select()
    .from(attempts)
    .where(
      and(
        isNotNull(attempts.nextLookAt),
        sql`${attempts.nextLookAt} <= ${bound(attempts.nextLookAt, 'now')}`,
        or(isNull(attempts.leaseUntil), sql`${attempts.leaseUntil} <= ${bound(attempts.leaseUntil, 'now')}`),
      ),
    )
    .orderBy(asc(attempts.nextLookAt), asc(attempts.id))
    .limit(sql.placeholder('limit'));
});

/** What changes of an attempt while its outcome is open. */
type Moved = Pick<
  Row<'paymentAttempts'>,
  | 'id'
  | 'state'
  | 'error'
  | 'sentAt'
  | 'conversation'
  | 'acceptedAt'
  | 'leaseHolder'
  | 'leaseUntil'
  | 'nextLookAt'
  | 'looks'
>;

const move = preparedChange('move_attempt', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .update(attempts)
    .set({
      state: bound(attempts.state, 'state'),
      error: bound(attempts.error, 'error'),
      sentAt: bound(attempts.sentAt, 'sentAt'),
      conversation: bound(attempts.conversation, 'conversation'),
      acceptedAt: bound(attempts.acceptedAt, 'acceptedAt'),
      leaseHolder: bound(attempts.leaseHolder, 'leaseHolder'),
      leaseUntil: bound(attempts.leaseUntil, 'leaseUntil'),
      nextLookAt: bound(attempts.nextLookAt, 'nextLookAt'),
      looks: bound(attempts.looks, 'looks'),
    })
    .where(sql`${attempts.id} = ${bound(attempts.id, 'id')} and ${attempts.state} = ${bound(attempts.state, 'was')}`);
});

/** Moves an attempt out of a state that it must still be in, and keeps it open; 0 when it is no longer in that state. */
export const moveAttempt = (tx: Tx, attempt: Moved & { readonly was: string }): Promise<number> =>
  move(tx, { ...attempt });

const freeLease = preparedChange('free_lease', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .update(attempts)
    .set({
      leaseHolder: sql`null`,
      leaseUntil: sql`null`,
      nextLookAt: sql`null`,
    })
    .where(
      sql`${attempts.id} = ${bound(attempts.id, 'id')} and ${attempts.state} in ('reserved', 'sent', 'accepted', 'unknown')`,
    );
});

/** Ends the lease of an attempt that is about to be closed: nobody has to ask about it any more. */
export const endLease = (tx: Tx, id: string): Promise<number> => freeLease(tx, { id });
