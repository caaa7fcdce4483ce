import { paymentDocument, type PaymentDocument } from '../../documents/payment.ts';
import { stepsInFlight } from '../../domain/in-flight.ts';
import { formatAmount } from '../../domain/money.ts';
import { quantity } from '../../domain/quantity.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { formatInstant } from '../../terminal/zone.ts';
import { flagsOf } from '../../operations/flag-payees.ts';
import { reconciledOf } from '../../operations/show-reconciliation.ts';
import { flagLines } from '../payee-flags.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'payment show',
  summary: 'Show a payment with its code, attempts and execution',
  arguments: [{ name: 'ref', about: 'payment: reference, id or voucher number' }],
  examples: [{ command: 'treasury payment show {PAYMENT}', about: 'everything about one payment' }],
  access: 'books.read',
  writes: false,
  document: 'payment',
  async run(context, input) {
    const store = await context.store();
    const view = await findPayment(store, await context.actor(), input.text('ref'));
    const flags = await flagsOf(store, view.payment.requisitionId);
    const reconciled = view.payment.status === 'reconciled' ? await reconciledOf(store, view.payment.id) : null;
    const document = paymentDocument(view, context.now(), flags, reconciled);
    return {
      data: document,
      human: { card: paymentCard(document, await context.zone()), next: nextSteps(document) },
    };
  },
};

/** A payment as people read it. */
export function paymentCard(document: PaymentDocument, zone: string): CardLine[] {
  const when = (at: string | null): string => (at === null ? 'no' : formatInstant(new Date(at), zone));
  const { execution } = document;
  return [
    { label: 'Payment', value: document.ref },
    { label: 'Status', value: document.status },
    { label: 'Amount', value: formatAmount(document.amount_minor, document.currency), kind: 'money' },
    ...(document.adjusted_amount_minor === null
      ? []
      : [
          {
            label: 'Adjusted to',
            value: formatAmount(document.adjusted_amount_minor, document.currency),
            kind: 'money' as const,
          },
        ]),
    ...(document.pending_variance === null
      ? []
      : [{ label: 'Difference', value: `${document.pending_variance} waits` }]),
    { label: 'Payee', value: document.payee },
    { label: 'Method', value: `${document.method} to ${document.destination}` },
    { label: 'Fund', value: document.fund },
    { label: 'Requisition', value: `${document.requisition_number} (${document.purpose})` },
    { label: 'Requested by', value: document.requester },
    { label: 'Executor', value: document.executor ?? 'nobody yet' },
    { label: 'Code needed', value: document.otp_required ? 'yes' : 'no' },
    { label: 'Code sent', value: when(document.otp_sent_at), kind: 'time' },
    { label: 'Code verified', value: when(document.otp_verified_at), kind: 'time' },
    { label: 'Failed attempts', value: `${document.retry_count} of ${document.max_retries}` },
    ...(document.last_error === null ? [] : [{ label: 'Last error', value: document.last_error }]),
    ...(document.suspense === null
      ? []
      : [{ label: 'Left already', value: `${document.suspense}: never pay it again until it has come back` }]),
    { label: 'Created', value: when(document.created_at), kind: 'time' as const },
    ...inFlightLines(document, zone),
    ...(execution === null
      ? []
      : [
          { label: 'Voucher', value: execution.voucher },
          { label: 'Reference', value: `${execution.gateway} ${execution.gateway_reference}` },
          { label: 'Paid', value: when(execution.created_at), kind: 'time' as const },
          { label: 'From', value: execution.user_agent },
        ]),
    ...reconciliationLines(document, zone),
    ...flagLines(document.flags),
  ];
}

function inFlightLines({ in_flight: open, currency }: PaymentDocument, zone: string): CardLine[] {
  if (open === null) return [];
  const when = (at: string): string => formatInstant(new Date(at), zone);
  return [
    { label: 'In flight', value: `${open.state}, by ${open.gateway} (${open.attempt})` },
    { label: 'Reserved', value: formatAmount(open.reserved_minor, currency), kind: 'money' },
    ...(open.sent_at === null ? [] : [{ label: 'Sent', value: when(open.sent_at), kind: 'time' as const }]),
    ...(open.conversation === null ? [] : [{ label: 'Conversation', value: open.conversation }]),
    ...(open.error === null ? [] : [{ label: 'What is open', value: open.error }]),
    ...settlingLines(open, when),
  ];
}

/** When its gateway is asked next; of a bank file nobody can be asked, so what settles it. */
function settlingLines(
  { gateway, state, next_look_at: next, looks }: NonNullable<PaymentDocument['in_flight']>,
  when: (at: string) => string,
): CardLine[] {
  if (gateway === 'bankfile')
    return [
      {
        label: 'Settled by',
        value: state === 'reserved' ? "a bank file, then the bank's report on it" : "the bank's report on its file",
      },
    ];
  if (next === null) return [];
  return [{ label: 'Asked about next', value: `${when(next)} (${quantity(looks, 'time')} so far)`, kind: 'time' }];
}

function reconciliationLines({ reconciliation: by }: PaymentDocument, zone: string): CardLine[] {
  if (by === null) return [];
  const line = by.statement_line === null ? 'by hand' : `by line ${by.statement_line}`;
  const when = formatInstant(new Date(by.reconciled_at), zone);
  return [{ label: 'Reconciled', value: `${when} by ${by.reconciled_by}, ${line} (${by.match})` }];
}

/** The commands that a payment waits for. */
export function nextSteps(
  document: Pick<
    PaymentDocument,
    | 'ref'
    | 'fund'
    | 'status'
    | 'otp_required'
    | 'otp_verified'
    | 'retry_count'
    | 'max_retries'
    | 'pending_variance'
    | 'in_flight'
    | 'suspense'
  >,
): string[] {
  const { ref, fund, status } = document;
  if (document.suspense !== null && (status === 'pending' || status === 'failed'))
    return ['treasury suspense list --all'];
  if (status === 'pending') {
    return document.otp_required && !document.otp_verified
      ? [`treasury payment otp ${ref}`, `treasury payment execute ${ref}`]
      : [`treasury payment execute ${ref}`];
  }
  if (status === 'executing') return stepsInFlight({ ref, fund, carrier: document.in_flight });
  if (status === 'failed')
    return [
      ...(document.retry_count < document.max_retries ? [`treasury payment retry ${ref}`] : []),
      `treasury payment cancel ${ref}`,
    ];
  return document.pending_variance === null ? [] : [`treasury variance show ${document.pending_variance}`];
}
