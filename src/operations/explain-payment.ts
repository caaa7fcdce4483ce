import { requireWithinReach, type Actor } from '../domain/access.ts';
import { getPaymentView, type PaymentView } from '../store/payment-views.ts';
import { resolvePayment } from '../store/payments.ts';
import type { Store } from '../store/store.ts';
import { judgeExecution, type ExecutionCase, type OfficeDay } from './judge-execution.ts';

/** A payment that a person may see, by whatever names it. Another company's is not found (3), out of scope is 5. */
export async function findPayment(store: Store, actor: Actor, named: string): Promise<PaymentView> {
  return store.read(async (tx) => {
    const view = await getPaymentView(tx, await resolvePayment(tx, named, actor.grants));
    requireWithinReach(actor, view.requisition);
    return view;
  });
}

/** The id of the payment that a text names; whether the person may see it is judged with all else about it. */
export const namePayment = (store: Store, actor: Actor, named: string): Promise<string> =>
  store.read((tx) => resolvePayment(tx, named, actor.grants));

/** Every check of executing a payment now as this person, without locking or changing anything; under the same guards. */
export async function explainPayment(
  store: Store,
  actor: Actor,
  request: { paymentId: string; dayAt: (now: Date) => OfficeDay },
): Promise<ExecutionCase> {
  return store.read(async (tx) => {
    await tx.guard.judge(tx);
    const found = await judgeExecution(tx, {
      paymentId: request.paymentId,
      executor: actor,
      day: request.dayAt(tx.now),
      gatewayReference: null,
    });
    await tx.guard.settled();
    return found;
  });
}
