import { requireAbility, type Actor } from '../domain/access.ts';
import { LONGEST_PURPOSE, textFault, tidyText } from '../domain/destination.ts';
import { usage } from '../domain/problem.ts';
import { isComplete } from '../domain/policy-rules.ts';
import { approvalState, statusAfter, type ApprovalState } from '../domain/requisition.ts';
import { approvalsOf, decisionsAbout } from '../store/approvals.ts';
import { recordOfficeEvent, type Happening } from '../store/audit-chain.ts';
import { getPolicy } from '../store/policies.ts';
import { newId } from '../store/references.ts';
import { getRequisitionView, insertDecision, updateRequisition, type RequisitionView } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { lockForAct, termsDigest } from './judge-requisition.ts';
import { approvalProgress, type ApprovalProgress } from './requisition-approval.ts';

export interface DecisionRequest {
  /** What the person typed: an id, reference or number. */
  readonly requisition: string;
  readonly decision: 'approve' | 'reject';
  readonly reason: string | null;
}

export interface Decided {
  readonly before: string;
  readonly view: RequisitionView;
  /** What is missing now; null where nothing was approved. */
  readonly progress: ApprovalProgress | null;
}

/**
 * Approves or rejects a requisition as it stands now: the decision keeps the revision and digest of its terms and the version of
 * the policy. It is approved when as many people, with the roles, have done so as that policy asks for its amount.
 */
export async function decideRequisition(store: Store, actor: Actor, request: DecisionRequest): Promise<Decided> {
  requireAbility(actor, 'requisition.approve');
  const reason = usableReason(request.reason);
  return store.write((tx) => decide(tx, actor, { ...request, reason }));
}

async function decide(tx: Tx, actor: Actor, request: DecisionRequest): Promise<Decided> {
  const requisition = await lockForAct(tx, actor, request.requisition, request.decision);
  const decision = request.decision === 'approve' ? 'approved' : 'rejected';
  const digest = termsDigest(requisition);
  // `lockForAct` holds the lock under which the policy stays the same.
  const policy = await getPolicy(tx);
  await insertDecision(tx, {
    id: newId(),
    requisitionId: requisition.id,
    revision: requisition.revision,
    approverId: actor.userId,
    decision,
    reason: request.reason,
    termsDigest: digest,
    createdAt: tx.now,
    policyVersion: policy.version,
  });
  const approvals = approvalsOf(await decisionsAbout(tx, requisition.id), requisition.revision);
  const state = approvalState(policy, { ...requisition, approvals });
  const decided = request.decision === 'reject' || isComplete(state.missing);
  const status = decided ? statusAfter(request.decision) : requisition.status;
  await updateRequisition(tx, requisition.id, { status, decidedReason: request.reason });
  const event = {
    decision,
    digest,
    reason: request.reason,
    policy: policy.version,
    approvals: approvals.length,
  } as const;
  await recordOfficeEvent(tx, decisionEvent(actor, requisition, { ...event, state, status }));
  const view = await getRequisitionView(tx, requisition.id);
  const progress = request.decision === 'approve' ? await approvalProgress(tx, view) : null;
  return { before: requisition.status, view, progress };
}

export interface Decision {
  readonly decision: 'approved' | 'rejected';
  readonly digest: string;
  readonly reason: string | null;
  readonly policy: number;
  /** Approvals of its present terms, with this one, and what is missing still. */
  readonly approvals: number;
  readonly state: ApprovalState;
  /** The status that it has now. */
  readonly status: string;
}

/** The one event of a decision. */
export const decisionEvent = (actor: Actor, requisition: Row<'requisitions'>, decision: Decision): Happening => ({
  actor: actor.username,
  action: `requisition.${decision.decision}`,
  subject: requisition.ref,
  origin: actor.origin,
  payload: {
    number: requisition.number,
    revision: requisition.revision,
    amount_minor: requisition.amountMinor,
    currency: requisition.currency,
    terms_digest: decision.digest,
    reason: decision.reason,
    policy: decision.policy,
    approvals: decision.approvals,
    approvals_missing: decision.state.missing.people,
    status_before: requisition.status,
    status_after: decision.status,
  },
});

/** A reason that can be kept; null stays null. Throws usage REASON_INVALID. */
export const usableReason = (text: string | null): string | null => (text === null ? null : requiredReason(text));

/** A reason as it is kept, where there must be one. Throws usage REASON_INVALID. */
export function requiredReason(text: string): string {
  const reason = tidyText(text);
  const fault = textFault('the reason', reason, LONGEST_PURPOSE);
  if (fault === null) return reason;
  throw usage('REASON_INVALID', `The reason cannot be kept: ${fault}.`, { unchanged: 'Nothing was changed.' });
}
