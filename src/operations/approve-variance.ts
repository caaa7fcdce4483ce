import type { Actor } from '../domain/access.ts';
import { isTolerated, toleranceOf } from '../domain/tolerance.ts';
import { appliedMinor, kindOf, requisitionAfter } from '../domain/variance.ts';
import { executedMinor } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import { updateRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { adjustedMinor, getVariance, updateVariance, type VarianceView } from '../store/variances.ts';
import { usableReason } from './decide-requisition.ts';
import { lockDecision, partsOf, type DecisionCase, type VarianceDecisionRequest } from './decide-variance.ts';
import { postEntry, type Posted } from './post-entry.ts';
import { reconcileByVariance } from './variance-match.ts';

/** An approved variance with what it did. */
export interface ApprovedVariance {
  readonly view: VarianceView;
  readonly posted: Posted;
  readonly fundBefore: Row<'funds'>;
  /** What became of its payment and requisition; null for a count. */
  readonly payment: PaymentAfter | null;
}

interface PaymentAfter {
  readonly ref: string;
  readonly adjustedMinor: number;
  readonly status: Step;
  readonly requisition: { readonly number: string; readonly status: Step };
}

interface Step {
  readonly before: string;
  readonly after: string;
}

/** What approving these would do, before anybody is asked. Throws as `approveVariances` does; changes nothing. */
export const judgeApproval = (store: Store, actor: Actor, request: VarianceDecisionRequest): Promise<VarianceView[]> =>
  store.read(async (tx) => {
    const { variances } = await lockDecision(tx, actor, { ...request, act: 'approve' });
    const views: VarianceView[] = [];
    for (const { id } of variances) views.push(await getVariance(tx, id));
    return views;
  });

/**
 * Approves variances, all or none, by a CFO who neither recorded them nor requested or executed their payments: each is posted to
 * its fund in this transaction, whatever that leaves. Throws not found, forbidden or refused with every check of every one.
 */
export async function approveVariances(
  store: Store,
  actor: Actor,
  request: VarianceDecisionRequest,
): Promise<ApprovedVariance[]> {
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const found = await lockDecision(tx, actor, { ...request, reason, act: 'approve' });
    const now: Now = { funds: new Map(found.funds), requisitions: new Map(found.requisitions) };
    const approved: ApprovedVariance[] = [];
    for (const variance of found.variances) approved.push(await approve(tx, actor, { found, now, variance, reason }));
    return approved;
  });
}

/** Rows as the approvals before in this transaction have left them. */
interface Now {
  readonly funds: Map<string, Row<'funds'>>;
  readonly requisitions: Map<string, Row<'requisitions'>>;
}

interface Approval {
  readonly found: DecisionCase;
  readonly now: Now;
  readonly variance: Row<'varianceAdjustments'>;
  readonly reason: string | null;
}

async function approve(tx: Tx, actor: Actor, approval: Approval): Promise<ApprovedVariance> {
  const { found, now, variance, reason } = approval;
  const { payment, fund } = partsOf({ ...found, funds: now.funds }, variance);
  const identity = await newIdentity(tx, 'ledgerEntries');
  // Before the entry, which the database compares with its approved variance.
  await updateVariance(tx, variance.id, {
    ...{ status: 'approved', decidedBy: actor.userId, decidedAt: tx.now, decidedReason: reason },
    ...{ policyVersion: found.policy.version, entryId: identity.id },
  });
  const after = payment === null ? null : await settle(tx, now, payment);
  const entry = {
    ...({ identity, type: 'adjustment', kind: 'variance', amountMinor: appliedMinor(variance) } as const),
    ...(payment === null ? {} : { paymentId: payment.id }),
    description: `Variance ${variance.ref} of ${payment === null ? 'a count' : payment.ref}: ${variance.reason}`,
    createdBy: actor.userId,
  };
  const posted = await postEntry(tx, fund, entry, {
    ...{ actor: actor.username, action: 'variance.approved', subject: variance.ref, origin: actor.origin },
    payload: payloadOf(approval, fund, after),
  });
  now.funds.set(fund.id, posted.fund);
  const status =
    payment === null || variance.matchId === null
      ? payment?.status
      : await reconcileByVariance(tx, { payment, matchId: variance.matchId, entry: posted.entry });
  return {
    ...{ view: await getVariance(tx, variance.id), posted, fundBefore: fund },
    payment:
      payment === null || after === null || status === undefined
        ? null
        : { ref: payment.ref, ...after, status: { before: payment.status, after: status } },
  };
}

/** The figures and the requisition of a payment once a variance of it is approved. */
async function settle(tx: Tx, now: Now, payment: Row<'payments'>): Promise<Omit<PaymentAfter, 'ref' | 'status'>> {
  const requisition = now.requisitions.get(payment.requisitionId);
  if (requisition === undefined) throw new Error(`${payment.ref} lacks its requisition`);
  const { id, number, status: before } = requisition;
  const after = requisitionAfter(requisition, await executedMinor(tx, id));
  if (after !== before) {
    await updateRequisition(tx, id, { status: after });
    now.requisitions.set(id, { ...requisition, status: after });
  }
  return { adjustedMinor: await adjustedMinor(tx, payment), requisition: { number, status: { before, after } } };
}

function payloadOf(
  { found, variance, reason }: Approval,
  fund: Row<'funds'>,
  after: Omit<PaymentAfter, 'ref' | 'status'> | null,
): Readonly<Record<string, unknown>> {
  const { payment } = partsOf(found, variance);
  return {
    fund: fund.code,
    kind: kindOf(variance),
    payment: payment?.ref ?? null,
    original_minor: variance.originalMinor,
    adjusted_minor: variance.adjustedMinor,
    variance_minor: variance.varianceMinor,
    currency: fund.currency,
    status_before: variance.status,
    status_after: 'approved',
    policy: found.policy.version,
    tolerated: isTolerated(toleranceOf(found.policy, fund.currency), variance),
    requisition: after === null ? null : { number: after.requisition.number, ...statuses(after.requisition.status) },
    reason,
  };
}

const statuses = ({ before, after }: Step) => ({ status_before: before, status_after: after });
