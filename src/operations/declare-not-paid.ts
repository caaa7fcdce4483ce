import type { Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { formatAmount } from '../domain/money.ts';
import { fundChain, insertLink, nextLink } from '../store/audit-chain.ts';
import { findLiveAttempt } from '../store/execution-facts.ts';
import { closeAttempt, moveFund, movePayment } from '../store/execution-writes.ts';
import { lockPayment } from '../store/payments.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { requireEachOnce } from './guarded-writes.ts';
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

async function settleNotPaid(
  tx: Tx,
  authority: Authority,
  open: OpenCase,
  reason: string,
): Promise<{ payment: Row<'payments'>; fund: Row<'funds'> }> {
  const { dossier, attempt } = open;
  const { payment, fund } = dossier;
  const retryCount = payment.retryCount + 1;
  const payload = {
    attempt: attempt.ref,
    released_minor: attempt.reservedMinor,
    retry_count: retryCount,
    max_retries: payment.maxRetries,
    reason,
  };
  const happening = happeningBy(authority, { action: 'payment.declared_not_paid', subject: payment.ref, payload });
  const link = nextLink(fundChain(fund.code), fund, tx.now, happening);
  const after = {
    ...fund,
    reservedMinor: fund.reservedMinor - attempt.reservedMinor,
    ...link.head,
  };
  const failed = { ...payment, status: 'failed', lastError: `not paid: ${reason}`, retryCount, executedAt: null };
  const counts = await tx.engine.together([
    () => movePayment(tx, { ...failed, was: 'executing' }),
    () =>
      closeAttempt(tx, {
        id: attempt.id,
        was: attempt.state,
        state: 'failed',
        gatewayReference: null,
        error: reason,
        evidence: `declared by ${saidBy(authority)}`,
        closedAt: tx.now,
      }),
    () => moveFund(tx, { ...after, wasHeadSeq: fund.headSeq }),
    () => insertLink(tx, link),
  ]);
  requireEachOnce(counts);
  return { payment: failed, fund: after };
}
