import { requireWithinReach, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { codeNeeded } from '../domain/execution-facts.ts';
import { attemptKey } from '../domain/attempt-key.ts';
import { gatewayAccountOf, gatewayOf } from '../domain/payment.ts';
import { Problem } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { NO_RAIL } from '../store/attempts.ts';
import { fundChain, insertLink, nextLink, recordFundEvent } from '../store/audit-chain.ts';
import { newReferences, type Dossier, type NewReferences } from '../store/execution-facts.ts';
import { consumeChallenge, insertAttempt, moveFund, movePayment } from '../store/execution-writes.ts';
import type { PaymentView } from '../store/payment-views.ts';
import { secretToken } from '../store/random.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { refuseUsedReference, usableReference } from './gateway-reference.ts';
import { requireEachOnce } from './guarded-writes.ts';
import {
  judgeExecution,
  railFor,
  refusal,
  requestHash,
  type ExecutionCase,
  type OfficeDay,
} from './judge-execution.ts';
import { leaseOn, THIS_PROCESS } from './lease.ts';
import { postPayment, type PaidOut } from './post-payment.ts';
import { recordFailedAttempt } from './record-failed-attempt.ts';
import { removeSchedulesOf } from './remove-schedules.ts';

export interface ExecuteRequest {
  readonly paymentId: string;
  /** What M-Pesa's or the bank's own app answered; null for cash, and when it is not known yet. */
  readonly gatewayReference: string | null;
  readonly dayAt: (now: Date) => OfficeDay;
  /** Who will send it, where a rail carries it; this process, where it is not said. */
  readonly holder?: string;
  /** The schedule that orders it, held by who carries it out: its end is a part of the transaction. */
  readonly scheduled?: ScheduledOrder;
}

/** What a schedule adds to an execution. */
export interface ScheduledOrder {
  readonly schedule: Row<'schedules'>;
  readonly challenge: Row<'otpChallenges'> | null;
  /** Ends the schedule, once: answers 1, or 0 when its lease is somebody else's by now. */
  readonly end: (tx: Tx) => Promise<number>;
}

/**
 * Money that left (`paid`), or that is reserved until somebody says what became of it (`executing`); `before` is what was locked. An
 * attempt that is only `reserved` has still to be sent, by who holds its lease. `removed` is the schedule by which it was to be paid later.
 */
export type Executed = { readonly before: PaymentView; readonly removed: readonly Row<'schedules'>[] } & (
  | { readonly state: 'paid'; readonly paid: PaidOut }
  | { readonly state: 'executing'; readonly attempt: Row<'paymentAttempts'>; readonly fund: Row<'funds'> }
);

/**
 * Executes one payment in one transaction: locks, runs every check again, uses up the code, posts. A refusal changes nothing
 * (Problem forbidden, pending, auth or refused with all checks). An error after the checks passed rolls everything back and is
 * recorded, in a transaction of its own, as a failed attempt; then it is thrown on.
 */
export async function executePayment(store: Store, executor: Actor, request: ExecuteRequest): Promise<Executed> {
  requirePerson(executor);
  const usable = { ...request, gatewayReference: usableReference(request.gatewayReference) };
  const progress = { checksPassed: false };
  try {
    return await store.write((tx) => {
      progress.checksPassed = false;
      return executeWithin(tx, executor, usable, () => (progress.checksPassed = true));
    });
  } catch (error) {
    if (!progress.checksPassed || error instanceof Problem) throw error;
    await recordFailedAttempt(store, executor, request.paymentId, error);
    throw error;
  }
}

/**
 * The same as a part of a transaction, with a reference that is usable. Nothing is written before `passed` is told that the checks have passed: what is thrown before
 * that leaves the transaction as it was, what is thrown after that must undo it.
 */
export async function executeWithin(
  tx: Tx,
  executor: Actor,
  request: ExecuteRequest,
  passed: () => void,
): Promise<Executed> {
  const day = request.dayAt(tx.now);
  const { paymentId, gatewayReference: reference, scheduled } = request;
  const question = {
    ...{ paymentId, executor, day, gatewayReference: reference },
    ...(scheduled === undefined ? {} : { scheduled }),
  };
  // The references depend on nothing that is judged: they are asked for in the same round trip.
  const [judged, refs] = await Promise.all([judgeExecution(tx, question), newReferences(tx)]);
  const { payment, requisition } = judged.dossier;
  requireWithinReach(executor, requisition);
  if (judged.checks.some(isFailed)) throw refusal(payment.ref, judged.checks);
  refuseUsedReference(judged, reference);
  passed();
  const before = viewOf(judged.dossier);
  const { found, removed } = await withoutSchedule(tx, executor, judged, scheduled);
  const known = { before, removed };
  if (payment.method === 'cash' || reference !== null)
    return { ...known, state: 'paid', paid: await payAtOnce(tx, executor, found, { reference, day, refs }) };
  const holder = request.holder ?? THIS_PROCESS;
  return { ...known, state: 'executing', ...(await reserve(tx, executor, found, { refs, holder, scheduled })) };
}

/** What is executed by hand now is not due later: its schedule is removed with an event of its own, before that of the execution. */
async function withoutSchedule(
  tx: Tx,
  executor: Actor,
  found: ExecutionCase,
  scheduled: ScheduledOrder | undefined,
): Promise<{ found: ExecutionCase } & Pick<Executed, 'removed'>> {
  const { payment, fund, figures } = found.dossier;
  if (scheduled !== undefined || figures.openSchedules === 0) return { found, removed: [] };
  const { schedules: removed, happenings } = await removeSchedulesOf(tx, executor, [payment], 'executed by hand');
  const head = await recordFundEvent(tx, fund, ...happenings);
  return { found: { ...found, dossier: { ...found.dossier, fund: { ...fund, ...head } } }, removed };
}

/** A payment that was never executed, as people see it; its code is the executor's. */
const viewOf = ({ payment, requisition, fund, challenge }: Dossier): PaymentView => ({
  payment,
  requisition,
  fundCode: fund.code,
  requester: requisition.requester,
  executor: null,
  attempt: null,
  challenge,
  execution: null,
  executionExecutor: null,
  otpVerifiedBy: null,
  adjustedMinor: null,
  pendingVariance: null,
  heldAs: null,
});

interface AtOnce {
  readonly reference: string | null;
  readonly day: OfficeDay;
  readonly refs: NewReferences;
}

async function payAtOnce(
  tx: Tx,
  executor: Actor,
  found: ExecutionCase,
  { reference, day, refs }: AtOnce,
): Promise<PaidOut> {
  const { payment, challenge, fund } = found.dossier;
  const needed = codeNeeded(found.facts);
  const attempt: Row<'paymentAttempts'> = {
    ...newAttempt(tx, executor, found, refs.attempt),
    state: 'paid',
    gatewayReference: reference,
    closedAt: tx.now,
  };
  return postPayment(tx, {
    executor,
    payment,
    was: 'pending',
    fund,
    requisition: found.dossier.requisition,
    executedMinor: found.dossier.figures.executedMinor,
    openReplenishments: found.dossier.figures.openReplenishments,
    challenge: needed ? challenge : null,
    attempt,
    before: [
      () => insertAttempt(tx, attempt),
      ...(needed && challenge ? [() => consumeChallenge(tx, { id: challenge.id, now: tx.now })] : []),
    ],
    releasedMinor: 0,
    reference,
    refs,
    day,
  });
}

function newAttempt(
  tx: Tx,
  executor: Actor,
  found: ExecutionCase,
  identity: { id: string; ref: string },
): Row<'paymentAttempts'> {
  const { payment, fund, challenge, figures } = found.dossier;
  const number = figures.attempts + 1;
  return {
    ...identity,
    ...NO_RAIL,
    paymentId: payment.id,
    number,
    state: 'reserved',
    idempotencyKey: `${payment.id}:${number}`,
    requestHash: requestHash(payment),
    gateway: gatewayOf(payment.method),
    gatewayAccount: gatewayAccountOf(payment.method, fund.code),
    gatewayReference: null,
    executorId: executor.userId,
    challengeId: codeNeeded(found.facts) ? (challenge?.id ?? null) : null,
    reservedMinor: payment.amountMinor,
    error: null,
    evidence: null,
    createdAt: tx.now,
    sentAt: null,
    closedAt: null,
    policyVersion: found.dossier.policy.version,
  };
}

/** The attempt of a payment in flight: by hand it counts as sent from now on, as the operator may be paying; a rail has still to be told. */
function openAttempt(
  tx: Tx,
  attempt: Row<'paymentAttempts'>,
  { found, holder }: { readonly found: ExecutionCase; readonly holder: string },
): Row<'paymentAttempts'> {
  const rail = railFor(found.dossier, null);
  if (rail === null) return { ...attempt, state: 'sent', sentAt: tx.now };
  return {
    ...attempt,
    idempotencyKey: attemptKey(attempt.paymentId, attempt.number),
    gateway: rail.kind,
    gatewayAccount: rail.account,
    reservedMinor: attempt.reservedMinor + rail.highestFeeMinor,
    highestFeeMinor: rail.highestFeeMinor,
    resultToken: secretToken(),
    // A file for the bank is written when somebody exports it; an order to M-Pesa is sent by who has reserved it.
    ...(rail.kind === 'daraja' ? leaseOn(tx.now, holder) : {}),
  };
}

interface Reserving {
  readonly refs: NewReferences;
  readonly holder: string;
  readonly scheduled: ScheduledOrder | undefined;
}

/** T1 of the money protocol: the payment is in flight, its money reserved, the code used up. */
async function reserve(
  tx: Tx,
  executor: Actor,
  found: ExecutionCase,
  { refs, holder, scheduled }: Reserving,
): Promise<{ attempt: Row<'paymentAttempts'>; fund: Row<'funds'> }> {
  const { payment, fund, challenge } = found.dossier;
  const needed = codeNeeded(found.facts);
  const attempt = openAttempt(tx, newAttempt(tx, executor, found, refs.attempt), { found, holder });
  const link = nextLink(fundChain(fund.code), fund, tx.now, {
    actor: executor.username,
    action: 'payment.reserved',
    subject: payment.ref,
    origin: executor.origin,
    payload: {
      attempt: attempt.ref,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      fund: fund.code,
      policy: attempt.policyVersion,
      otp_required: needed,
      ...(scheduled === undefined ? {} : { schedule: scheduled.schedule.ref }),
      ...(attempt.gateway === 'manual'
        ? {}
        : { gateway: attempt.gateway, key: attempt.idempotencyKey, highest_fee_minor: attempt.highestFeeMinor }),
    },
  });
  const after = {
    ...fund,
    reservedMinor: fund.reservedMinor + attempt.reservedMinor,
    ...link.head,
  };
  const codeAndSchedule =
    scheduled !== undefined
      ? [() => scheduled.end(tx)]
      : needed && challenge
        ? [() => consumeChallenge(tx, { id: challenge.id, now: tx.now })]
        : [];
  const counts = await tx.engine.together([
    () =>
      movePayment(tx, {
        ...payment,
        was: 'pending',
        status: 'executing',
        executorId: executor.userId,
        otpRequired: needed,
        executedAt: tx.now,
        lastError: null,
      }),
    () => insertAttempt(tx, attempt),
    ...codeAndSchedule,
    () => moveFund(tx, { ...after, wasHeadSeq: fund.headSeq }),
    () => insertLink(tx, link),
  ]);
  requireEachOnce(counts);
  return { attempt, fund: after };
}
