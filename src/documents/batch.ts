import { rowState, shownStatus } from '../domain/batch.ts';
import { batchDeadline } from '../domain/otp.ts';
import type { BatchView } from '../store/batch-views.ts';
import type { BatchRow } from '../store/batches.ts';
import { money } from './money.ts';

/** Why rows failed in a run, by the id of their payment: refusals leave no trace in the books. */
export type RowProblems = ReadonlyMap<string, string>;

/** A batch as scripts see it; `rows` is null in lists. */
export function batchDocument(view: BatchView, rows: readonly BatchRow[] | null, problems: RowProblems = new Map()) {
  const { batch, start, tally } = view;
  return {
    id: batch.id,
    ref: batch.ref,
    title: batch.title,
    fund: view.fund.code,
    currency: batch.currency,
    count: batch.rowCount,
    ...money('total', batch.totalMinor, batch.currency),
    ...money('paid', view.paidMinor, batch.currency),
    hash: batch.hash,
    status: shownStatus(batch.status, tally),
    outcome: {
      waiting: tally.waiting,
      paid: tally.paid,
      in_flight: tally.inFlight,
      failed: tally.failed,
      cancelled: tally.cancelled,
    },
    created_by: view.creator,
    created_at: batch.createdAt.toISOString(),
    decided_by: [...view.deciders],
    executor: start?.executor ?? null,
    begun_at: start?.usedAt.toISOString() ?? null,
    resume_until: start === null ? null : batchDeadline(start.usedAt).toISOString(),
    rows: rows === null ? null : rows.map((row) => batchRowDocument(batch.ref, row, problems)),
  };
}

/** One row of a batch, and how it ended. */
export function batchRowDocument(batch: string, row: BatchRow, problems: RowProblems = new Map()) {
  const { item, requisition, payment } = row;
  return {
    batch,
    line: item.line,
    requisition: requisition.ref,
    requisition_number: requisition.number,
    payment: payment?.ref ?? null,
    payee: requisition.payee,
    ...money('amount', requisition.amountMinor, requisition.currency),
    currency: requisition.currency,
    method: requisition.method,
    destination: requisition.destination,
    purpose: requisition.purpose,
    document: item.document,
    outcome: OUTCOMES[rowState(payment?.status ?? null, requisition.status)],
    payment_status: payment?.status ?? null,
    in_flight: row.attempt === null ? null : { state: row.attempt.state, gateway: row.attempt.gateway },
    voucher: row.voucher,
    gateway_reference: row.gatewayReference,
    error: (payment === null ? undefined : problems.get(payment.id)) ?? payment?.lastError ?? null,
  };
}

const OUTCOMES = {
  waiting: 'waiting',
  paid: 'paid',
  inFlight: 'in_flight',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

export type BatchDocument = ReturnType<typeof batchDocument>;
export type BatchRowDocument = ReturnType<typeof batchRowDocument>;
