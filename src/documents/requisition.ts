import type { RequisitionView } from '../store/requisitions.ts';
import { money } from './money.ts';

/** A requisition as scripts see it. */
export function requisitionDocument(view: RequisitionView) {
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
      at: approval.createdAt.toISOString(),
    })),
    payments: view.payments.map((payment) => ({
      ref: payment.ref,
      fund: payment.fund,
      ...money('amount', payment.amountMinor, requisition.currency),
      status: payment.status,
    })),
    created_at: requisition.createdAt.toISOString(),
  };
}

export type RequisitionDocument = ReturnType<typeof requisitionDocument>;
