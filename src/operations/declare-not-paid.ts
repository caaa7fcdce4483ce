import type { Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { formatAmount } from '../domain/money.ts';
import { findLiveAttempt } from '../store/execution-facts.ts';
import { lockPayment } from '../store/payments.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { failAttempt } from './fail-attempt.ts';
import { lockOpenCase, type OpenCase, type Resolved } from './resolve-payment.ts';
import { alone, happeningBy, needsTwo, payloadOf, propose, type Authority, type ChangeKind } from './two-people.ts';

/** Says that a payment of which the outcome is open never left: alone before the office has ever paid, else as a change for two. */
export async function declareNotPaid(
  tx: Tx,
  actor: Actor,
  { paymentId, reason: text }: { paymentId: string; reason: string },
): Promise<Resolved> {
  const reason = usableReason(text) ?? text;
  const open = await openCase(tx, actor, paymentId);
  if (!(await needsTwo(tx))) return { state: 'failed', ...(await settleNotPaid(tx, alone(actor), open, reason)) };
  const { payment, fund } = open.dossier;
  const proposed = await propose(tx, actor, {
    kind: notPaid,
    subject: payment.ref,
    subjectUserId: open.attempt.executorId,
    place: fund,
    before: shownAttempt(payment, open.attempt),
    after: {
      status: 'failed',
      attempt: open.attempt.ref,
      released: formatAmount(open.attempt.reservedMinor, fund.currency),
    },
    payload: { payment_id: payment.id },
    reason,
  });
  return { state: 'proposed', ...proposed };
}

function openCase(tx: Tx, actor: Actor, paymentId: string): Promise<OpenCase> {
  // No figure of a day is asked about what was not paid.
  const outcome = { kind: 'not_paid', reason: '' } as const;
  return lockOpenCase(tx, actor, { paymentId, outcome }, { start: tx.now });
}

const shownAttempt = (payment: Row<'payments'>, attempt: Row<'paymentAttempts'> | undefined): Shown => ({
  status: payment.status,
  attempt: attempt?.ref ?? null,
});

const paymentOf = (change: Row<'changes'>): string => payloadOf<{ payment_id: string }>(change).payment_id;

export const notPaid: ChangeKind = {
  kind: 'payment.not_paid',
  ofPerson: false,
  present: async (tx, change) => {
    const payment = await lockPayment(tx, paymentOf(change));
    return shownAttempt(payment, await findLiveAttempt(tx, payment.id));
  },
  apply: async (tx, authority, change) => {
    const open = await openCase(tx, authority.actor, paymentOf(change));
    const { payment, fund } = await settleNotPaid(tx, authority, open, change.reason ?? '');
    return {
      lines: [
        `${payment.ref}: executing > failed (${payment.retryCount} of ${payment.maxRetries} attempts)`,
        `${formatAmount(payment.amountMinor, payment.currency)} is free again in fund ${fund.code}.`,
      ],
      next: [
        ...(payment.retryCount < payment.maxRetries ? [`treasury payment retry ${payment.ref}`] : []),
        `treasury payment cancel ${payment.ref}`,
      ],
    };
  },
  concerned: async (tx, change) => [(await lockPayment(tx, paymentOf(change))).requesterId],
};

const saidBy = ({ actor, confirmed }: Authority): string =>
  confirmed === null ? actor.username : `${actor.username}, confirmed by ${confirmed.by.username}`;

function settleNotPaid(
  tx: Tx,
  authority: Authority,
  open: OpenCase,
  reason: string,
): Promise<{ payment: Row<'payments'>; fund: Row<'funds'> }> {
  const { payment, fund } = open.dossier;
  return failAttempt(
    tx,
    { payment, fund, attempt: open.attempt },
    {
      lastError: `not paid: ${reason}`,
      error: reason,
      evidence: `declared by ${saidBy(authority)}`,
      happening: happeningBy(authority, {
        action: 'payment.declared_not_paid',
        subject: payment.ref,
        payload: { reason },
      }),
    },
  );
}
