import { requireAbility, type Actor } from '../domain/access.ts';
import { normalReference } from '../domain/payment.ts';
import type { Check } from '../domain/problem.ts';
import { paymentByHandChecks } from '../domain/reconciliation/by-hand.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { movePayments } from '../store/matches.ts';
import { getPaymentView, lockPayment, resolvePayment, type PaymentView } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import { getPaidOut } from '../store/reversals.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { PAID, reconciler, refuseFailingMatch, storePair } from './judge-match.ts';

export interface ByHandRequest {
  readonly payments: readonly string[];
  /** The reference that the statement has; with one payment only. */
  readonly reference: string | null;
  /** What shows it: a file's name and digest. */
  readonly evidence: { readonly name: string; readonly sha256: string } | null;
  readonly reason: string | null;
}

/** Marks payments reconciled on a person's word; all or none. Throws forbidden or refused with every check of every payment. */
export async function reconcileByHand(
  store: Store,
  actor: Actor,
  request: ByHandRequest,
): Promise<{ before: string; view: PaymentView }[]> {
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
    for (const payment of payments) await markReconciled(tx, actor, { payment, funds, request, reason });
    const views: { before: string; view: PaymentView }[] = [];
    for (const { id, status } of payments) views.push({ before: status, view: await getPaymentView(tx, id) });
    return views;
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
  const executed = PAID.has(payment.status) ? (await getPaidOut(tx, payment.id)).execution.gatewayReference : null;
  return paymentByHandChecks({
    payment,
    fundCode: fund.code,
    person: await reconciler(tx, actor, fund, payment),
    reference:
      request.reference === null || executed === null ? null : { given: normalReference(request.reference), executed },
  });
}

async function markReconciled(
  tx: Tx,
  actor: Actor,
  one: OneByHand & { readonly reason: string | null },
): Promise<void> {
  const { payment, funds, request, reason } = one;
  const fund = fundOf(one);
  const { debit, execution } = await getPaidOut(tx, payment.id);
  const run = await newIdentity(tx, 'reconciliations');
  const match = await storePair(tx, actor, { run, fund, lineId: null, entryId: debit.id, statementId: null });
  await movePayments(tx, [payment.id], { from: 'success', to: 'reconciled' });
  const head = await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'payment.reconciled',
    subject: payment.ref,
    origin: actor.origin,
    payload: {
      ...{
        fund: fund.code,
        match: match.ref,
        entry: debit.ref,
        amount_minor: payment.amountMinor,
        currency: fund.currency,
      },
      ...{ gateway_reference: execution.gatewayReference, status_before: payment.status, reason },
      evidence: request.evidence,
    },
  });
  funds.set(fund.id, { ...fund, ...head });
}
