import type { Policy } from '../domain/policy.ts';
import { isTolerated, toleranceOf } from '../domain/tolerance.ts';
import { kindOf, type VarianceStatus } from '../domain/variance.ts';
import type { VarianceView } from '../store/variances.ts';
import { money } from './money.ts';

/** A variance as scripts see it. `policies` holds every version there is: of what waits, the newest tells whether it is tolerated. */
export function varianceDocument(view: VarianceView, policies: ReadonlyMap<number, Policy>) {
  const { variance, fund } = view;
  const decided = variance.decidedAt?.toISOString() ?? null;
  const [approved, rejected] = [variance.status === 'approved', variance.status === 'rejected'];
  return {
    id: variance.id,
    ref: variance.ref,
    fund: fund.code,
    payment: view.payment?.ref ?? null,
    kind: kindOf(variance),
    ...money('original', variance.originalMinor, fund.currency),
    ...money('adjusted', variance.adjustedMinor, fund.currency),
    ...money('variance', variance.varianceMinor, fund.currency),
    currency: fund.currency,
    reason: variance.reason,
    evidence: variance.evidence,
    // The database allows no other status.
    status: variance.status as VarianceStatus,
    tolerated: toleratedBy(view, policies),
    recorded_by: view.recordedBy,
    recorded_at: variance.createdAt.toISOString(),
    approved_by: approved ? view.decidedBy : null,
    approved_at: approved ? decided : null,
    rejected_by: rejected ? view.decidedBy : null,
    rejected_at: rejected ? decided : null,
    decided_reason: variance.decidedReason,
    policy: variance.policyVersion,
    entry: view.entryRef,
    match: view.matchRef,
    created_at: variance.createdAt.toISOString(),
  };
}
export type VarianceDocument = ReturnType<typeof varianceDocument>;

/** By the policy that it was decided under, else by the newest; null where that says nothing. */
function toleratedBy({ variance, fund }: VarianceView, policies: ReadonlyMap<number, Policy>): boolean | null {
  const policy = policies.get(variance.policyVersion ?? Math.max(...policies.keys()));
  return policy === undefined ? null : isTolerated(toleranceOf(policy, fund.currency), variance);
}
