import { requireAbilityAt, requireWithinReach, type Actor } from '../domain/access.ts';
import { parseAmount } from '../domain/money.ts';
import { creationChecks, DEFAULT_MAX_RETRIES } from '../domain/payment.ts';
import { needsCode } from '../domain/policy-rules.ts';
import { rulesFor, type Policy } from '../domain/policy.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordFundEvent, type Happening } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { getPaymentView, type PaymentView } from '../store/payment-views.ts';
import { committedMinor, insertPayment, updatePayment, type PaymentChange } from '../store/payments.ts';
import { getPolicy } from '../store/policies.ts';
import { newIdentity, type Identity } from '../store/references.ts';
import { lockRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { methodOf } from './judge-execution.ts';

export interface CreatePaymentRequest {
  readonly requisitionId: string;
  readonly fundId: string;
  /** As typed; without one, all that is left of the requisition. */
  readonly amount: string | null;
  readonly maxRetries: string | null;
}

/** Orders the payment of (part of) an approved requisition from a fund. All failing checks are listed (Problem refused). */
export async function createPayment(store: Store, actor: Actor, request: CreatePaymentRequest): Promise<PaymentView> {
  return store.write(async (tx) => {
    const requisition = await lockRequisition(tx, request.requisitionId);
    const fund = await lockFund(tx, request.fundId);
    requireAbilityAt(actor, 'payment.create', fund);
    requireWithinReach(actor, requisition);
    const committed = await committedMinor(tx, requisition.id);
    const left = requisition.amountMinor - committed;
    const amountMinor = request.amount === null ? Math.max(left, 1) : parseAmount(request.amount, requisition.currency);
    const maxRetries = maxRetriesOf(request.maxRetries);
    const checks = creationChecks({ requisition, fund, amountMinor, committedMinor: committed });
    const failing = checks.filter((check) => check.ok === false);
    if (failing.length > 0) {
      throw new Problem(
        'refused',
        'PAYMENT_NOT_CREATABLE',
        `No payment can be made of ${requisition.number} from fund ${fund.code}: ${failing.length === 1 ? 'one check fails' : `${failing.length} checks fail`}.`,
        {
          unchanged: 'No payment was created.',
          checks,
        },
      );
    }
    const order = { requisition, fund, amountMinor, maxRetries, policy: await getPolicy(tx) };
    const payment = newPayment(tx, actor, await newIdentity(tx, 'payments'), order);
    await insertPayment(tx, payment);
    await recordFundEvent(tx, fund, orderEvent(actor, payment, order));
    return getPaymentView(tx, payment.id);
  });
}

/** What a payment is made of: an approved requisition, or a part of it, and the fund that pays. */
export interface Order {
  readonly requisition: Row<'requisitions'>;
  readonly fund: Row<'funds'>;
  readonly amountMinor: number;
  readonly maxRetries: number;
  /** The policy in force. */
  readonly policy: Policy;
}

/** A new payment as it is stored: pending, with the terms of its requisition. */
export const newPayment = (
  tx: Tx,
  actor: Actor,
  identity: Identity,
  { requisition, fund, amountMinor, maxRetries, policy }: Order,
): Row<'payments'> => ({
  ...identity,
  requisitionId: requisition.id,
  fundId: fund.id,
  currency: requisition.currency,
  amountMinor,
  method: requisition.method,
  destination: requisition.destination,
  payee: requisition.payee,
  status: 'pending',
  requesterId: requisition.requestedBy,
  createdBy: actor.userId,
  executorId: null,
  otpRequired: needsCode(rulesFor(policy, requisition.currency), {
    payment: { amountMinor, currency: requisition.currency, method: methodOf(requisition) },
    fund,
    paidToDestinationMinor: 0,
  }),
  retryCount: 0,
  maxRetries,
  lastError: null,
  scheduledFor: null,
  createdAt: tx.now,
  executedAt: null,
  destinationKey: requisition.destinationKey,
});

/** The one event of a new payment. */
export const orderEvent = (actor: Actor, payment: Row<'payments'>, { requisition, fund }: Order): Happening => ({
  actor: actor.username,
  action: 'payment.created',
  subject: payment.ref,
  origin: actor.origin,
  payload: {
    requisition: requisition.ref,
    fund: fund.code,
    amount_minor: payment.amountMinor,
    currency: payment.currency,
    method: payment.method,
    destination: payment.destination,
    payee: payment.payee,
    max_retries: payment.maxRetries,
  },
});

function maxRetriesOf(text: string | null): number {
  if (text === null) return DEFAULT_MAX_RETRIES;
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100) return Number(text);
  throw usage(
    'MAX_RETRIES_INVALID',
    `${JSON.stringify(text.slice(0, 20))} is not a number of attempts from 1 to 100.`,
    {
      unchanged: 'No payment was created.',
      fix: '--max-retries 3',
    },
  );
}

/** Changes a payment's state and records it on its fund's chain; the caller has locked both. */
export async function stepPayment(
  tx: Tx,
  actor: Actor,
  step: {
    payment: Row<'payments'>;
    fund: Row<'funds'>;
    to: PaymentChange;
    action: string;
    payload: Record<string, unknown>;
    /** What happened with it to something else. */
    also?: readonly Happening[];
  },
): Promise<PaymentView> {
  const { payment, fund } = step;
  await updatePayment(tx, payment.id, step.to);
  const happening = {
    actor: actor.username,
    action: step.action,
    subject: payment.ref,
    origin: actor.origin,
    payload: { before: payment.status, ...step.payload },
  };
  await recordFundEvent(tx, fund, happening, ...(step.also ?? []));
  return getPaymentView(tx, payment.id);
}
