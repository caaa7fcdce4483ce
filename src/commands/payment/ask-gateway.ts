import { stepsInFlight } from '../../domain/in-flight.ts';
import { usage } from '../../domain/problem.ts';
import { paymentDocument, type PaymentDocument } from '../../documents/payment.ts';
import type { Asked } from '../../operations/ask-attempt.ts';
import { namePayment } from '../../operations/explain-payment.ts';
import { lookAfterDue, lookAfterPayment, type LookedAfter } from '../../operations/look-after-payments.ts';
import { readMessage } from '../../operations/read-message.ts';
import type { Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { paymentCard } from './show.ts';

/** Asks the gateway about one payment in flight, or about all that are due. Exit 8 while one is open. */
export async function askGateway(context: Context, input: Input): Promise<Result> {
  if (context.flags.dryRun)
    throw usage('DRY_RUN_REFUSED', 'A gateway cannot be asked as a rehearsal.', {
      unchanged: 'Nobody was asked.',
      fix: 'treasury payment resolve',
    });
  const store = await context.store();
  const actor = await context.actor();
  const { dayAt } = await officeFacts(store);
  const looking = { sending: context.sending(), reader: { read: readMessage, dayAt, origin: context.origin } };
  const ref = input.optional('ref');
  const seen =
    ref === undefined
      ? await lookAfterDue(store, looking)
      : [await lookAfterPayment(store, actor, { paymentId: await namePayment(store, actor, ref), ...looking })];
  const documents = seen.map(({ view }) => paymentDocument(view, context.now()));
  const open = documents.filter(({ status }) => status === 'executing');
  const lines = seen.map(lineOf);
  const [first] = documents;
  return {
    document: 'payment',
    data: ref === undefined || first === undefined ? documents : first,
    ...(ref === undefined ? { page: { next: null, count: documents.length, totals: {} } } : {}),
    exitCode: open.length > 0 ? 8 : 0,
    human: {
      lines: lines.length === 0 ? ['Nothing is due.'] : lines,
      ...(ref === undefined || first === undefined ? {} : { card: paymentCard(first, await context.zone()) }),
      next: open.flatMap(({ ref: payment, fund, in_flight: carrier }: PaymentDocument) =>
        stepsInFlight({ ref: payment, fund, carrier }).slice(0, 1),
      ),
    },
  };
}

function lineOf({ view, asked }: LookedAfter): string {
  const { ref, status } = view.payment;
  return `${ref}: ${DONE[asked.did](asked)} It is ${status}.`;
}

const DONE: { readonly [Did in Asked['did']]: (asked: Asked) => string } = {
  nothing: () => 'nothing to ask.',
  sent: () => 'it had never been sent; now it was.',
  waits: () => 'its answer comes in a file of the bank.',
  asked: (asked) => {
    if (asked.did !== 'asked') return '';
    const { reply } = asked;
    return reply.kind === 'accepted' ? 'the gateway was asked.' : `the gateway could not be asked (${reply.reason}).`;
  },
};
