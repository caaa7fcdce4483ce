import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { count, flag, id, instant, minor, ref } from './columns.ts';
import { branches, companies, funds, regions, users } from './office-tables.ts';

// From the wish to spend to the proof that it was paid. The SQLite twin is ../sqlite/payment-tables.ts.

export const requisitions = pgTable(
  'requisitions',
  {
    id: id(),
    ref: ref().unique(),
    number: text('number').notNull().unique(),
    requestedBy: uuid('requested_by')
      .notNull()
      .references(() => users.id),
    companyId: uuid('company_id')
      .notNull()
      .references(() => companies.id),
    regionId: uuid('region_id').references(() => regions.id),
    branchId: uuid('branch_id').references(() => branches.id),
    payee: text('payee').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    method: text('method').notNull(),
    destination: text('destination').notNull(),
    purpose: text('purpose').notNull(),
    category: text('category'),
    status: text('status').notNull(),
    revision: count('revision').notNull(),
    decidedReason: text('decided_reason'),
    createdAt: instant('created_at').notNull(),
    payeeKey: text('payee_key').notNull().default(''),
    destinationKey: text('destination_key').notNull().default(''),
  },
  (t) => [
    check('requisitions_amount', sql`${t.amountMinor} between 1 and 9007199254740991`),
    check('requisitions_method', sql`${t.method} in ('mpesa', 'bank', 'cash')`),
    check('requisitions_status', sql`${t.status} in ('submitted', 'approved', 'paid', 'rejected', 'cancelled')`),
    index('requisitions_status_created').on(t.status, t.createdAt),
    index('requisitions_created').on(t.createdAt, t.id),
    index('requisitions_payee').on(t.payeeKey, t.amountMinor, t.createdAt),
    index('requisitions_destination').on(t.destinationKey, t.createdAt),
  ],
);

export const requisitionApprovals = pgTable(
  'requisition_approvals',
  {
    id: id(),
    requisitionId: uuid('requisition_id')
      .notNull()
      .references(() => requisitions.id),
    revision: count('revision').notNull(),
    approverId: uuid('approver_id')
      .notNull()
      .references(() => users.id),
    decision: text('decision').notNull(),
    reason: text('reason'),
    termsDigest: text('terms_digest').notNull(),
    createdAt: instant('created_at').notNull(),
    policyVersion: count('policy_version').notNull().default(0),
  },
  (t) => [
    uniqueIndex('requisition_approvals_once').on(t.requisitionId, t.revision, t.approverId),
    check('requisition_approvals_decision', sql`${t.decision} in ('approved', 'rejected')`),
  ],
);

export const payments = pgTable(
  'payments',
  {
    id: id(),
    ref: ref().unique(),
    requisitionId: uuid('requisition_id')
      .notNull()
      .references(() => requisitions.id),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    method: text('method').notNull(),
    destination: text('destination').notNull(),
    payee: text('payee').notNull(),
    status: text('status').notNull(),
    requesterId: uuid('requester_id')
      .notNull()
      .references(() => users.id),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    executorId: uuid('executor_id').references(() => users.id),
    otpRequired: flag('otp_required').notNull(),
    retryCount: count('retry_count').notNull(),
    maxRetries: count('max_retries').notNull(),
    lastError: text('last_error'),
    scheduledFor: instant('scheduled_for'),
    createdAt: instant('created_at').notNull(),
    executedAt: instant('executed_at'),
    destinationKey: text('destination_key').notNull().default(''),
  },
  (t) => [
    check('payments_amount', sql`${t.amountMinor} between 1 and 9007199254740991`),
    check('payments_method', sql`${t.method} in ('mpesa', 'bank', 'cash')`),
    check(
      'payments_status',
      sql`${t.status} in ('pending', 'executing', 'success', 'failed', 'reconciled', 'cancelled', 'reversed')`,
    ),
    check('payments_executor_is_not_requester', sql`${t.executorId} is null or ${t.executorId} <> ${t.requesterId}`),
    check('payments_retries', sql`${t.retryCount} >= 0 and ${t.maxRetries} between 1 and 100`),
    index('payments_requisition').on(t.requisitionId),
    index('payments_status_created').on(t.status, t.createdAt, t.fundId),
    index('payments_created').on(t.createdAt, t.id),
    index('payments_fund_created').on(t.fundId, t.createdAt),
    index('payments_fund_executed').on(t.fundId, t.executedAt),
    index('payments_destination_executed').on(t.destinationKey, t.executedAt),
    index('payments_executed')
      .on(t.executedAt, t.id)
      .where(sql`executed_at is not null`),
  ],
);

