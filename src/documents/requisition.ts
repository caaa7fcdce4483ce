import type { Flag } from '../domain/payee-flags.ts';
import type { ApprovalState } from '../domain/requisition.ts';
import type { RequisitionView } from '../store/requisitions.ts';
import { money } from './money.ts';

/** How far its approval has come, as far as that was asked for. */
export interface RequisitionProgress extends ApprovalState {
  readonly policy: { readonly version: number };
  readonly given: number;
  readonly mayApprove: readonly string[];
}

/** A requisition as scripts see it; `approval` and `flags` are null where nobody has asked for them, as in lists. */
export function requisitionDocument(
  view: RequisitionView,
  progress: RequisitionProgress | null,
  flags: readonly Flag[] | null = null,
) {
  const { requisition } = view;
  return {
    id: requisition.id,
    ref: requisition.ref,
    number: requisition.number,
    requester: view.requester,
    payee: requisition.payee,
    ...money('amount', requisition.amountMinor, requisition.currency),
    currency: requisition.currency,
    method: requisition.method,
    destination: requisition.destination,
    purpose: requisition.purpose,
    category: requisition.category,
    company: view.company,
    region: view.region,
    branch: view.branch,
    status: requisition.status,
    revision: requisition.revision,
    decided_reason: requisition.decidedReason,
    approvals: view.approvals.map((approval) => ({
      approver: approval.approver,
      decision: approval.decision,
      reason: approval.reason,
      revision: approval.revision,
      policy: approval.policyVersion,
      at: approval.createdAt.toISOString(),
    })),
    approval: progress === null ? null : progressDocument(progress),
    payments: view.payments.map((payment) => ({
      ref: payment.ref,
      fund: payment.fund,
      ...money('amount', payment.amountMinor, requisition.currency),
      status: payment.status,
    })),
    created_at: requisition.createdAt.toISOString(),
    flags,
  };
}

const progressDocument = ({ policy, given, missing, cfoAwaited, mayApprove }: RequisitionProgress) => ({
  policy: policy.version,
  given,
  needed: given + missing.people,
  missing_roles: missing.roles,
  cfo_must_act: cfoAwaited,
  may_approve: mayApprove,
});

export type RequisitionDocument = ReturnType<typeof requisitionDocument>;
