import { eq, sql } from 'drizzle-orm';
import { bound, preparedRows, type Tx } from './transaction.ts';

const sumLocks = preparedRows('execution_sum_locks', (tx) => {
  const { funds, payments, paymentExecutions: executions } = tx.t;
  const reference = bound(executions.gatewayReference, 'gatewayReference');
  return tx.db
    .select({
      destination: sql`case when ${funds.otpThresholdMinor} >= ${payments.amountMinor} then pg_advisory_xact_lock(hashtextextended('destination ' || ${payments.currency} || ' ' || ${payments.destinationKey}, 0))::text end`,
      receipt: sql`case when ${reference} <> '' then pg_advisory_xact_lock(hashtextextended('receipt ' || ${reference}, 0))::text end`,
    })
    .from(payments)
    .innerJoin(funds, eq(funds.id, payments.fundId))
    .where(sql`${payments.id} = ${bound(payments.id, 'paymentId')}`);
});

/**
 * Locks, until the transaction ends, what no row stands for although payments of other funds count in it too: what a destination got in
 * seven days, where that decides whether a code is needed, and a receipt of a gateway, which is used once. Locked before it is read,
 * and after payment and fund; two who would otherwise not see each other come one after the other. Most payments ask for a code
 * whatever their destination got and have no receipt yet, and lock neither. SQLite has one writer, and needs none.
 */
export const lockSums = async (
  tx: Tx,
  parameters: { readonly paymentId: string; readonly gatewayReference: string },
): Promise<void> => {
  if (tx.dialect === 'postgres' && tx.access === 'write') await sumLocks(tx, parameters);
};

const returnLock = preparedRows('return_reference_lock', (tx) => {
  const { office, paymentReversals: reversals } = tx.t;
  const reference = bound(reversals.returnedReference, 'reference');
  return tx.db
    .select({ locked: sql`pg_advisory_xact_lock(hashtextextended('came in ' || ${reference}, 0))::text` })
    .from(office);
});

/** Locks, until the transaction ends, a reference with which money came in: it is used once, for a reversal or a replenishment. */
export const lockReturnReference = async (tx: Tx, reference: string): Promise<void> => {
  if (tx.dialect === 'postgres' && tx.access === 'write') await returnLock(tx, { reference });
};