export const paymentAttempts = pgTable(
  'payment_attempts',
  {
    id: id(),
    ref: ref().unique(),
    paymentId: uuid('payment_id')
      .notNull()
      .references(() => payments.id),
    number: count('number').notNull(),
    state: text('state').notNull(),
    idempotencyKey: text('idempotency_key').notNull().unique(),
    requestHash: text('request_hash').notNull(),
    gateway: text('gateway').notNull(),
    gatewayAccount: text('gateway_account').notNull(),
    gatewayReference: text('gateway_reference'),
    executorId: uuid('executor_id')
      .notNull()
      .references(() => users.id),
    challengeId: uuid('challenge_id'),
    reservedMinor: minor('reserved_minor').notNull(),
    error: text('error'),
    evidence: text('evidence'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    closedAt: instant('closed_at'),
    policyVersion: count('policy_version').notNull().default(0),
    /** The gateway's own name for it. */
    conversation: text('conversation'),
    /** The last part of where its result is reported; nobody can guess it. */
    resultToken: text('result_token'),
    highestFeeMinor: minor('highest_fee_minor').notNull().default(0),
    acceptedAt: instant('accepted_at'),
    /** Who alone may send it or ask about it, and until when. */
    leaseHolder: text('lease_holder'),
    leaseUntil: instant('lease_until'),
    nextLookAt: instant('next_look_at'),
    looks: count('looks').notNull().default(0),
  },
  (t) => [
    uniqueIndex('payment_attempts_result_token')
      .on(t.resultToken)
      .where(sql`result_token is not null`),
    index('payment_attempts_due')
      .on(t.nextLookAt, t.id)
      .where(sql`next_look_at is not null`),
    index('payment_attempts_conversation')
      .on(t.conversation)
      .where(sql`conversation is not null`),
    uniqueIndex('payment_attempts_number').on(t.paymentId, t.number),
    uniqueIndex('payment_attempts_one_live')
      .on(t.paymentId)
      .where(sql`state in ('reserved', 'sent', 'accepted', 'unknown')`),
    check('payment_attempts_state', sql`${t.state} in ('reserved', 'sent', 'accepted', 'paid', 'failed', 'unknown')`),
    check('payment_attempts_reserved', sql`${t.reservedMinor} between 0 and 9007199254740991`),
    index('payment_attempts_state').on(t.state, t.createdAt),
  ],
);

export const otpChallenges = pgTable(
  'otp_challenges',
  {
    id: id(),
    paymentId: uuid('payment_id')
      .notNull()
      .references(() => payments.id),
    executorId: uuid('executor_id')
      .notNull()
      .references(() => users.id),
    digest: text('digest').notNull(),
    codeHash: text('code_hash').notNull(),
    failures: count('failures').notNull(),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    expiresAt: instant('expires_at').notNull(),
    verifiedAt: instant('verified_at'),
    consumedAt: instant('consumed_at'),
    voidedAt: instant('voided_at'),
    channel: text('channel').notNull().default('mail'),
    // The code of the batch that stands for this one; a trigger looks for it.
    batchChallengeId: uuid('batch_challenge_id'),
  },
  (t) => [
    index('otp_challenges_payment').on(t.paymentId, t.createdAt, t.id),
    check('otp_challenges_failures', sql`${t.failures} between 0 and 5`),
    check('otp_challenges_consumed_in_time', sql`${t.consumedAt} is null or ${t.consumedAt} <= ${t.expiresAt}`),
  ],
);

export const paymentExecutions = pgTable(
  'payment_executions',
  {
    id: id(),
    ref: ref().unique(),
    paymentId: uuid('payment_id')
      .notNull()
      .unique()
      .references(() => payments.id),
    attemptId: uuid('attempt_id')
      .notNull()
      .unique()
      .references(() => paymentAttempts.id),
    fundId: uuid('fund_id')
      .notNull()
      .references(() => funds.id),
    requesterId: uuid('requester_id')
      .notNull()
      .references(() => users.id),
    executorId: uuid('executor_id')
      .notNull()
      .references(() => users.id),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    gateway: text('gateway').notNull(),
    gatewayAccount: text('gateway_account').notNull(),
    gatewayReference: text('gateway_reference').notNull(),
    gatewayStatus: text('gateway_status').notNull(),
    challengeId: uuid('challenge_id').references(() => otpChallenges.id),
    otpVerifiedAt: instant('otp_verified_at'),
    otpVerifiedBy: uuid('otp_verified_by').references(() => users.id),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent').notNull(),
    voucherNumber: text('voucher_number').notNull().unique(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('payment_executions_gateway_reference').on(t.gateway, t.gatewayAccount, t.gatewayReference),
    check('payment_executions_executor_is_not_requester', sql`${t.executorId} <> ${t.requesterId}`),
    check('payment_executions_amount', sql`${t.amountMinor} between 1 and 9007199254740991`),
    index('payment_executions_fund_created').on(t.fundId, t.createdAt),
  ],
);
