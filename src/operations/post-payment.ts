import type { Actor } from '../domain/access.ts';
import { bookAfter, voucherNumber } from '../domain/ledger.ts';
import { raisesReplenishment } from '../domain/replenishment.ts';
import { fundChain, insertLink, nextLink, rowDigest, type Link } from '../store/audit-chain.ts';
import type { NewReferences } from '../store/execution-facts.ts';
import {
  addToTotals,
  insertExecution,
  insertLedgerEntry,
  insertReplenishment,
  markRequisitionPaid,
  moveFund,
  movePayment,
  startTotals,
} from '../store/execution-writes.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { requireEachOnce } from './guarded-writes.ts';
import type { OfficeDay } from './judge-execution.ts';
import { automaticReplenishment } from './new-replenishment.ts';

export interface PaidOut {
  readonly payment: Row<'payments'>;
  readonly execution: Row<'paymentExecutions'>;
  readonly entry: Row<'ledgerEntries'>;
  readonly fundBefore: Row<'funds'>;
  readonly fund: Row<'funds'>;
  readonly replenishment: Row<'replenishmentRequests'> | null;
}

export interface Posting {
  /** Who carried the payment out. */
  readonly executor: Actor;
  /** Who posts it, when that is somebody else (a resolution). */
  readonly poster?: Actor;
  readonly payment: Row<'payments'>;
  /** The state that the payment must still be in. */
  readonly was: 'pending' | 'executing';
  readonly fund: Row<'funds'>;
  readonly requisition: Row<'requisitions'>;
  readonly executedMinor: number;
  readonly openReplenishments: number;
  readonly challenge: Pick<Row<'otpChallenges'>, 'id' | 'verifiedAt' | 'executorId'> | null;
  readonly attempt: Row<'paymentAttempts'>;
  /** Writes of the caller that belong to the same round trip, each of which must change one row. */
  readonly before: readonly (() => Promise<number>)[];
  readonly releasedMinor: number;
  readonly reference: string | null;
  readonly refs: Omit<NewReferences, 'attempt'>;
  readonly day: OfficeDay;
}

/** T3 of the money protocol: reservation released, execution, voucher, debit, status, replenishment and events, all or nothing. */
export async function postPayment(tx: Tx, posting: Posting): Promise<PaidOut> {
  const { payment, fund, day } = posting;
  const voucherSeq = fund.voucherYear === day.year ? fund.voucherSeq + 1 : 1;
  const execution = executionRow(tx, posting, voucherNumber(fund.code, day.year, voucherSeq));
  const book = bookAfter(fund, { type: 'debit', amountMinor: payment.amountMinor });
  const entry = entryRow(tx, posting, execution, book);
  const replenishment = await replenishmentFor(tx, posting, book.balanceMinor);
  const links = eventsOf(tx, posting, { execution, entry, replenishment });
  const last = links.at(-1);
  if (last === undefined) throw new Error('a payment without an event');
  const after: Row<'funds'> = {
    ...fund,
    ...book,
    reservedMinor: fund.reservedMinor - posting.releasedMinor,
    voucherYear: day.year,
    voucherSeq,
    ...last.head,
  };
  const paid = {
    ...payment,
    status: 'success',
    executorId: posting.executor.userId,
    otpRequired: execution.challengeId !== null,
    executedAt: payment.executedAt ?? tx.now,
    lastError: null,
  };
  const totals = { fundId: fund.id, type: entry.type, kind: entry.kind, amountMinor: entry.amountMinor };
  const [counted, ...counts] = await tx.engine.together([
    () => addToTotals(tx, totals),
    () => movePayment(tx, { ...paid, was: posting.was }),
    ...posting.before,
    () => insertExecution(tx, execution),
    () => moveFund(tx, { ...after, wasHeadSeq: fund.headSeq }),
    () => insertLedgerEntry(tx, entry),
    ...(replenishment === null ? [] : [() => insertReplenishment(tx, replenishment)]),
    ...links.map((link) => () => insertLink(tx, link)),
    // One that waits to be approved again, as another payment of it was reversed, stays so: this one is a fact.
    ...(posting.executedMinor + payment.amountMinor >= posting.requisition.amountMinor &&
    posting.requisition.status === 'approved'
      ? [() => markRequisitionPaid(tx, { id: payment.requisitionId })]
      : []),
  ]);
  requireEachOnce(counts);
  if (counted === 0) await startTotals(tx, totals);
  return { payment: paid, execution, entry, fundBefore: fund, fund: after, replenishment };
}

