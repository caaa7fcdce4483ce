import { stepsInFlight } from '../../domain/in-flight.ts';
import { formatAmount } from '../../domain/money.ts';
import { quantity } from '../../domain/quantity.ts';
import { tallyText } from '../../domain/batch.ts';
import type { BatchDocument, BatchRowDocument } from '../../documents/batch.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';
import { moneyColumn } from '../listing.ts';

/** A batch as people read it. */
export function batchCard(batch: BatchDocument, zone: string): CardLine[] {
  const when = (label: string, at: string | null): CardLine[] =>
    at === null ? [] : [{ label, value: formatInstant(new Date(at), zone), kind: 'time' }];
  return [
    { label: 'Batch', value: batch.ref },
    ...(batch.title === null ? [] : [{ label: 'Title', value: batch.title }]),
    { label: 'Status', value: batch.status },
    { label: 'Fund', value: batch.fund },
    { label: 'Rows', value: `${batch.count} (${outcomeText(batch)})` },
    { label: 'Total', value: formatAmount(batch.total_minor, batch.currency), kind: 'money' },
    { label: 'Paid', value: formatAmount(batch.paid_minor, batch.currency), kind: 'money' },
    { label: 'Hash', value: batch.hash },
    { label: 'Made by', value: batch.created_by },
    ...when('Made at', batch.created_at),
    { label: 'Decided by', value: batch.decided_by.length === 0 ? 'nobody yet' : batch.decided_by.join(', ') },
    { label: 'Executor', value: batch.executor ?? 'nobody yet' },
    ...when('Code used', batch.begun_at),
    ...when('Good until', batch.resume_until),
  ];
}

/** `2 paid, 1 failed`. */
export const outcomeText = ({ outcome }: Pick<BatchDocument, 'outcome'>): string =>
  tallyText({ ...outcome, inFlight: outcome.in_flight });

/** `240 rows, KES 1,204,550.00`. */
export const sizeText = (batch: Pick<BatchDocument, 'count' | 'total_minor' | 'currency'>): string =>
  `${quantity(batch.count, 'row')}, ${formatAmount(batch.total_minor, batch.currency)}`;

/** The rows of a batch in their order. */
export const ROW_COLUMNS: readonly Column<BatchRowDocument>[] = [
  { key: 'line', title: 'Line', kind: 'number', value: (row) => String(row.line), priority: 1 },
  { key: 'payee', title: 'Payee', value: (row) => row.payee, priority: 1, yields: true },
  moneyColumn('amount', 'Amount', 1),
  { key: 'currency', title: 'Currency', value: (row) => row.currency, priority: 12 },
  { key: 'method', title: 'Method', value: (row) => row.method, priority: 6 },
  { key: 'destination', title: 'To', value: (row) => row.destination, priority: 4 },
  { key: 'outcome', title: 'Outcome', value: (row) => row.outcome, priority: 2 },
  { key: 'payment', title: 'Payment', value: (row) => row.payment, priority: 3 },
  { key: 'voucher', title: 'Voucher', kind: 'whole', value: (row) => row.voucher, priority: 5 },
  { key: 'gateway_reference', title: 'Reference', kind: 'whole', value: (row) => row.gateway_reference, priority: 6 },
  { key: 'error', title: 'Error', value: (row) => row.error, priority: 7 },
  { key: 'document', title: 'Document', value: (row) => row.document, priority: 8 },
  { key: 'purpose', title: 'Purpose', value: (row) => row.purpose, priority: 9 },
  { key: 'requisition_number', title: 'Requisition', value: (row) => row.requisition_number, priority: 10 },
  { key: 'payment_status', title: 'Status', value: (row) => row.payment_status, priority: 11 },
];

/** The commands that a batch waits for: first those of its first payment in flight of each gateway. */
export function nextSteps(batch: Pick<BatchDocument, 'ref' | 'fund' | 'status' | 'outcome' | 'rows'>): string[] {
  const { ref, status, outcome } = batch;
  if (status === 'submitted') return [`treasury batch validate ${ref}`, `treasury batch approve ${ref}`];
  if (status === 'approved') return [`treasury batch otp ${ref}`, `treasury batch execute ${ref}`];
  if (status === 'executing')
    return [...stepsOfRows(batch), `treasury batch ${outcome.waiting > 0 ? 'resume' : 'show'} ${ref}`];
  return [`treasury batch export ${ref} --format csv`];
}

function stepsOfRows({ fund, rows }: Pick<BatchDocument, 'fund' | 'rows'>): string[] {
  const open = (rows ?? []).flatMap(({ payment, in_flight }) =>
    payment === null || in_flight === null ? [] : [{ ref: payment, fund, carrier: in_flight }],
  );
  const firsts = open.filter(
    (one, at) => open.findIndex(({ carrier }) => carrier.gateway === one.carrier.gateway) === at,
  );
  return firsts.flatMap(stepsInFlight);
}
