import type { Policy } from '../domain/policy.ts';
import { isComplete } from '../domain/policy-rules.ts';
import { approvalState, type ApprovalState } from '../domain/requisition.ts';
import { approvalsOf } from '../store/approvals.ts';
import { findHolders } from '../store/payers.ts';
import { getPolicy } from '../store/policies.ts';
import { livePaymentsOf, type RequisitionView } from '../store/requisitions.ts';
import type { Tx } from '../store/transaction.ts';
import { executorsOf } from './judge-requisition.ts';

/** How far the approval of a requisition has come under the policy in force, and who may go on with it. */
export interface ApprovalProgress extends ApprovalState {
  readonly policy: Policy;
  /** Different people who approved its present terms. */
  readonly given: number;
  /** Usernames; none when nothing is missing, or it is neither submitted nor approved. */
  readonly mayApprove: readonly string[];
}

/** What a requisition still lacks, and who could give it: neither its requester nor who has decided on or paid of it. */
export async function approvalProgress(tx: Tx, { requisition, approvals }: RequisitionView): Promise<ApprovalProgress> {
  const policy = await getPolicy(tx);
  const given = approvalsOf(approvals, requisition.revision);
  const state = approvalState(policy, { ...requisition, approvals: given });
  const waits = requisition.status === 'submitted' || requisition.status === 'approved';
  const awaited = !isComplete(state.missing) || state.cfoAwaited;
  const mayApprove = waits && awaited ? await whoMayApprove(tx, { requisition, approvals }, state) : [];
  return { ...state, policy, given: given.length, mayApprove };
}

async function whoMayApprove(
  tx: Tx,
  { requisition, approvals }: Pick<RequisitionView, 'requisition' | 'approvals'>,
  { missing }: ApprovalState,
): Promise<string[]> {
  const decided = approvals.filter(({ revision }) => revision === requisition.revision);
  const excluded = new Set([
    requisition.requestedBy,
    ...decided.map(({ approverId }) => approverId),
    ...executorsOf(await livePaymentsOf(tx, requisition.id)),
  ]);
  // Where everything that is missing is a role, only its holders bring it nearer.
  const wanted = missing.people > missing.roles.length ? (['approver', 'cfo'] as const) : missing.roles;
  const people = await findHolders(tx, wanted.length === 0 ? ['cfo'] : wanted, requisition);
  return people.filter(({ id }) => !excluded.has(id)).map(({ username }) => username);
}
