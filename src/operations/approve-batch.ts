import { requireAbility, requireAbilityAt, type Actor } from '../domain/access.ts';
import { failingOfRows } from '../domain/batch.ts';
import { creationChecks, DEFAULT_MAX_RETRIES } from '../domain/payment.ts';
import { isComplete } from '../domain/policy-rules.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { actRefusalKind, approvalState } from '../domain/requisition.ts';
import { decisionsAboutBatch } from '../store/approvals.ts';
import { recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import {
  batchRows,
  insertBatchPayments,
  insertDecisions,
  insertPayments,
  livePaymentsOfBatch,
  lockBatch,
  lockRequisitionsOf,
  resolveBatch,
  updateBatch,
  updateRequisitions,
  type BatchRow,
} from '../store/batches.ts';
import { lockFund } from '../store/funds.ts';
import { newId, newIdentities } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { batchHash } from './batch-hash.ts';
import { newPayment, orderEvent } from './create-payment.ts';
import { decisionEvent, usableReason } from './decide-requisition.ts';
import { approvalsGiven, judgeApproval, type Approval } from './judge-batch-approval.ts';
import { lockPolicy, termsDigest } from './judge-requisition.ts';

export interface ApproveBatchRequest {
  /** What the person typed: an id or reference. */
  readonly batch: string;
  /** The hash that they have seen, or its beginning; null when they did not say. */
  readonly hash: string | null;
  readonly reason: string | null;
}

export interface ApprovedBatch {
  readonly before: string;
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
  /** Rows that still need somebody else's approval. */
  readonly awaiting: number;
}

/**
 * Approves every requisition of a batch that still needs it, all or none, each by all rules that hold for one; with the last approval
 * the payments are made, and the batch is approved. Throws forbidden or refused with every failing check and the lines it is about;
 * refused BATCH_CHANGED when its rows, or the hash that the person has seen, are others.
 */
export async function approveBatch(store: Store, actor: Actor, request: ApproveBatchRequest): Promise<ApprovedBatch> {
  requireAbility(actor, 'requisition.approve');
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const batch = await lockBatch(tx, await resolveBatch(tx, request.batch, actor.grants));
    await lockRequisitionsOf(tx, batch.id);
    const policy = await lockPolicy(tx);
    const fund = await lockFund(tx, batch.fundId);
    requireAbilityAt(actor, 'books.read', fund);
    const rows = await batchRows(tx, batch.id);
    requireSameRows(batch, rows, request.hash);
    const approval = { actor, batch, fund, policy, rows, given: await decisionsAboutBatch(tx, batch.id), reason };
    const waiting = rows.filter((row) => awaits(approval, row));
    await requireApprovable(tx, approval, waiting);
    const after = await decideAll(tx, approval, waiting);
    const awaiting = after.filter(({ status }) => status !== 'approved').length;
    if (awaiting === 0) await orderAll(tx, approval, after);
    return {
      before: batch.status,
      view: await getBatchView(tx, batch.id),
      rows: await batchRows(tx, batch.id),
      awaiting,
    };
  });
}

function requireSameRows(batch: Row<'batches'>, rows: readonly BatchRow[], seen: string | null): void {
  const hash = batchHash(batch, rows);
  const details = { unchanged: 'Nothing was approved.', fix: `treasury batch show ${batch.ref}` };
  if (hash !== batch.hash)
    throw new Problem('refused', 'BATCH_CHANGED', `The rows of ${batch.ref} no longer say what they said.`, details);
  const text = seen?.trim().toLowerCase() ?? hash;
  if (text.length >= 8 && hash.startsWith(text)) return;
  throw new Problem('conflict', 'BATCH_CHANGED', `The hash of ${batch.ref} is ${hash}, not ${text.slice(0, 64)}.`, {
    ...details,
    retryable: false,
  });
}

/** Whether the approval of a row has not come to its end. */
function awaits(approval: Approval, row: BatchRow): boolean {
  const approvals = approvalsGiven(approval, row);
  const state = approvalState(approval.policy, { ...row.requisition, approvals });
  return row.requisition.status !== 'approved' || !isComplete(state.missing) || state.cfoAwaited;
}

async function requireApprovable(tx: Tx, approval: Approval, waiting: readonly BatchRow[]): Promise<void> {
  const { batch } = approval;
  if (batch.status !== 'submitted') {
    throw new Problem(
      'refused',
      'BATCH_NOT_SUBMITTED',
      `${batch.ref} is ${batch.status}; only a submitted batch is approved.`,
      { unchanged: 'Nothing was approved.', fix: `treasury batch show ${batch.ref}` },
    );
  }
  const judged =
    waiting.length > 0
      ? await judgeApproval(tx, approval, waiting)
      : // Each row was approved by itself: what is left is to make the payments, which takes the same people.
        (await judgeApproval(tx, approval, approval.rows)).map(({ checks, ...row }) => ({
          ...row,
          checks: checks.filter(({ id }) => id === 'segregation' || id === 'role'),
        }));
  const failing = failingOfRows(judged);
  if (failing.length > 0) throw refusal(batch, failing);
}

