import { usage } from '../../domain/problem.ts';
import { formatAmount } from '../../domain/money.ts';
import { fundBeforeAfter } from '../../documents/execution.ts';
import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { judgeResolution, resolvePaymentOutcome, type ResolveRequest } from '../../operations/resolve-payment.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { officeFacts } from '../office-day.ts';
import { paidResult } from './outcome.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'payment resolve',
  summary: 'Settle a payment of which the outcome is open',
  details: [
    "Give the app's reference when it was paid. --not-paid (with --reason) is for a treasurer or CFO who did not execute it: the reservation",
    'is released and the attempt failed. Once the office has paid, somebody else must confirm that. With neither, the gateway is asked about',
    'a payment that a rail carries, and without REF about every one that is due (after 5 minutes, an hour, then daily): meant for cron.',
    'Its answer arrives through `treasury listen` or `payment import-callback`; until then the outcome stays open (exit 8).',
  ].join(' '),
  arguments: [{ name: 'ref', about: 'payment: reference or id; all that are due without', optional: true }],
  options: [
    { flags: '--gateway-reference <reference>', about: 'what the app answered: it was paid' },
    { flags: '--not-paid', about: 'it was certainly not paid (needs --reason)' },
  ],
  examples: [
    {
      command: 'treasury payment resolve {IN_FLIGHT} --gateway-reference {REFERENCE}',
      about: 'the app says it was paid',
    },
    {
      command: 'treasury payment resolve {IN_FLIGHT} --not-paid --reason "not in the app\'s history" --yes',
      about: 'it never left',
    },
    { command: 'treasury payment resolve', about: 'ask about everything that is due, from cron' },
  ],
  access: 'payment.resolve',
  writes: true,
  refusesKey: (input) =>
    input.optional('gatewayReference') === undefined && !input.flag('notPaid')
      ? 'asking a gateway is several transactions, and may be done as often as one likes'
      : null,
  exits: [8],
  document: 'execution',
  async run(context, input) {
    const outcome = outcomeOf(context, input);
    if (outcome === null) return (await import('./ask-gateway.ts')).askGateway(context, input);
    if (input.optional('ref') === undefined) throw inputsMissing('payment resolve', ['REF']);
    const store = await context.store();
    const actor = await context.actor();
    const view = await findPayment(store, actor, input.text('ref'));
    const { dayAt } = await officeFacts(store);
    const request = { paymentId: view.payment.id, outcome, dayAt };
    const { payment } = view;
    if (outcome.kind === 'not_paid') {
      await judgeResolution(store, actor, request);
      await context.ask.confirm({
        message: `Declare that ${formatAmount(payment.amountMinor, payment.currency)} of ${payment.ref} never left?`,
        amountMinor: payment.amountMinor,
        currency: payment.currency,
      });
    }
    const resolved = await resolvePaymentOutcome(store, actor, request);
    if (resolved.state === 'proposed') {
      const { proposedResult } = await import('../change/proposed.ts');
      return proposedResult(context, resolved);
    }
    const executor = view.executor ?? actor.username;
    if (resolved.state === 'paid') return paidResult(view, resolved.paid, { executor, now: context.now() });
    const document = paymentDocument({ ...view, payment: resolved.payment }, context.now());
    return {
      data: {
        payment: document,
        execution: null,
        fund: fundBeforeAfter(resolved.fund, resolved.fund),
        ledger_entry: null,
        replenishment: null,
      },
      human: {
        lines: [
          `${payment.ref}: executing > failed (${resolved.payment.retryCount} of ${resolved.payment.maxRetries} attempts)`,
          `${formatAmount(payment.amountMinor, payment.currency)} is free again in fund ${view.fundCode}.`,
        ],
        next: nextSteps(document),
      },
    };
  },
};

/** What somebody says became of it; null when the gateway is to be asked. */
function outcomeOf(context: Context, input: Input): ResolveRequest['outcome'] | null {
  const reference = input.optional('gatewayReference');
  const { reason } = context.flags;
  const unchanged = 'Nothing was settled.';
  const fix = 'treasury payment resolve REF --gateway-reference REFERENCE, or --not-paid --reason TEXT';
  if (reference !== undefined && input.flag('notPaid'))
    throw usage('FLAGS_CONTRADICT', '--gateway-reference and --not-paid exclude each other.', { unchanged, fix });
  if (reference !== undefined) return { kind: 'paid', reference };
  if (!input.flag('notPaid')) return null;
  if (reason === null || reason.trim() === '')
    throw usage('INPUT_MISSING', '--not-paid needs --reason.', { unchanged, fix });
  return { kind: 'not_paid', reason: reason.trim() };
}
