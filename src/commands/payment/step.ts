import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import type { retryPayment } from '../../operations/retry-payment.ts';
import type { Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { nextSteps } from './show.ts';

/** Takes a payment one step along its life, by an operation that needs nothing but a reason, and shows from where to where. */
export async function step(context: Context, input: Input, operation: typeof retryPayment): Promise<Result> {
  const store = await context.store();
  const actor = await context.actor();
  const before = await findPayment(store, actor, input.text('ref'));
  const view = await operation(store, actor, { paymentId: before.payment.id, reason: context.flags.reason });
  const document = paymentDocument(view, context.now());
  return {
    data: document,
    human: { lines: [`${document.ref}: ${before.payment.status} > ${document.status}`], next: nextSteps(document) },
  };
}
