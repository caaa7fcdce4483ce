import { sql } from 'drizzle-orm';
import { bound, preparedChange, type ChangeQuery } from './transaction.ts';
import { insertRow } from './whole-rows.ts';

export const insertAttempt = insertRow('paymentAttempts');
export const insertExecution = insertRow('paymentExecutions');
export const insertLedgerEntry = insertRow('ledgerEntries');
export const insertReplenishment = insertRow('replenishmentRequests');

/** Moves a payment out of a state that it must still be in; 0 when somebody was faster. */
export const movePayment = preparedChange('move_payment', (tx): ChangeQuery => {
  const { payments } = tx.t;
  return tx.db
    .update(payments)
    .set({
      status: bound(payments.status, 'status'),
      executorId: bound(payments.executorId, 'executorId'),
      otpRequired: bound(payments.otpRequired, 'otpRequired'),
      executedAt: bound(payments.executedAt, 'executedAt'),
      lastError: bound(payments.lastError, 'lastError'),
      retryCount: bound(payments.retryCount, 'retryCount'),
    })
    .where(sql`${payments.id} = ${bound(payments.id, 'id')} and ${payments.status} = ${bound(payments.status, 'was')}`);
});

/** Uses up a verified code, once and before its deadline; 0 when it cannot be used. */
export const consumeChallenge = preparedChange('consume_challenge', (tx) => {
  const { otpChallenges: challenges } = tx.t;
  return tx.db
    .update(challenges)
    .set({ consumedAt: bound(challenges.consumedAt, 'now') })
    .where(
      sql`${challenges.id} = ${bound(challenges.id, 'id')} and ${challenges.consumedAt} is null and ${challenges.voidedAt} is null and ${challenges.verifiedAt} is not null and ${challenges.expiresAt} >= ${bound(challenges.expiresAt, 'now')}`,
    );
});

/** The fund after one entry: its book, voucher counter, reservation and audit head, guarded by its number of entries. */
export const moveFund = preparedChange('move_fund', (tx) => {
  const { funds } = tx.t;
  return tx.db
    .update(funds)
    .set({
      balanceMinor: bound(funds.balanceMinor, 'balanceMinor'),
      reservedMinor: bound(funds.reservedMinor, 'reservedMinor'),
      entrySeq: bound(funds.entrySeq, 'entrySeq'),
      voucherYear: bound(funds.voucherYear, 'voucherYear'),
      voucherSeq: bound(funds.voucherSeq, 'voucherSeq'),
      headSeq: bound(funds.headSeq, 'headSeq'),
      headHash: bound(funds.headHash, 'headHash'),
      headAt: bound(funds.headAt, 'headAt'),
    })
    .where(sql`${funds.id} = ${bound(funds.id, 'id')} and ${funds.headSeq} = ${bound(funds.headSeq, 'wasHeadSeq')}`);
});

/** Adds an entry to its fund's running totals; 0 when it is the first of its kind. */
export const addToTotals = preparedChange('add_to_totals', (tx) => {
  const { ledgerTotals: totals } = tx.t;
  return tx.db
    .update(totals)
    .set({
      entries: sql`${totals.entries} + 1`,
      amountMinor: sql`${totals.amountMinor} + ${bound(totals.amountMinor, 'amountMinor')}`,
    })
    .where(
      sql`${totals.fundId} = ${bound(totals.fundId, 'fundId')} and ${totals.type} = ${bound(totals.type, 'type')} and ${totals.kind} = ${bound(totals.kind, 'kind')}`,
    );
});

/** Starts the running totals of an entry's kind. */
export const startTotals = preparedChange('start_totals', (tx) => {
  const { ledgerTotals: totals } = tx.t;
  return tx.db.insert(totals).values({
    fundId: bound(totals.fundId, 'fundId'),
    type: bound(totals.type, 'type'),
    kind: bound(totals.kind, 'kind'),
    entries: 1,
    amountMinor: bound(totals.amountMinor, 'amountMinor'),
  });
});

/** Closes a live attempt; 0 when it is no longer in that state. */
export const closeAttempt = preparedChange('close_attempt', (tx) => {
  const { paymentAttempts: attempts } = tx.t;
  return tx.db
    .update(attempts)
    .set({
      state: bound(attempts.state, 'state'),
      gatewayReference: bound(attempts.gatewayReference, 'gatewayReference'),
      error: bound(attempts.error, 'error'),
      evidence: bound(attempts.evidence, 'evidence'),
      closedAt: bound(attempts.closedAt, 'closedAt'),
    })
    .where(sql`${attempts.id} = ${bound(attempts.id, 'id')} and ${attempts.state} = ${bound(attempts.state, 'was')}`);
});

/** Marks a requisition paid when all of it has been. */
export const markRequisitionPaid = preparedChange('mark_requisition_paid', (tx) => {
  const { requisitions } = tx.t;
  return tx.db
    .update(requisitions)
    .set({ status: 'paid' })
    .where(sql`${requisitions.id} = ${bound(requisitions.id, 'id')} and ${requisitions.status} = 'approved'`);
});
