import { and, asc, eq, getTableColumns, gt, inArray, isNotNull } from 'drizzle-orm';
import { columnsWithout } from './seen-columns.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Up to `limit` decisions about what is approved or paid as it stands now, in the order of their ids, after an id. */
export async function decisionsAfter(
  tx: Tx,
  after: string,
  limit: number,
): Promise<{ approval: Row<'requisitionApprovals'>; requisition: Row<'requisitions'> }[]> {
  const { requisitionApprovals: approvals, requisitions } = tx.t;
  return tx.db
    .select({ approval: approvals, requisition: requisitions })
    .from(approvals)
    .innerJoin(
      requisitions,
      and(eq(requisitions.id, approvals.requisitionId), eq(requisitions.revision, approvals.revision)),
    )
    .where(and(gt(approvals.id, after), inArray(requisitions.status, ['approved', 'paid'])))
    .orderBy(asc(approvals.id))
    .limit(limit);
}

/** Up to `limit` codes that were used, with their payments, in the order of their ids, after an id. */
export async function usedCodesAfter(
  tx: Tx,
  after: string,
  limit: number,
): Promise<{ challenge: Omit<Row<'otpChallenges'>, 'codeHash'>; payment: Row<'payments'> }[]> {
  const { otpChallenges: challenges, payments } = tx.t;
  return tx.db
    .select({ challenge: columnsWithout(getTableColumns(challenges), 'codeHash'), payment: payments })
    .from(challenges)
    .innerJoin(payments, eq(payments.id, challenges.paymentId))
    .where(and(gt(challenges.id, after), isNotNull(challenges.consumedAt)))
    .orderBy(asc(challenges.id))
    .limit(limit);
}
