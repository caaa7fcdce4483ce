import { Problem } from '../domain/problem.ts';
import { requireAbilityAt, requireWithinReach, type Actor } from '../domain/access.ts';
import { dueAttempts } from '../store/attempts.ts';
import { getFund } from '../store/funds.ts';
import { getPaymentView, type PaymentView } from '../store/payment-views.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { askAttempt, type Asked } from './ask-attempt.ts';
import { applyWaiting, type Reader } from './receive-evidence.ts';
import type { Sending } from './send-attempt.ts';

/** A payment in flight that was looked after, as it is now, and what was done about it. */
export interface LookedAfter {
  readonly view: PaymentView;
  readonly asked: Asked;
}

/**
 * Asks the gateway about one payment in flight, or sends it where a crash came before. Throws forbidden for who may not settle it,
 * refused PAYMENT_NOT_IN_FLIGHT or PAYMENT_PAID_BY_HAND where nobody can be asked.
 */
export async function lookAfterPayment(
  store: Store,
  actor: Actor,
  { paymentId, sending, reader }: { readonly paymentId: string; readonly sending: Sending; readonly reader: Reader },
): Promise<LookedAfter> {
  const attempt = await store.read(async (tx) => {
    const view = await getPaymentView(tx, paymentId);
    requireWithinReach(actor, view.requisition);
    const { fund } = await getFund(tx, view.payment.fundId);
    requireAbilityAt(actor, 'payment.resolve', fund);
    if (view.attempt === null) throw notInFlight(view);
    if (view.attempt.gateway === 'manual') throw byHand(view);
    if (view.attempt.gateway === 'daraja' && view.attempt.state === 'reserved' && fund.state === 'frozen')
      throw frozen(view, fund.code);
    return view.attempt;
  });
  await applyWaiting(store, reader);
  const asked = await askAttempt(store, attempt.id, sending);
  return { view: await store.read((tx) => getPaymentView(tx, paymentId)), asked };
}

/** Applies what was received and not applied, then looks after every payment that is due, longest due first. */
export async function lookAfterDue(
  store: Store,
  { sending, reader }: { readonly sending: Sending; readonly reader: Reader },
): Promise<LookedAfter[]> {
  await applyWaiting(store, reader);
  const due = await store.read((tx) => dueAttempts(tx, AT_ONCE));
  const seen: LookedAfter[] = [];
  for (const attempt of due) seen.push(await lookAfter(store, attempt, sending));
  return seen;
}

const AT_ONCE = 100;

async function lookAfter(
  store: Store,
  { id, paymentId }: Row<'paymentAttempts'>,
  sending: Sending,
): Promise<LookedAfter> {
  const asked = await askAttempt(store, id, sending);
  return { view: await store.read((tx) => getPaymentView(tx, paymentId)), asked };
}

const notInFlight = ({ payment }: PaymentView): Problem =>
  new Problem(
    'refused',
    'PAYMENT_NOT_IN_FLIGHT',
    `${payment.ref} is ${payment.status}; there is no open outcome to settle.`,
    {
      unchanged: 'It is as it was.',
      fix: `treasury payment show ${payment.ref}`,
    },
  );

const byHand = ({ payment }: PaymentView): Problem =>
  new Problem(
    'usage',
    'INPUT_MISSING',
    `${payment.ref} is paid by hand, so no gateway can be asked: say what became of it, --gateway-reference or --not-paid is missing.`,
    {
      unchanged: 'Nothing was settled.',
      fix: `treasury payment resolve ${payment.ref} --gateway-reference REFERENCE, or --not-paid --reason TEXT`,
    },
  );

const frozen = ({ payment: { ref } }: PaymentView, fund: string): Problem =>
  new Problem(
    'refused',
    'FUND_FROZEN',
    `The order of ${ref} was never sent, and fund ${fund} is frozen: nothing leaves it.`,
    {
      unchanged: 'Nothing was sent; its money stays reserved.',
      fix: `treasury fund unfreeze ${fund}, or treasury payment resolve ${ref} --not-paid --reason TEXT`,
    },
  );
