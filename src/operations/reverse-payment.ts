import { mayAt, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { decimalOf, formatAmount } from '../domain/money.ts';
import { normalReference, referenceFault } from '../domain/payment.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { reversalChecks, reversalRefusalKind } from '../domain/reversal.ts';
import { lockFund } from '../store/funds.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import { lockPayment, updatePayment } from '../store/payments.ts';
import { lockRequisition, updateRequisition } from '../store/requisitions.ts';
import { getPaidOut, insertReversal, usedReturnReference } from '../store/reversals.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { adjustedMinor, pendingVariances } from '../store/variances.ts';
import { usableReason } from './decide-requisition.ts';
import { postEntry, type Posted } from './post-entry.ts';
import {
  happeningBy,
  payloadOf,
  propose,
  type Applied,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface ReversalRequest {
  readonly paymentId: string;
  readonly reason: string;
  /** What the money came back with, as the bank or M-Pesa says; used once, for ever. */
  readonly returnedReference: string | null;
}

interface Case {
  readonly payment: Row<'payments'>;
  readonly fund: Row<'funds'>;
  readonly requisition: Row<'requisitions'>;
  readonly reference: string | null;
}

/** Throws what proposing the reversal now would be refused with; changes nothing. */
export async function judgeReversal(store: Store, actor: Actor, request: ReversalRequest): Promise<void> {
  await store.read((tx) => openCase(tx, actor, request.paymentId, usableReference(request.returnedReference)));
}

/**
 * Proposes that a payment is taken back whole; it always takes two people. By a treasurer or CFO who neither requested nor
 * executed it. Throws forbidden or refused PAYMENT_NOT_REVERSIBLE with every check, usage for a wrong reason or reference.
 */
export async function proposeReversal(store: Store, actor: Actor, request: ReversalRequest): Promise<Proposed> {
  const reason = usableReason(request.reason);
  const reference = usableReference(request.returnedReference);
  return store.write(async (tx) => {
    const { payment, fund, requisition } = await openCase(tx, actor, request.paymentId, reference);
    return propose(tx, actor, {
      kind: reversal,
      subject: payment.ref,
      subjectUserId: payment.executorId,
      place: fund,
      before: shownStatus(payment),
      after: {
        status: 'reversed',
        amount: decimalOf(payment.amountMinor, payment.currency),
        amount_minor: payment.amountMinor,
        currency: payment.currency,
        back_to_fund: fund.code,
        returned_reference: reference,
        to_approve_again: isOver(requisition) ? null : requisition.number,
      },
      payload: { payment_id: payment.id, returned_reference: reference },
      reason,
    });
  });
}

/** Of a cancelled requisition nothing is ever paid again, whoever approves it. */
const isOver = ({ status }: Pick<Row<'requisitions'>, 'status'>): boolean => status === 'cancelled';

const shownStatus = (payment: Row<'payments'>): Shown => ({ status: payment.status });

interface ReversalPayload {
  readonly payment_id: string;
  readonly returned_reference: string | null;
}

export const reversal: ChangeKind = {
  kind: 'payment.reverse',
  ofPerson: false,
  present: async (tx, change) => shownStatus(await lockPayment(tx, payloadOf<ReversalPayload>(change).payment_id)),
  apply: reverse,
  concerned: async (tx, change) => [(await lockPayment(tx, payloadOf<ReversalPayload>(change).payment_id)).requesterId],
};

/** The payment is reversed, its fund credited, and its requisition waits to be approved again, unless it was cancelled. */
async function reverse(tx: Tx, authority: Authority, change: Row<'changes'>): Promise<Applied> {
  const { payment_id: paymentId, returned_reference: reference } = payloadOf<ReversalPayload>(change);
  const found = await openCase(tx, authority.actor, paymentId, reference);
  const { payment, fund, requisition } = found;
  await updatePayment(tx, payment.id, { status: 'reversed' });
  const revision = requisition.revision + 1;
  if (!isOver(requisition))
    await updateRequisition(tx, requisition.id, { status: 'submitted', revision, decidedReason: null });
  const posted = await postReversal(tx, authority, found, { reason: change.reason ?? '', revision });
  await insertReversal(tx, {
    paymentId: payment.id,
    debitId: posted.debit.id,
    creditId: posted.entry.id,
    changeId: change.id,
    revision,
    returnedReference: reference,
  });
  const money = (minor: number): string => formatAmount(minor, fund.currency);
  return {
    lines: [
      `${payment.ref}: ${payment.status} > reversed`,
      `Fund ${fund.code}: ${money(fund.balanceMinor)} > ${money(posted.entry.balanceAfterMinor)} (${posted.entry.ref})`,
      isOver(requisition)
        ? `${requisition.number} stays cancelled.`
        : `${requisition.number}: ${requisition.status} > submitted; nothing of it is paid before it is approved again.`,
    ],
    next: [
      ...(isOver(requisition) ? [] : [`treasury requisition approve ${requisition.number}`]),
      `treasury payment show ${payment.ref}`,
    ],
  };
}

async function postReversal(
  tx: Tx,
  authority: Authority,
  { payment, fund, requisition, reference }: Case,
  { reason, revision }: { reason: string; revision: number },
): Promise<Posted & { debit: Row<'ledgerEntries'> }> {
  const { debit, execution } = await getPaidOut(tx, payment.id);
  const returned = reference === null ? '' : `, returned with ${reference}`;
  const entry = {
    type: 'credit',
    kind: 'reversal',
    amountMinor: payment.amountMinor,
    paymentId: payment.id,
    executionId: execution.id,
    reversesId: debit.id,
    description: `Reversal of ${execution.voucherNumber}${returned}: ${reason}`,
    createdBy: authority.actor.userId,
  } as const;
  const payload = {
    fund: fund.code,
    voucher: execution.voucherNumber,
    amount_minor: payment.amountMinor,
    currency: payment.currency,
    status_before: payment.status,
    reverses: debit.ref,
    returned_reference: reference,
    requisition: {
      ...{ ref: requisition.ref, status_before: requisition.status },
      ...(isOver(requisition)
        ? { status_after: requisition.status, revision: requisition.revision }
        : { status_after: 'submitted', revision }),
    },
    reason,
  };
  const event = happeningBy(authority, { action: 'payment.reversed', subject: payment.ref, payload });
  return { ...(await postEntry(tx, fund, entry, event)), debit };
}

async function openCase(tx: Tx, actor: Actor, paymentId: string, reference: string | null): Promise<Case> {
  const payment = await lockPayment(tx, paymentId);
  const fund = await lockFund(tx, payment.fundId);
  const requisition = await lockRequisition(tx, payment.requisitionId);
  const involved = [payment.requesterId, payment.executorId];
  const others = (await findPeopleWhoMay(tx, 'payment.reverse', fund)).filter(
    ({ id }) => !involved.includes(id) && id !== actor.userId,
  );
  const usedFor = reference === null ? null : await usedReturnReference(tx, reference);
  const [pending] = await pendingVariances(tx, fund.id, { paymentId });
  const checks = reversalChecks({
    payment: { ...payment, adjustedMinor: await adjustedMinor(tx, payment) },
    pendingVariance: pending?.ref ?? null,
    fund,
    person: {
      username: actor.username,
      isRequester: actor.userId === payment.requesterId,
      isExecutor: actor.userId === payment.executorId,
      mayHere: mayAt(actor, 'payment.reverse', fund),
    },
    others: others.map(({ username }) => username),
    reference: reference === null ? null : { text: reference, usedFor },
  });
  const failing = checks.filter((check) => check.ok === false);
  if (failing.length === 0) return { payment, fund, requisition, reference };
  const [first] = failing;
  throw new Problem(
    reversalRefusalKind(checks),
    failing.length === 1 && first?.code ? first.code : 'PAYMENT_NOT_REVERSIBLE',
    `${payment.ref} cannot be reversed. ${failing.map((check) => check.message).join(' ')}`,
    { unchanged: 'Nothing was reversed; the payment is as it was.', checks, fix: wayOn(failing) },
  );
}

const wayOn = (failing: Problem['details']['checks'] & {}): string => {
  const who = failing.flatMap((check) => check.fix?.who ?? []);
  const command = failing.find((check) => typeof check.fix?.command === 'string')?.fix?.command;
  return who.length > 0 ? `ask ${[...new Set(who)].join(', ')}` : (command ?? 'treasury payment list');
};

function usableReference(text: string | null): string | null {
  if (text === null) return null;
  const reference = normalReference(text);
  const fault = referenceFault(reference);
  if (fault === null) return reference;
  throw usage('REFERENCE_INVALID', `${quoted(text)} is not a reference: ${fault}.`, {
    unchanged: 'Nothing was reversed.',
  });
}