function executionRow(tx: Tx, posting: Posting, voucher: string): Row<'paymentExecutions'> {
  const { payment, attempt, challenge, executor } = posting;
  return {
    ...posting.refs.execution,
    paymentId: payment.id,
    attemptId: attempt.id,
    fundId: payment.fundId,
    requesterId: payment.requesterId,
    executorId: executor.userId,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    gateway: attempt.gateway,
    gatewayAccount: attempt.gatewayAccount,
    gatewayReference: posting.reference ?? voucher,
    gatewayStatus: 'paid',
    challengeId: challenge?.id ?? null,
    otpVerifiedAt: challenge?.verifiedAt ?? null,
    otpVerifiedBy: challenge?.executorId ?? null,
    ipAddress: executor.origin.ipAddress,
    userAgent: executor.origin.userAgent,
    voucherNumber: voucher,
    createdAt: tx.now,
  };
}

function entryRow(
  tx: Tx,
  posting: Posting,
  execution: Row<'paymentExecutions'>,
  book: { balanceMinor: number; entrySeq: number },
): Row<'ledgerEntries'> {
  const { payment, requisition } = posting;
  return {
    ...posting.refs.entry,
    fundId: payment.fundId,
    seq: book.entrySeq,
    type: 'debit',
    kind: 'payment',
    amountMinor: payment.amountMinor,
    balanceAfterMinor: book.balanceMinor,
    valueDate: posting.day.date,
    paymentId: payment.id,
    executionId: execution.id,
    replenishmentId: null,
    reversesId: null,
    description: `${execution.voucherNumber} ${payment.payee}: ${requisition.purpose}`,
    createdBy: (posting.poster ?? posting.executor).userId,
    createdAt: tx.now,
  };
}

/** DESIGN rule 6: below the reorder level, unless a request is open, one is made in the same transaction. */
async function replenishmentFor(
  tx: Tx,
  posting: Posting,
  balanceMinor: number,
): Promise<Row<'replenishmentRequests'> | null> {
  const after = { ...posting.fund, balanceMinor };
  return posting.openReplenishments > 0 || !raisesReplenishment(after) ? null : automaticReplenishment(tx, after);
}

interface Records {
  readonly execution: Row<'paymentExecutions'>;
  readonly entry: Row<'ledgerEntries'>;
  readonly replenishment: Row<'replenishmentRequests'> | null;
}

function eventsOf(tx: Tx, posting: Posting, { execution, entry, replenishment }: Records): Link[] {
  const { payment, fund, requisition, attempt } = posting;
  const chain = fundChain(fund.code);
  const actor = posting.poster ?? posting.executor;
  const executed = nextLink(chain, fund, tx.now, {
    actor: actor.username,
    action: 'payment.executed',
    subject: payment.ref,
    origin: actor.origin,
    payload: {
      requisition: requisition.ref,
      attempt: attempt.ref,
      executor: posting.executor.username,
      fund: fund.code,
      voucher: execution.voucherNumber,
      gateway: execution.gateway,
      gateway_reference: execution.gatewayReference,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      balance_before_minor: fund.balanceMinor,
      balance_after_minor: entry.balanceAfterMinor,
      policy: attempt.policyVersion,
      otp_required: execution.challengeId !== null,
      execution: { ref: execution.ref, digest: rowDigest(execution) },
      ledger_entry: { ref: entry.ref, digest: rowDigest(entry) },
    },
  });
  if (replenishment === null) return [executed];
  const requested = nextLink(chain, executed.head, tx.now, {
    actor: 'system',
    action: 'replenishment.requested',
    subject: replenishment.ref,
    payload: {
      fund: fund.code,
      balance_minor: entry.balanceAfterMinor,
      requested_minor: replenishment.requestedMinor,
      auto_triggered: true,
    },
  });
  return [executed, requested];
}