const refusal = (batch: Row<'batches'>, failing: readonly Check[]): Problem => {
  const codes = new Set(failing.map(({ code }) => code));
  const [only] = codes;
  return new Problem(
    actRefusalKind(failing),
    codes.size === 1 && only !== undefined && only !== null ? only : 'BATCH_NOT_APPROVABLE',
    `${batch.ref} cannot be approved: ${failing.length === 1 ? 'one check fails' : `${failing.length} checks fail`}.`,
    { unchanged: 'Nothing was approved; the batch is as it was.', checks: failing },
  );
};

/** Records one decision and one event for each row that waits; answers all requisitions as they are now. */
async function decideAll(tx: Tx, approval: Approval, waiting: readonly BatchRow[]): Promise<Row<'requisitions'>[]> {
  const { actor, policy, reason } = approval;
  await insertDecisions(
    tx,
    waiting.map(({ requisition }) => ({
      id: newId(),
      requisitionId: requisition.id,
      revision: requisition.revision,
      approverId: actor.userId,
      decision: 'approved',
      reason,
      termsDigest: termsDigest(requisition),
      createdAt: tx.now,
      policyVersion: policy.version,
    })),
  );
  // In which roles it was given is asked of the database, as it will be whenever the payment is judged.
  const given = await decisionsAboutBatch(tx, approval.batch.id);
  const decided = waiting.map((row) => {
    const approvals = approvalsGiven({ ...approval, given }, row);
    const state = approvalState(policy, { ...row.requisition, approvals });
    const status = isComplete(state.missing) ? 'approved' : row.requisition.status;
    return { requisition: row.requisition, approvals, state, status };
  });
  for (const status of new Set(decided.map((one) => one.status))) {
    const ids = decided.filter((one) => one.status === status).map(({ requisition }) => requisition.id);
    await updateRequisitions(tx, ids, { status, decidedReason: reason });
  }
  await recordOfficeEvent(
    tx,
    ...decided.map(({ requisition, approvals, state, status }) =>
      decisionEvent(actor, requisition, {
        ...{ decision: 'approved', digest: termsDigest(requisition), reason, policy: policy.version },
        ...{ approvals: approvals.length, state, status },
      }),
    ),
  );
  const statuses = new Map(decided.map(({ requisition, status }) => [requisition.id, status]));
  return approval.rows.map(({ requisition }) => ({
    ...requisition,
    status: statuses.get(requisition.id) ?? requisition.status,
  }));
}

/** Makes the payment of every row, all or none. */
async function orderAll(tx: Tx, approval: Approval, requisitions: readonly Row<'requisitions'>[]): Promise<void> {
  const { actor, batch, fund, policy, rows, reason } = approval;
  const committed = Map.groupBy(await livePaymentsOfBatch(tx, batch.id), ({ requisitionId }) => requisitionId);
  const checks = requisitions.map((requisition, at) => ({
    line: rows[at]?.item.line ?? 0,
    name: requisition.number,
    checks: creationChecks({
      requisition,
      fund,
      amountMinor: requisition.amountMinor,
      committedMinor: (committed.get(requisition.id) ?? []).reduce((sum, one) => sum + one.amountMinor, 0),
    }),
  }));
  const failing = failingOfRows(checks);
  if (failing.length > 0) throw refusal(batch, failing);
  const identities = await newIdentities(tx, 'payments', rows.length);
  const orders = rows.map((row, at) => {
    const [requisition, identity] = [requisitions[at], identities[at]];
    if (requisition === undefined || identity === undefined) throw new Error('fewer payments than rows');
    const order = { requisition, fund, amountMinor: requisition.amountMinor, maxRetries: DEFAULT_MAX_RETRIES, policy };
    return { itemId: row.item.id, order, payment: newPayment(tx, actor, identity, order) };
  });
  await insertPayments(
    tx,
    orders.map(({ payment }) => payment),
  );
  await insertBatchPayments(
    tx,
    orders.map(({ itemId, payment }) => ({ itemId, paymentId: payment.id })),
  );
  await updateBatch(tx, batch.id, { status: 'approved' });
  await recordFundEvent(tx, fund, ...orders.map(({ payment, order }) => orderEvent(actor, payment, order)), {
    actor: actor.username,
    action: 'batch.approved',
    subject: batch.ref,
    origin: actor.origin,
    payload: {
      rows: batch.rowCount,
      total_minor: batch.totalMinor,
      currency: batch.currency,
      hash: batch.hash,
      reason,
    },
  });
}
