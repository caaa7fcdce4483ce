import { isFailed } from '../../domain/check.ts';
import { formatAmount } from '../../domain/money.ts';
import { Problem } from '../../domain/problem.ts';
import { executePayment, type Executed } from '../../operations/execute-payment.ts';
import { explainPayment, findPayment, namePayment } from '../../operations/explain-payment.ts';
import { refusal } from '../../operations/judge-execution.ts';
import { resolvePaymentOutcome } from '../../operations/resolve-payment.ts';
import { visible } from '../../terminal/clean.ts';
import type { Command, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts, type OfficeFacts } from '../office-day.ts';
import { askingForCode, codeCaseOf, type CodeCase } from './ask-code.ts';
import { appOf, inFlightResult, paidResult, refusedByGateway } from './outcome.ts';

export const command: Command = {
  path: 'payment execute',
  summary: 'Pay: run every check, use up the code and post, in one transaction',
  details: [
    "cash posts at once; its voucher number is the reference. mpesa and bank are paid by you in the app: give the app's reference with",
    '--gateway-reference and it is posted at once. Without one the money is reserved, you are told what to pay, and the outcome is open',
    '(exit 8) until the reference is given here or to `payment resolve`. Where `gateway list` says daraja or bankfile, the order is sent, or goes',
    'into the next file, by itself: open (8) until its result is there (`payment wait`). After exit 8 never pay again.',
  ].join(' '),
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  options: [{ flags: '--gateway-reference <reference>', about: "what M-Pesa's or the bank's own app answered" }],
  examples: [
    { command: 'treasury payment execute {READY} --yes', about: 'hand over cash for which a code was verified' },
    {
      command: 'treasury payment execute {READY_MPESA} --gateway-reference {REFERENCE} --yes',
      about: "record what was paid in M-Pesa's app",
    },
  ],
  access: 'payment.execute',
  writes: true,
  exits: [8, 9],
  document: 'execution',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const paymentId = await namePayment(store, actor, input.text('ref'));
    const office = await officeFacts(store);
    const subject = { store, actor, paymentId };
    const gatewayReference = input.optional('gatewayReference') ?? null;
    // A person is only asked about a payment that can be made; without a question, executing judges by itself.
    if (!context.flags.yes) await confirmPayment(context, subject, office);
    const executed = await askingForCode(context, codeOf(subject), () =>
      executePayment(store, actor, { paymentId, gatewayReference, dayAt: office.dayAt }),
    );
    if (executed.state === 'paid')
      return paidResult(executed.before, executed.paid, {
        ...{ executor: actor.username, now: context.now(), removed: executed.removed },
      });
    if (executed.attempt.gateway === 'manual') return askForReference(context, { subject, office, executed });
    return sendOn(context, { subject, executed });
  },
};

interface Subject extends Pick<CodeCase, 'store' | 'actor'> {
  readonly paymentId: string;
}

/** The code of a payment, looked up when one is asked for. */
const codeOf = (subject: Subject) => async (): Promise<CodeCase> => {
  const { payment } = await findPayment(subject.store, subject.actor, subject.paymentId);
  return codeCaseOf(subject, payment);
};

async function confirmPayment(context: Context, subject: Subject, office: OfficeFacts): Promise<void> {
  const { payment } = await findPayment(subject.store, subject.actor, subject.paymentId);
  await askingForCode(context, codeOf(subject), () => requireExecutable(subject, payment.ref, office));
  // Loaded here only: who answers beforehand with --yes was told when it was approved, and by `payment explain`.
  const { flagsOf } = await import('../../operations/flag-payees.ts');
  for (const { message } of await flagsOf(subject.store, payment.requisitionId))
    context.say(`Look: ${visible(message)}`);
  await context.ask.confirm({
    message: `Pay ${formatAmount(payment.amountMinor, payment.currency)} to ${visible(payment.payee)} (${payment.method} ${visible(payment.destination)})?`,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    unchanged: 'Nothing was paid.',
  });
}

async function requireExecutable(subject: Subject, ref: string, { dayAt }: OfficeFacts): Promise<void> {
  const { checks } = await explainPayment(subject.store, subject.actor, { paymentId: subject.paymentId, dayAt });
  if (checks.some(isFailed)) throw refusal(ref, checks);
}

/**
 * The money is reserved, and the order goes to its rail once that is saved: under an idempotency key, and for a rail that takes
 * files, the answer is that it is under way. Refused for certain is exit 9, everything else open (exit 8).
 */
async function sendOn(context: Context, { subject, executed }: Omit<InFlight, 'office'>): Promise<Result> {
  const moment = { executor: subject.actor.username, now: context.now() };
  if (context.flags.dryRun || executed.attempt.gateway !== 'daraja') return inFlightResult(executed, moment);
  const send = async () => {
    // Loaded here only: cash and what is paid by hand are sent nowhere.
    const { sendAttempt } = await import('../../operations/send-attempt.ts');
    return sendAttempt(await context.store(), executed.attempt.id, context.sending());
  };
  if (context.flags.idempotencyKey !== null) {
    context.afterwards(async () => {
      const sent = await send();
      if (sent.state === 'failed') context.warn(`${executed.before.payment.ref} was not paid: ${sent.reason}.`);
    });
    return inFlightResult(executed, moment);
  }
  const sent = await send();
  if (sent.state === 'failed') throw refusedByGateway(executed.before, sent);
  return inFlightResult(sent.state === 'taken' ? executed : { ...executed, attempt: sent.attempt }, moment);
}

interface InFlight {
  readonly subject: Subject;
  readonly office: OfficeFacts;
  readonly executed: Extract<Executed, { state: 'executing' }>;
}

/** The money is reserved and the operator pays in the app; the reference settles it, no answer leaves it open (exit 8). */
async function askForReference(context: Context, { subject, office, executed }: InFlight) {
  const open = () => inFlightResult(executed, { executor: subject.actor.username, now: context.now() });
  if (!context.ask.possible || context.flags.dryRun) return open();
  const { payment } = executed.before;
  context.say(
    `Now pay ${formatAmount(payment.amountMinor, payment.currency)} to ${visible(payment.destination)} (${visible(payment.payee)}) in the ${appOf(payment.method)}.`,
  );
  try {
    const reference = (await context.ask.text('Reference (empty if not known yet)')).trim();
    if (reference === '') return open();
    const resolved = await resolvePaymentOutcome(subject.store, subject.actor, {
      paymentId: payment.id,
      outcome: { kind: 'paid', reference },
      dayAt: office.dayAt,
    });
    return resolved.state === 'paid'
      ? paidResult(executed.before, resolved.paid, {
          ...{ executor: subject.actor.username, now: context.now(), removed: executed.removed },
        })
      : open();
  } catch (error) {
    // Whatever goes wrong now, money may have left: say so instead of the lesser trouble.
    if (!(error instanceof Problem)) throw error;
    context.say(error.code === 'INTERRUPTED' ? 'No reference was given.' : error.message);
    return open();
  }
}
