import { fundChain, insertLink, nextLink, type Happening } from '../store/audit-chain.ts';
import { endLease } from '../store/attempts.ts';
import { closeAttempt, moveFund, movePayment } from '../store/execution-writes.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { requireEachOnce } from './guarded-writes.ts';

/** A payment in flight with everything that its end concerns, locked. */
export interface InFlight {
  readonly payment: Row<'payments'>;
  readonly fund: Row<'funds'>;
  readonly attempt: Row<'paymentAttempts'>;
}

export interface Failure {
  /** What people see of it with the payment. */
  readonly lastError: string;
  /** What is kept with the attempt: why, and what proves it. */
  readonly error: string;
  readonly evidence: string | null;
  /** The event, without the figures, which are added. */
  readonly happening: Omit<Happening, 'subject'>;
}

/** The void of T3: the reservation is released, the attempt failed for good, the payment failed with one attempt more. */
export async function failAttempt(
  tx: Tx,
  { payment, fund, attempt }: InFlight,
  { lastError, error, evidence, happening }: Failure,
): Promise<{ payment: Row<'payments'>; fund: Row<'funds'> }> {
  const retryCount = payment.retryCount + 1;
  const link = nextLink(fundChain(fund.code), fund, tx.now, {
    ...happening,
    subject: payment.ref,
    payload: {
      attempt: attempt.ref,
      released_minor: attempt.reservedMinor,
      retry_count: retryCount,
      max_retries: payment.maxRetries,
      ...happening.payload,
    },
  });
  const after = {
    ...fund,
    reservedMinor: fund.reservedMinor - attempt.reservedMinor,
    ...link.head,
  };
  const failed = { ...payment, status: 'failed', lastError, retryCount, executedAt: null };
  const counts = await tx.engine.together([
    () => movePayment(tx, { ...failed, was: 'executing' }),
    ...(attempt.nextLookAt === null ? [] : [() => endLease(tx, attempt.id)]),
    () =>
      closeAttempt(tx, {
        id: attempt.id,
        was: attempt.state,
        state: 'failed',
        gatewayReference: null,
        error,
        evidence,
        closedAt: tx.now,
      }),
    () => moveFund(tx, { ...after, wasHeadSeq: fund.headSeq }),
    () => insertLink(tx, link),
  ]);
  requireEachOnce(counts);
  return { payment: failed, fund: after };
}
