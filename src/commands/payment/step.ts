import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import type { CancelledPayment, StepRequest } from '../../operations/retry-payment.ts';
import type { Actor } from '../../domain/access.ts';
import type { PaymentView } from '../../store/payment-views.ts';
import type { Store } from '../../store/store.ts';
import type { Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { removedLine } from './outcome.ts';
import { nextSteps } from './show.ts';

/** What a step makes of a payment, and what it removed with it. */
type Stepped = PaymentView & Partial<Pick<CancelledPayment, 'removed'>>;
type Step = (store: Store, actor: Actor, request: StepRequest) => Promise<Stepped>;

/** Takes a payment one step along its life, by an operation that needs nothing but a reason, and shows from where to where. */
export async function step(context: Context, input: Input, operation: Step): Promise<Result> {
  const store = await context.store();
  const actor = await context.actor();
  const before = await findPayment(store, actor, input.text('ref'));
  const view = await operation(store, actor, { paymentId: before.payment.id, reason: context.flags.reason });
  const document = paymentDocument(view, context.now());
  const removed = view.removed ?? [];
  return {
    data: document,
    human: {
      lines: [`${document.ref}: ${before.payment.status} > ${document.status}`, ...removed.map(removedLine)],
      next: nextSteps(document),
    },
  };
}
