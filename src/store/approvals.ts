import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { ApprovingRole } from '../domain/policy.ts';
import type { Approval } from '../domain/policy-rules.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Whether the approver of a row of `requisition_approvals` held a role, where its requisition stands, when giving it. */
const heldThen = (role: SQL) =>
  // Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
  sql<boolean>`${sql`exists (
    select 1 from role_grants g join requisitions q on q.id = requisition_approvals.requisition_id
    where g.user_id = requisition_approvals.approver_id and g.role = ${role} and g.granted_at <= requisition_approvals.created_at
      and (g.revoked_at is null or g.revoked_at >= requisition_approvals.created_at)
      and (g.ends_at is null or g.ends_at > requisition_approvals.created_at)
      and (g.company_id is null or g.company_id = q.company_id)
      and (g.region_id is null or g.region_id = q.region_id)
      and (g.branch_id is null or g.branch_id = q.branch_id))`}`.mapWith(Boolean);

/** In which roles an approval was given: fields of a select from `requisition_approvals`. */
export const givenAs = () => ({ asCfo: heldThen(sql`'cfo'`), asApprover: heldThen(sql`'approver'`) });

/** A decision about some revision of a requisition. */
export type GivenApproval = Pick<
  Row<'requisitionApprovals'>,
  'approverId' | 'revision' | 'decision' | 'policyVersion'
> & {
  readonly asCfo: boolean;
  readonly asApprover: boolean;
};

/** The roles that an approval was given in. */
export const rolesGiven = ({ asCfo, asApprover }: Pick<GivenApproval, 'asCfo' | 'asApprover'>): ApprovingRole[] => [
  ...(asCfo ? (['cfo'] as const) : []),
  ...(asApprover ? (['approver'] as const) : []),
];

/** The approvals of a revision, as rules judge them. */
export const approvalsOf = (given: readonly GivenApproval[], revision: number): Approval[] =>
  given
    .filter((one) => one.decision === 'approved' && one.revision === revision)
    .map((one) => ({ approverId: one.approverId, roles: rolesGiven(one) }));

/** Every decision about a requisition, oldest first. */
export async function decisionsAbout(tx: Tx, requisitionId: string): Promise<GivenApproval[]> {
  const { requisitionApprovals: approvals } = tx.t;
  return tx.db
    .select({
      approverId: approvals.approverId,
      revision: approvals.revision,
      decision: approvals.decision,
      policyVersion: approvals.policyVersion,
      ...givenAs(),
    })
    .from(approvals)
    .where(eq(approvals.requisitionId, requisitionId))
    .orderBy(asc(approvals.createdAt), asc(approvals.id));
}

/** Every decision about the requisitions of a batch, by requisition, oldest first. */
export async function decisionsAboutBatch(tx: Tx, batchId: string): Promise<Map<string, GivenApproval[]>> {
  const { requisitionApprovals: approvals } = tx.t;
  const rows = await tx.db
    .select({
      requisitionId: approvals.requisitionId,
      approverId: approvals.approverId,
      revision: approvals.revision,
      decision: approvals.decision,
      policyVersion: approvals.policyVersion,
      ...givenAs(),
    })
    .from(approvals)
    .where(
      sql`${approvals.requisitionId} in (select i.requisition_id from batch_items i where i.batch_id = ${batchId})`,
    )
    .orderBy(asc(approvals.createdAt), asc(approvals.id));
  return Map.groupBy(rows, ({ requisitionId }) => requisitionId);
}

/** Which of these requisitions somebody has approved or rejected, in whatever revision. */
export async function decidedBy(tx: Tx, requisitionIds: readonly string[], userId: string): Promise<Set<string>> {
  const { requisitionApprovals: approvals } = tx.t;
  const decided = new Set<string>();
  for (let at = 0; at < requisitionIds.length; at += AT_ONCE) {
    const some = requisitionIds.slice(at, at + AT_ONCE);
    const rows = await tx.db
      .selectDistinct({ requisitionId: approvals.requisitionId })
      .from(approvals)
      .where(and(eq(approvals.approverId, userId), inArray(approvals.requisitionId, some)));
    for (const { requisitionId } of rows) decided.add(requisitionId);
  }
  return decided;
}

/** Values of one statement: far below what either database takes. */
const AT_ONCE = 500;
