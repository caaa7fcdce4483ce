import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { heldCheck } from '../domain/execution-checks.ts';
import { settledBy } from '../domain/in-flight.ts';
import { Problem } from '../domain/problem.ts';
import { findLiveAttempt } from '../store/execution-facts.ts';
import { lockFund } from '../store/funds.ts';
import { findHeld } from '../store/held-money.ts';
import type { PaymentView } from '../store/payment-views.ts';
import { lockPayment } from '../store/payments.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { stepPayment } from './create-payment.ts';
import { removeSchedulesOf } from './remove-schedules.ts';

export interface StepRequest {
  readonly paymentId: string;
  readonly reason: string | null;
}

/** Makes a failed payment pending again while attempts remain. */
export async function retryPayment(store: Store, actor: Actor, request: StepRequest): Promise<PaymentView> {
  return store.write(async (tx) => {
    const payment = await lockPayment(tx, request.paymentId);
    const fund = await lockFund(tx, payment.fundId);
    requireAbilityAt(actor, 'payment.retry', fund);
    if (payment.status === 'executing') throw await inFlight(tx, payment, fund);
    if (payment.status !== 'failed') {
      throw new Problem(
        'refused',
        'PAYMENT_NOT_FAILED',
        `${payment.ref} is ${payment.status}; only a failed payment is retried.`,
        {
          unchanged: 'It is as it was.',
          fix: `treasury payment show ${payment.ref}`,
        },
      );
    }
    if (payment.retryCount >= payment.maxRetries) {
      throw new Problem(
        'refused',
        'RETRIES_EXHAUSTED',
        payment.maxRetries === 1
          ? `The only attempt of ${payment.ref} has failed.`
          : `All ${payment.maxRetries} attempts of ${payment.ref} have failed.`,
        {
          unchanged: 'It is still failed.',
          fix: `treasury payment cancel ${payment.ref}`,
        },
      );
    }
    await refuseHeld(tx, payment, { evenSettled: true });
    return stepPayment(tx, actor, {
      payment,
      fund,
      to: { status: 'pending', executorId: null },
      action: 'payment.retried',
      payload: { retry_count: payment.retryCount, max_retries: payment.maxRetries, reason: request.reason },
    });
  });
}

/** A cancelled payment, with the schedules that were removed as they stood. */
export interface CancelledPayment extends PaymentView {
  readonly removed: readonly Row<'schedules'>[];
}

/** Cancels a payment that is pending or failed, with the schedule it waits for. One in flight is exit 8: its money may have left. */
export async function cancelPayment(store: Store, actor: Actor, request: StepRequest): Promise<CancelledPayment> {
  return store.write(async (tx) => {
    const payment = await lockPayment(tx, request.paymentId);
    const fund = await lockFund(tx, payment.fundId);
    requireAbilityAt(actor, 'payment.cancel', fund);
    if (payment.status === 'executing') throw await inFlight(tx, payment, fund);
    if (payment.status !== 'pending' && payment.status !== 'failed') {
      throw new Problem(
        'refused',
        'PAYMENT_NOT_OPEN',
        `${payment.ref} is ${payment.status}; only a pending or failed payment is cancelled.`,
        {
          unchanged: 'It is as it was.',
          fix: `treasury payment show ${payment.ref}`,
        },
      );
    }
    await refuseHeld(tx, payment, { evenSettled: false });
    const { schedules, happenings } = await removeSchedulesOf(tx, actor, [payment], request.reason);
    const view = await stepPayment(tx, actor, {
      payment,
      fund,
      to: { status: 'cancelled' },
      action: 'payment.cancelled',
      payload: { reason: request.reason },
      also: happenings,
    });
    return { ...view, removed: schedules };
  });
}

/** Refuses while money that left for a payment waits in suspense; with `evenSettled` also after the fund was debited for it. */
async function refuseHeld(tx: Tx, payment: Row<'payments'>, how: { readonly evenSettled: boolean }): Promise<void> {
  const held = await findHeld(tx, payment.id);
  if (held === null || (!held.open && !how.evenSettled)) return;
  const { code, message, fix } = heldCheck(payment.ref, held);
  throw new Problem('refused', code ?? '', message, {
    unchanged: `It is still ${payment.status}.`,
    fix: fix?.command ?? '',
  });
}

async function inFlight(tx: Tx, payment: Row<'payments'>, fund: Row<'funds'>): Promise<Problem> {
  const attempt = await findLiveAttempt(tx, payment.id);
  return new Problem(
    'pending',
    'PAYMENT_IN_FLIGHT',
    `${payment.ref} is being paid; its outcome is not known yet. Never pay it again.`,
    {
      unchanged: 'It is still executing.',
      fix: settledBy({ ref: payment.ref, fund: fund.code, carrier: attempt ?? null }),
    },
  );
}
