import { requireAbility, type Actor } from '../domain/access.ts';
import { parseAmount } from '../domain/money.ts';
import { normalReference } from '../domain/payment.ts';
import type { Check } from '../domain/problem.ts';
import { paymentByHandChecks } from '../domain/reconciliation/by-hand.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { getMatchedEntry } from '../store/matched-views.ts';
import { movePayments } from '../store/matches.ts';
import { getPaymentView, type PaymentView } from '../store/payment-views.ts';
import { lockPayment, resolvePayment } from '../store/payments.ts';
import { openAdjustments } from '../store/open-entries.ts';
import { getPaidOut } from '../store/reversals.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { adjustedMinor, pendingVariances } from '../store/variances.ts';
import { usableReason } from './decide-requisition.ts';
import { PAID, reconciler, refuseFailingMatch, storePair } from './judge-match.ts';
import { recordDifference } from './record-variance.ts';

export interface ByHandRequest {
  readonly payments: readonly string[];
  /** The reference that the statement has; with one payment only. */
  readonly reference: string | null;
  /** What the statement says was paid, as typed; with one payment only. Null when it is what the books say. */
  readonly amount: string | null;
  /** What shows it: a file's name and digest. */
  readonly evidence: { readonly name: string; readonly sha256: string } | null;
  readonly reason: string | null;
}

/** A payment that was marked reconciled, or of which a difference waits for a CFO. */
export interface ByHand {
  readonly before: string;
  readonly view: PaymentView;
  /** Reference of the variance that was recorded, and its size in minor units. */
  readonly variance: { readonly ref: string; readonly minor: number } | null;
}

/**
 * Marks payments reconciled on a person's word; all or none. One whose amount differs is not: its variance is recorded. Throws
 * forbidden or refused with every check of every payment, usage for a wrong amount.
 */
export async function reconcileByHand(store: Store, actor: Actor, request: ByHandRequest): Promise<ByHand[]> {
  requireAbility(actor, 'reconcile.run');
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const ids = new Set<string>();
    for (const named of request.payments) ids.add(await resolvePayment(tx, named, actor.grants));
    const payments: Row<'payments'>[] = [];
    for (const id of [...ids].toSorted()) payments.push(await lockPayment(tx, id));
    const funds = new Map<string, Row<'funds'>>();
    for (const id of [...new Set(payments.map(({ fundId }) => fundId))].toSorted())
      funds.set(id, await lockFund(tx, id));
    const checks: Check[] = [];
    for (const payment of payments) checks.push(...(await checksOf(tx, actor, { payment, funds, request })));
    const names = payments.map(({ ref }) => ref).join(', ');
    refuseFailingMatch(`${names} cannot be reconciled`, checks, 'RECONCILIATION_REFUSED', 'Nothing was reconciled.');
    const done: ByHand[] = [];
    for (const payment of payments) {
      const variance = await settle(tx, actor, { payment, funds, request, reason });
      done.push({ before: payment.status, view: await getPaymentView(tx, payment.id), variance });
    }
    return done;
  });
}

interface OneByHand {
  readonly payment: Row<'payments'>;
  readonly funds: Map<string, Row<'funds'>>;
  readonly request: ByHandRequest;
}

const fundOf = ({ payment, funds }: OneByHand): Row<'funds'> => {
  const fund = funds.get(payment.fundId);
  if (fund === undefined) throw new Error(`fund of ${payment.ref} was not locked`);
  return fund;
};

async function checksOf(tx: Tx, actor: Actor, one: OneByHand): Promise<Check[]> {
  const { payment, request } = one;
  const fund = fundOf(one);
  const paidOut = PAID.has(payment.status) ? await getPaidOut(tx, payment.id) : null;
  const executed = paidOut?.execution.gatewayReference ?? null;
  const isMatched = paidOut !== null && (await getMatchedEntry(tx, paidOut.debit.id)).matchedBy !== null;
  const waiting = isMatched ? await pendingVariances(tx, fund.id, { paymentId: payment.id }) : [];
  return paymentByHandChecks({
    payment,
    fundCode: fund.code,
    person: await reconciler(tx, actor, fund, payment),
    reference:
      request.reference === null || executed === null ? null : { given: normalReference(request.reference), executed },
    differing: waiting[0]?.ref ?? null,
  });
}

async function settle(
  tx: Tx,
  actor: Actor,
  one: OneByHand & { readonly reason: string | null },
): Promise<ByHand['variance']> {
  const { payment, funds, request, reason } = one;
  const fund = fundOf(one);
  const { debit, execution } = await getPaidOut(tx, payment.id);
  const original = await adjustedMinor(tx, payment);
  const paid = request.amount === null ? original : parseAmount(request.amount, payment.currency);
  const pass = paid === original ? 'by_hand' : 'amount_differs';
  const adjustments = (await openAdjustments(tx, fund.id)).filter(({ paymentId }) => paymentId === payment.id);
  const match = await storePair(tx, actor, {
    ...{ fund, lineId: null, statementId: null, pass },
    entryIds: [debit.id, ...adjustments.map(({ id }) => id)],
  });
  if (pass === 'by_hand') await movePayments(tx, [payment.id], { from: 'success', to: 'reconciled' });
  const head = await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: pass === 'by_hand' ? 'payment.reconciled' : 'payment.amount_differs',
    subject: payment.ref,
    origin: actor.origin,
    payload: {
      ...{ fund: fund.code, match: match.ref, entry: debit.ref, amount_minor: paid, currency: fund.currency },
      ...{ gateway_reference: execution.gatewayReference, status_before: payment.status, reason },
      evidence: request.evidence,
    },
  });
  funds.set(fund.id, { ...fund, ...head });
  if (pass === 'by_hand') return null;
  const { view } = await recordDifference(tx, actor, {
    ...{ paymentId: payment.id, adjustedMinor: () => paid, matchId: match.id },
    reason: reason ?? 'The statement has another amount.',
    evidence: request.evidence === null ? null : `${request.evidence.name}, SHA-256 ${request.evidence.sha256}`,
  });
  return { ref: view.variance.ref, minor: view.variance.varianceMinor };
}
