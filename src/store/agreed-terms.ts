import { and, asc, eq, getTableColumns, gt, inArray, isNotNull } from 'drizzle-orm';
import { batchRows, type BatchRow } from './batches.ts';
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

/** A batch with its rows, and the codes by which it was begun. */
export interface AgreedBatch {
  readonly batch: Row<'batches'>;
  readonly rows: readonly BatchRow[];
  readonly used: readonly Pick<Row<'batchChallenges'>, 'executorId' | 'digest' | 'consumedAt'>[];
  /** When what each code gave to a row ends; it is told by the code's use. */
  readonly given: readonly { readonly usedAt: Date | null; readonly expiresAt: Date }[];
}

/** Up to `limit` batches in the order of their ids, after an id. */
export async function batchesAfter(tx: Tx, after: string, limit: number): Promise<AgreedBatch[]> {
  const { batches, batchChallenges: codes, otpChallenges } = tx.t;
  const found = await tx.db.select().from(batches).where(gt(batches.id, after)).orderBy(asc(batches.id)).limit(limit);
  const all: AgreedBatch[] = [];
  for (const batch of found) {
    const used = await tx.db
      .select({ executorId: codes.executorId, digest: codes.digest, consumedAt: codes.consumedAt })
      .from(codes)
      .where(and(eq(codes.batchId, batch.id), isNotNull(codes.consumedAt)));
    const given = await tx.db
      .selectDistinct({ usedAt: codes.consumedAt, expiresAt: otpChallenges.expiresAt })
      .from(otpChallenges)
      .innerJoin(codes, eq(codes.id, otpChallenges.batchChallengeId))
      .where(eq(codes.batchId, batch.id));
    all.push({ batch, rows: await batchRows(tx, batch.id), used, given });
  }
  return all;
}
