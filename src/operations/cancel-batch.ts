import { mayAt, requireAbilityAt, type Actor } from '../domain/access.ts';
import { rowState, tallyOf, tallyText } from '../domain/batch.ts';
import { heldCheck } from '../domain/execution-checks.ts';
import { Problem } from '../domain/problem.ts';
import { quantity } from '../domain/quantity.ts';
import { recordFundEvent, recordOfficeEvent, type Happening } from '../store/audit-chain.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import {
  batchRows,
  cancelPayments,
  livePaymentsOfBatch,
  lockBatch,
  lockPaymentsOf,
  lockRequisitionsOf,
  resolveBatch,
  updateBatch,
  updateRequisitions,
  type BatchRow,
} from '../store/batches.ts';
import { lockFund } from '../store/funds.ts';
import { findHeldOfBatch } from '../store/held-money.ts';
import { lockOffice } from '../store/office.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { removeSchedulesOf } from './remove-schedules.ts';

export interface CancelBatchRequest {
  readonly batch: string;
  readonly reason: string | null;
}

export interface CancelledBatch {
  readonly before: string;
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
}

/**
 * Cancels what is left of a batch: its payments that are pending or failed, with their schedules, and the requisitions of which nothing is paid. By whoever made
 * it, an approver, or who cancels payments of its fund. Refused (8) while a row is in flight: its money may have left.
 */
export async function cancelBatch(store: Store, actor: Actor, request: CancelBatchRequest): Promise<CancelledBatch> {
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const batch = await lockBatch(tx, await resolveBatch(tx, request.batch, actor.grants));
    await lockPaymentsOf(tx, batch.id);
    await lockRequisitionsOf(tx, batch.id);
    await lockOffice(tx);
    const fund = await lockFund(tx, batch.fundId);
    await requireMayCancel(tx, actor, batch, fund);
    const rows = await batchRows(tx, batch.id);
    refuseWhatIsOpen(batch, rows);
    await refuseHeld(tx, batch);
    const payments = rows.flatMap(({ payment }) =>
      payment !== null && CANCELLABLE.has(payment.status) ? [payment] : [],
    );
    await cancelPayments(
      tx,
      payments.map(({ id }) => id),
    );
    const { happenings } = await removeSchedulesOf(tx, actor, payments, reason);
    const requisitions = await withoutPayments(tx, batch, rows);
    await updateRequisitions(
      tx,
      requisitions.map(({ id }) => id),
      { status: 'cancelled', decidedReason: reason },
    );
    await updateBatch(tx, batch.id, { status: 'cancelled' });
    await recordOfficeEvent(tx, ...requisitions.map((one) => requisitionEvent(actor, one, reason)));
    await recordFundEvent(tx, fund, ...payments.map((one) => paymentEvent(actor, one, reason)), ...happenings, {
      ...{ actor: actor.username, action: 'batch.cancelled', subject: batch.ref, origin: actor.origin },
      payload: { before: batch.status, payments: payments.length, requisitions: requisitions.length, reason },
    });
    return { before: batch.status, view: await getBatchView(tx, batch.id), rows: await batchRows(tx, batch.id) };
  });
}

const CANCELLABLE: ReadonlySet<string> = new Set(['pending', 'failed']);

async function requireMayCancel(tx: Tx, actor: Actor, batch: Row<'batches'>, fund: Row<'funds'>): Promise<void> {
  requireAbilityAt(actor, 'books.read', fund);
  const may =
    actor.userId === batch.createdBy ||
    mayAt(actor, 'requisition.approve', fund) ||
    mayAt(actor, 'payment.cancel', fund);
  if (may) return;
  const { creator } = await getBatchView(tx, batch.id);
  const approvers = await findPeopleWhoMay(tx, 'requisition.approve', fund);
  throw new Problem(
    'forbidden',
    'NOT_THE_REQUESTER',
    `Only ${creator}, who made ${batch.ref}, an approver, or a cashier, treasurer or cfo of fund ${fund.code} may cancel it.`,
    {
      unchanged: 'Nothing was cancelled.',
      fix: `ask ${[creator, ...approvers.map(({ username }) => username)].join(', ')}`,
    },
  );
}

function refuseWhatIsOpen(batch: Row<'batches'>, rows: readonly BatchRow[]): void {
  const tally = tallyOf(rows.map(({ payment, requisition }) => rowState(payment?.status ?? null, requisition.status)));
  const details = { unchanged: 'Nothing was cancelled.', fix: `treasury batch show ${batch.ref}` };
  if (tally.inFlight > 0) {
    const rowsText = `${quantity(tally.inFlight, 'row')} of ${batch.ref} ${tally.inFlight === 1 ? 'is' : 'are'}`;
    const message = `${rowsText} being paid, and what became of it is not known yet. Never pay again.`;
    throw new Problem('pending', 'PAYMENT_IN_FLIGHT', message, details);
  }
  if (batch.status === 'cancelled')
    throw new Problem('refused', 'BATCH_CANCELLED', `${batch.ref} was cancelled already.`, details);
  if (tally.waiting + tally.failed === 0)
    throw new Problem('refused', 'BATCH_DONE', `Nothing of ${batch.ref} is left: ${tallyText(tally)}.`, details);
}

/** As `payment cancel` does: what became of money that left for a row is said first. */
async function refuseHeld(tx: Tx, { id }: Row<'batches'>): Promise<void> {
  const held = await findHeldOfBatch(tx, id);
  if (held === undefined) return;
  const { code, message, fix } = heldCheck(held.payment, { ref: held.ref, open: true });
  throw new Problem('refused', code ?? '', message, { unchanged: 'Nothing was cancelled.', fix: fix?.command ?? '' });
}

/** Requisitions that can be cancelled: none of their payments is left, once those of the batch are cancelled. */
async function withoutPayments(
  tx: Tx,
  batch: Row<'batches'>,
  rows: readonly BatchRow[],
): Promise<Row<'requisitions'>[]> {
  const paidFor = new Set((await livePaymentsOfBatch(tx, batch.id)).map(({ requisitionId }) => requisitionId));
  return rows
    .map(({ requisition }) => requisition)
    .filter(({ id, status }) => (status === 'submitted' || status === 'approved') && !paidFor.has(id));
}

const requisitionEvent = (actor: Actor, requisition: Row<'requisitions'>, reason: string | null): Happening => ({
  ...{ actor: actor.username, action: 'requisition.cancelled', subject: requisition.ref, origin: actor.origin },
  payload: { number: requisition.number, reason, status_before: requisition.status, status_after: 'cancelled' },
});

const paymentEvent = (actor: Actor, payment: Row<'payments'>, reason: string | null): Happening => ({
  ...{ actor: actor.username, action: 'payment.cancelled', subject: payment.ref, origin: actor.origin },
  payload: { before: payment.status, reason },
});
