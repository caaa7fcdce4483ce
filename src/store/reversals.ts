import { and, eq } from 'drizzle-orm';
import { newId } from './references.ts';
import { lockReturnReference } from './sum-locks.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** The debit and the execution of a payment that was paid. Throws when there is none, which cannot happen. */
export async function getPaidOut(
  tx: Tx,
  paymentId: string,
): Promise<{ debit: Row<'ledgerEntries'>; execution: Row<'paymentExecutions'> }> {
  const { ledgerEntries: entries, paymentExecutions: executions } = tx.t;
  const [row] = await tx.db
    .select({ debit: entries, execution: executions })
    .from(executions)
    .innerJoin(entries, and(eq(entries.paymentId, executions.paymentId), eq(entries.kind, 'payment')))
    .where(eq(executions.paymentId, paymentId));
  if (row === undefined) throw new Error(`payment ${paymentId} has no execution`);
  return row;
}

/** What a reference of money that came in stands on already: a reversed payment or a replenishment. Locked, so that it stays so. */
export async function usedReturnReference(tx: Tx, reference: string): Promise<string | null> {
  const { paymentReversals: reversals, payments, replenishmentRequests: requests } = tx.t;
  await lockReturnReference(tx, reference);
  const [reversed] = await tx.db
    .select({ ref: payments.ref })
    .from(reversals)
    .innerJoin(payments, eq(payments.id, reversals.paymentId))
    .where(eq(reversals.returnedReference, reference));
  if (reversed !== undefined) return reversed.ref;
  const [funded] = await tx.db.select({ ref: requests.ref }).from(requests).where(eq(requests.reference, reference));
  return funded?.ref ?? null;
}

/** Ties a payment, its debit and the credit that took it back to the change that two people made. */
export async function insertReversal(
  tx: Tx,
  reversal: Omit<Row<'paymentReversals'>, 'id' | 'createdAt'>,
): Promise<void> {
  await tx.db.insert(tx.t.paymentReversals).values({ id: newId(), ...reversal, createdAt: tx.now });
}
