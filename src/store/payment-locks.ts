import { inArray } from 'drizzle-orm';
import { lock, type Tx } from './transaction.ts';

/** Locks payments in the order of their ids, for who takes them one after the other and a fund in between. */
export async function lockPayments(tx: Tx, ids: readonly string[]): Promise<void> {
  const { payments } = tx.t;
  // SQLite's write transaction holds every lock.
  if (tx.dialect === 'sqlite' || ids.length < 2) return;
  const some = tx.db
    .select({ id: payments.id })
    .from(payments)
    .where(inArray(payments.id, [...ids]));
  await lock(tx, some.orderBy(payments.id), payments);
}

/** Locks the payments of attempts in the order of their ids, for who takes them one after the other and a fund in between. */
export async function lockPaymentsOfAttempts(tx: Tx, ids: readonly string[]): Promise<void> {
  const { paymentAttempts: attempts } = tx.t;
  if (tx.dialect === 'sqlite' || ids.length < 2) return;
  const its = await tx.db
    .select({ paymentId: attempts.paymentId })
    .from(attempts)
    .where(inArray(attempts.id, [...ids]));
  await lockPayments(
    tx,
    its.map(({ paymentId }) => paymentId),
  );
}
