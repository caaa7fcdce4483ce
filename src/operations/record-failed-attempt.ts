import type { Actor } from '../domain/access.ts';
import { gatewayAccountOf, gatewayOf } from '../domain/payment.ts';
import { NO_RAIL } from '../store/attempts.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { insertAttempt, movePayment } from '../store/execution-writes.ts';
import { lockFund } from '../store/funds.ts';
import { attemptsOf, lockPayment } from '../store/payments.ts';
import { getPolicy } from '../store/policies.ts';
import { newIdentity } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { requestHash } from './judge-execution.ts';

/** Longest part of an error's message that is kept with the payment. */
const LONGEST_ERROR = 500;

/**
 * An execution that failed after its checks had passed: the payment becomes failed, with its last error and one retry more.
 * A transaction of its own, as the failed one left nothing behind. Does nothing when the payment has moved on meanwhile.
 */
export async function recordFailedAttempt(
  store: Store,
  executor: Actor,
  paymentId: string,
  error: unknown,
): Promise<void> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);
  await store.write((tx) => recordAttempt(tx, executor, paymentId, reason), { apart: true });
}

async function recordAttempt(tx: Tx, executor: Actor, paymentId: string, reason: string): Promise<void> {
  const payment = await lockPayment(tx, paymentId);
  if (payment.status !== 'pending') return;
  const fund = await lockFund(tx, payment.fundId);
  const number = (await attemptsOf(tx, paymentId)).length + 1;
  const identity = await newIdentity(tx, 'paymentAttempts');
  const { version: policyVersion } = await getPolicy(tx);
  await movePayment(tx, {
    ...payment,
    was: 'pending',
    status: 'failed',
    executorId: executor.userId,
    executedAt: null,
    lastError: reason,
    retryCount: payment.retryCount + 1,
  });
  await insertAttempt(tx, {
    ...identity,
    ...NO_RAIL,
    paymentId,
    number,
    state: 'failed',
    idempotencyKey: `${paymentId}:${number}`,
    requestHash: requestHash(payment),
    gateway: gatewayOf(payment.method),
    gatewayAccount: gatewayAccountOf(payment.method, fund.code),
    gatewayReference: null,
    executorId: executor.userId,
    challengeId: null,
    reservedMinor: 0,
    error: reason,
    evidence: null,
    createdAt: tx.now,
    sentAt: null,
    closedAt: tx.now,
    policyVersion,
  });
  await recordFundEvent(tx, fund, {
    actor: executor.username,
    action: 'payment.failed',
    subject: payment.ref,
    origin: executor.origin,
    payload: {
      attempt: identity.ref,
      retry_count: payment.retryCount + 1,
      max_retries: payment.maxRetries,
      policy: policyVersion,
      error: reason,
    },
  });
}
