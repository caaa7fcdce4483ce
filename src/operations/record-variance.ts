import { requireAbility, type Actor } from '../domain/access.ts';
import { parseAmount } from '../domain/money.ts';
import { countRecordingChecks, differenceOf, paymentRecordingChecks } from '../domain/variance.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund, resolveFund } from '../store/funds.ts';
import { lockPayment } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import {
  adjustedMinor,
  getVariance,
  insertVariance,
  paymentsInFlightOf,
  pendingVariances,
  type VarianceView,
} from '../store/variances.ts';
import { requiredReason } from './decide-requisition.ts';
import { mayDecide, refuseFailing, whoRecords } from './judge-variance.ts';

/** A difference that waits for a CFO. */
export interface RecordedVariance {
  readonly view: VarianceView;
  /** Usernames of those who may decide on it. */
  readonly mayDecide: readonly string[];
  /** Other differences of the same fund that wait: what explains one may be in another. */
  readonly alsoPending: readonly string[];
}

/** What was counted is what the books say: there is nothing to record. */
export interface Agreement {
  readonly fund: Row<'funds'>;
  readonly countedMinor: number;
}

/**
 * Records that a payment was really made with another amount than the books say. By a treasurer or CFO. Throws forbidden or
 * refused VARIANCE_NOT_RECORDABLE with every check, usage for a wrong amount or reason.
 */
export async function recordPaymentVariance(
  store: Store,
  actor: Actor,
  wish: { readonly paymentId: string; readonly adjusted: string; readonly reason: string },
): Promise<RecordedVariance> {
  requireAbility(actor, 'variance.record');
  const reason = requiredReason(wish.reason);
  return store.write((tx) =>
    recordDifference(tx, actor, {
      ...{ paymentId: wish.paymentId, reason, evidence: null, matchId: null },
      adjustedMinor: (currency) => parseAmount(wish.adjusted, currency, { zero: true }),
    }),
  );
}

export interface PaymentDifference {
  readonly paymentId: string;
  /** What was really paid, in minor units of the payment's currency. */
  readonly adjustedMinor: (currency: string) => number;
  readonly reason: string;
  /** What shows it: a file, a line of a statement. */
  readonly evidence: string | null;
  /** The live match that tied the payment to a line of another amount. */
  readonly matchId: string | null;
}

/** The same inside a transaction, with the evidence that a reconciliation has. */
export async function recordDifference(tx: Tx, actor: Actor, wish: PaymentDifference): Promise<RecordedVariance> {
  const payment = await lockPayment(tx, wish.paymentId);
  const fund = await lockFund(tx, payment.fundId);
  const figures = {
    originalMinor: await adjustedMinor(tx, payment),
    adjustedMinor: wish.adjustedMinor(payment.currency),
  };
  const [pending] = await pendingVariances(tx, fund.id, { paymentId: payment.id });
  const checks = paymentRecordingChecks({
    ...{ payment, fund, ...figures, pending: pending?.ref ?? null },
    ...(await whoRecords(tx, actor, fund)),
  });
  refuseFailing(`A difference of ${payment.ref}`, checks, 'recorded');
  const { reason, evidence, matchId } = wish;
  return storeVariance(tx, actor, { fund, payment, figures, reason, evidence, matchId });
}

/**
 * Records what was counted in a fund. The difference is that to the balance of this instant, under the fund's lock: whatever is
 * paid before or after, in between is nothing. By a treasurer or CFO. Throws forbidden or refused VARIANCE_NOT_RECORDABLE with every check.
 */
export async function recordCount(
  store: Store,
  actor: Actor,
  wish: { readonly fund: string; readonly counted: string; readonly reason: string },
): Promise<RecordedVariance | Agreement> {
  requireAbility(actor, 'variance.record');
  const reason = requiredReason(wish.reason);
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, wish.fund, actor.grants));
    const countedMinor = parseAmount(wish.counted, fund.currency, { zero: true });
    const [pending] = await pendingVariances(tx, fund.id, 'counts');
    const checks = countRecordingChecks({
      ...{ fund, pending: pending?.ref ?? null, inFlight: await paymentsInFlightOf(tx, fund.id) },
      ...(await whoRecords(tx, actor, fund)),
    });
    refuseFailing(`A count of fund ${fund.code}`, checks, 'recorded');
    if (countedMinor === fund.balanceMinor) return { fund, countedMinor };
    const figures = { originalMinor: fund.balanceMinor, adjustedMinor: countedMinor };
    return storeVariance(tx, actor, { fund, payment: null, figures, reason, evidence: null, matchId: null });
  });
}

interface Found extends Pick<PaymentDifference, 'reason' | 'evidence' | 'matchId'> {
  readonly fund: Row<'funds'>;
  readonly payment: Row<'payments'> | null;
  readonly figures: { readonly originalMinor: number; readonly adjustedMinor: number };
}

async function storeVariance(tx: Tx, actor: Actor, found: Found): Promise<RecordedVariance> {
  const { fund, payment, figures, reason, evidence, matchId } = found;
  const variance: Row<'varianceAdjustments'> = {
    ...(await newIdentity(tx, 'varianceAdjustments')),
    ...{ fundId: fund.id, paymentId: payment?.id ?? null, ...figures, varianceMinor: differenceOf(figures) },
    ...{ reason, evidence, matchId, status: 'pending', recordedBy: actor.userId, createdAt: tx.now },
    ...{ decidedBy: null, decidedAt: null, decidedReason: null, policyVersion: null, entryId: null },
  };
  await insertVariance(tx, variance);
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'variance.recorded',
    subject: variance.ref,
    origin: actor.origin,
    payload: {
      fund: fund.code,
      payment: payment?.ref ?? null,
      original_minor: variance.originalMinor,
      adjusted_minor: variance.adjustedMinor,
      variance_minor: variance.varianceMinor,
      currency: fund.currency,
      reason,
      evidence,
    },
  });
  const able = await mayDecide(tx, { fund, variance, payment });
  const waiting = await pendingVariances(tx, fund.id, 'anything');
  return {
    view: await getVariance(tx, variance.id),
    mayDecide: able.map(({ username }) => username),
    // A count sees what a wrongly booked payment took, and the other way round: approved both, it would be posted twice.
    alsoPending: waiting.flatMap(({ ref, paymentId }) =>
      ref !== variance.ref && (paymentId === null || payment === null) ? [ref] : [],
    ),
  };
}
