import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { resolveName, type Naming } from './naming.ts';
import { withinCompanies } from './scope.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';
import { insertRow, insertRows } from './whole-rows.ts';

export const insertBatch = insertRow('batches');
export const insertBatchItems = insertRows('batchItems');
export const insertBatchPayments = insertRows('batchPayments');
/** Decisions on the requisitions of a batch. */
export const insertDecisions = insertRows('requisitionApprovals');
/** Payments of the rows of a batch. */
export const insertPayments = insertRows('payments');

const naming: Naming = { table: 'batches', noun: 'batch', codes: [], listCommand: 'treasury batch list' };

/** The id of the batch that a reference or id names, among the companies of the grants. Throws not found or ambiguous. */
export async function resolveBatch(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { batches, funds } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${batches.fundId} and ${companies})`;
  return resolveName(tx, naming, text, theirs);
}

/** The batch's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockBatch(tx: Tx, id: string): Promise<Row<'batches'>> {
  const { batches } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(batches).where(eq(batches.id, id)), batches);
  if (row === undefined) throw new Error(`batch ${id} has gone`);
  return row;
}

/** Moves a locked batch on; nothing else of it ever changes. */
export async function updateBatch(tx: Tx, id: string, change: Pick<Row<'batches'>, 'status'>): Promise<void> {
  await tx.db.update(tx.t.batches).set(change).where(eq(tx.t.batches.id, id));
}

/** One row of a batch as it stands: its wish to spend, its payment once it is approved, and how that ended. */
export interface BatchRow {
  readonly item: Row<'batchItems'>;
  readonly requisition: Row<'requisitions'>;
  readonly payment: Row<'payments'> | null;
  /** What carries it while its outcome is open. */
  readonly attempt: Pick<Row<'paymentAttempts'>, 'gateway' | 'state'> | null;
  readonly voucher: string | null;
  readonly gatewayReference: string | null;
}

/** Every row of a batch in its order. */
export async function batchRows(tx: Tx, batchId: string): Promise<BatchRow[]> {
  const { batchItems, batchPayments, requisitions, payments, paymentExecutions, paymentAttempts: attempts } = tx.t;
  return tx.db
    .select({
      item: batchItems,
      requisition: requisitions,
      payment: payments,
      attempt: { gateway: attempts.gateway, state: attempts.state },
      voucher: paymentExecutions.voucherNumber,
      gatewayReference: paymentExecutions.gatewayReference,
    })
    .from(batchItems)
    .innerJoin(requisitions, eq(requisitions.id, batchItems.requisitionId))
    .leftJoin(batchPayments, eq(batchPayments.itemId, batchItems.id))
    .leftJoin(payments, eq(payments.id, batchPayments.paymentId))
    .leftJoin(paymentExecutions, eq(paymentExecutions.paymentId, payments.id))
    .leftJoin(
      attempts,
      sql`${attempts.paymentId} = ${payments.id} and ${attempts.state} in ('reserved', 'sent', 'accepted', 'unknown')`,
    )
    .where(eq(batchItems.batchId, batchId))
    .orderBy(asc(batchItems.seq));
}

/** Locks the requisitions of a batch, in the order of their ids, before its rows are read and judged. */
export async function lockRequisitionsOf(tx: Tx, batchId: string): Promise<void> {
  const { requisitions } = tx.t;
  await lock(
    tx,
    tx.db
      .select({ id: requisitions.id })
      .from(requisitions)
      .where(sql`${requisitions.id} in (select i.requisition_id from batch_items i where i.batch_id = ${batchId})`)
      .orderBy(requisitions.id),
    requisitions,
  );
}

/** Locks the payments of a batch, in the order of their ids. */
export async function lockPaymentsOf(tx: Tx, batchId: string): Promise<void> {
  const { payments } = tx.t;
  await lock(
    tx,
    tx.db
      .select({ id: payments.id })
      .from(payments)
      .where(
        sql`${payments.id} in (select b.payment_id from batch_payments b join batch_items i on i.id = b.item_id where i.batch_id = ${batchId})`,
      )
      .orderBy(payments.id),
    payments,
  );
}

/** Changes requisitions of a batch that the caller has locked, all in the same way. */
export async function updateRequisitions(
  tx: Tx,
  ids: readonly string[],
  change: Pick<Row<'requisitions'>, 'status' | 'decidedReason'>,
): Promise<void> {
  for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
    const some = inArray(tx.t.requisitions.id, ids.slice(start, start + ROWS_AT_ONCE));
    await tx.db.update(tx.t.requisitions).set(change).where(some);
  }
}

/** Cancels payments of a batch that the caller has locked. */
export async function cancelPayments(tx: Tx, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
    const some = inArray(tx.t.payments.id, ids.slice(start, start + ROWS_AT_ONCE));
    await tx.db.update(tx.t.payments).set({ status: 'cancelled' }).where(some);
  }
}

/** Rows of one statement, so that none has more parameters than a database takes. */
const ROWS_AT_ONCE = 500;

/** Payments of a batch's requisitions that are not cancelled, whether they belong to the batch or not. */
export async function livePaymentsOfBatch(
  tx: Tx,
  batchId: string,
): Promise<Pick<Row<'payments'>, 'ref' | 'status' | 'executorId' | 'requisitionId' | 'amountMinor'>[]> {
  const { payments } = tx.t;
  const { ref, status, executorId, requisitionId, amountMinor } = payments;
  return tx.db
    .select({ ref, status, executorId, requisitionId, amountMinor })
    .from(payments)
    .where(
      sql`${requisitionId} in (select i.requisition_id from batch_items i where i.batch_id = ${batchId}) and ${status} <> 'cancelled'`,
    )
    .orderBy(asc(payments.createdAt), asc(payments.id));
}

/** Who has decided on a requisition of a batch, approved or rejected, in whatever revision. */
export async function batchDeciders(tx: Tx, batchId: string): Promise<{ id: string; username: string }[]> {
  const { requisitionApprovals: approvals, users } = tx.t;
  return tx.db
    .selectDistinct({ id: users.id, username: users.username })
    .from(approvals)
    .innerJoin(users, eq(users.id, approvals.approverId))
    .where(
      sql`${approvals.requisitionId} in (select i.requisition_id from batch_items i where i.batch_id = ${batchId})`,
    )
    .orderBy(asc(users.username));
}

/** The use of a code by which a batch was begun, or gone on with. */
export interface BatchStart {
  readonly challengeId: string;
  readonly executorId: string;
  readonly executor: string;
  readonly usedAt: Date;
  readonly verifiedAt: Date | null;
  readonly sentAt: Date | null;
  readonly voidedAt: Date | null;
}

/** The newest use of a code for a batch; null when none was used. */
export async function newestStart(tx: Tx, batchId: string): Promise<BatchStart | null> {
  const { batchChallenges: challenges, users } = tx.t;
  const [row] = await tx.db
    .select({
      challengeId: challenges.id,
      executorId: challenges.executorId,
      executor: users.username,
      usedAt: challenges.consumedAt,
      verifiedAt: challenges.verifiedAt,
      sentAt: challenges.sentAt,
      voidedAt: challenges.voidedAt,
    })
    .from(challenges)
    .innerJoin(users, eq(users.id, challenges.executorId))
    .where(and(eq(challenges.batchId, batchId), sql`${challenges.consumedAt} is not null`))
    .orderBy(desc(challenges.consumedAt), desc(challenges.id))
    .limit(1);
  return row === undefined || row.usedAt === null ? null : { ...row, usedAt: row.usedAt };
}

/** Uses a verified code of a batch up, once and before its deadline; 0 when it cannot be used. */
export async function consumeBatchCode(tx: Tx, id: string): Promise<number> {
  const { batchChallenges: challenges } = tx.t;
  const rows = await tx.db
    .update(challenges)
    .set({ consumedAt: tx.now })
    .where(
      sql`${challenges.id} = ${id} and ${challenges.consumedAt} is null and ${challenges.voidedAt} is null and ${challenges.verifiedAt} is not null and ${challenges.expiresAt} >= ${challenges.expiresAt.mapToDriverValue(tx.now)}`,
    )
    .returning({ id: challenges.id });
  return rows.length;
}

/** What the code of a batch gives to its payments, each as a code of its own. */
export const insertRowCodes = insertRows('otpChallenges');

/** Payments of a batch that hold what its code gave them, and have not used it. */
export async function paymentsWithRowCode(tx: Tx, challengeId: string): Promise<Set<string>> {
  const { otpChallenges: challenges } = tx.t;
  const rows = await tx.db
    .select({ paymentId: challenges.paymentId })
    .from(challenges)
    .innerJoin(tx.t.batchPayments, eq(tx.t.batchPayments.paymentId, challenges.paymentId))
    .where(sql`${challenges.batchChallengeId} = ${challengeId} and ${challenges.consumedAt} is null`);
  return new Set(rows.map((row) => row.paymentId));
}
