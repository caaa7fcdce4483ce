import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

// Money is an integer number of minor units, instants are UTC with milliseconds, ids are UUIDv7.
// The SQLite twin is ../sqlite/schema.ts; ../tables.ts proves at compile time that their rows are equal.

const id = () => uuid('id').primaryKey();
const ref = () => text('ref').notNull();
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const minor = (name: string) => bigint(name, { mode: 'number' });
const flag = (name: string) => boolean(name);
const count = (name: string) => integer(name);

export const office = pgTable('office', {
  id: text('id').primaryKey(),
  currency: text('currency').notNull(),
  timezone: text('timezone').notNull(),
  mailUrl: text('mail_url').notNull(),
  mailFrom: text('mail_from').notNull(),
  pepperFingerprint: text('pepper_fingerprint').notNull(),
  requisitionYear: count('requisition_year').notNull(),
  requisitionSeq: count('requisition_seq').notNull(),
  headSeq: count('head_seq').notNull(),
  headHash: text('head_hash').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
});

export const companies = pgTable('companies', {
  id: id(),
  code: text('code').notNull().unique(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const regions = pgTable('regions', {
  id: id(),
  code: text('code').notNull().unique(),
  name: text('name').notNull(),
  companyId: uuid('company_id').notNull().references(() => companies.id),
  createdAt: instant('created_at').notNull(),
});

export const branches = pgTable('branches', {
  id: id(),
  code: text('code').notNull().unique(),
  name: text('name').notNull(),
  companyId: uuid('company_id').notNull().references(() => companies.id),
  regionId: uuid('region_id').references(() => regions.id),
  createdAt: instant('created_at').notNull(),
});

export const users = pgTable('users', {
  id: id(),
  ref: ref().unique(),
  username: text('username').notNull().unique(),
  email: text('email').notNull().unique(),
  phone: text('phone').unique(),
  displayName: text('display_name').notNull(),
  passwordHash: text('password_hash').notNull(),
  disabledAt: instant('disabled_at'),
  failedLogins: count('failed_logins').notNull(),
  lockedUntil: instant('locked_until'),
  otpFailures: count('otp_failures').notNull(),
  otpFailuresDay: text('otp_failures_day').notNull(),
  otpLockedAt: instant('otp_locked_at'),
  createdAt: instant('created_at').notNull(),
});

export const roleGrants = pgTable(
  'role_grants',
  {
    id: id(),
    userId: uuid('user_id').notNull().references(() => users.id),
    role: text('role').notNull(),
    companyId: uuid('company_id').references(() => companies.id),
    regionId: uuid('region_id').references(() => regions.id),
    branchId: uuid('branch_id').references(() => branches.id),
    grantedBy: text('granted_by').notNull(),
    grantedAt: instant('granted_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('role_grants_user').on(t.userId)],
);

export const sessions = pgTable('sessions', {
  id: id(),
  userId: uuid('user_id').notNull().references(() => users.id),
  tokenHash: text('token_hash').notNull().unique(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
  origin: text('origin').notNull(),
});

export const funds = pgTable(
  'funds',
  {
    id: id(),
    ref: ref().unique(),
    code: text('code').notNull().unique(),
    name: text('name').notNull(),
    companyId: uuid('company_id').notNull().references(() => companies.id),
    regionId: uuid('region_id').references(() => regions.id),
    branchId: uuid('branch_id').references(() => branches.id),
    currency: text('currency').notNull(),
    balanceMinor: minor('balance_minor').notNull(),
    reservedMinor: minor('reserved_minor').notNull(),
    reorderLevelMinor: minor('reorder_level_minor').notNull(),
    imprestLevelMinor: minor('imprest_level_minor').notNull(),
    otpThresholdMinor: minor('otp_threshold_minor').notNull(),
    paymentLimitMinor: minor('payment_limit_minor'),
    dailyLimitMinor: minor('daily_limit_minor'),
    autoReplenish: flag('auto_replenish').notNull(),
    state: text('state').notNull(),
    lastReplenishedAt: instant('last_replenished_at'),
    entrySeq: count('entry_seq').notNull(),
    voucherYear: count('voucher_year').notNull(),
    voucherSeq: count('voucher_seq').notNull(),
    headSeq: count('head_seq').notNull(),
    headHash: text('head_hash').notNull(),
    createdBy: uuid('created_by').notNull().references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    check('funds_state', sql`${t.state} in ('open', 'frozen', 'closed')`),
    check('funds_balance_safe', sql`${t.balanceMinor} between -9007199254740991 and 9007199254740991`),
    check('funds_reserved_not_negative', sql`${t.reservedMinor} between 0 and 9007199254740991`),
    check('funds_levels', sql`${t.reorderLevelMinor} >= 0 and ${t.imprestLevelMinor} >= ${t.reorderLevelMinor}`),
  ],
);

export const requisitions = pgTable(
  'requisitions',
  {
    id: id(),
    ref: ref().unique(),
    number: text('number').notNull().unique(),
    requestedBy: uuid('requested_by').notNull().references(() => users.id),
    companyId: uuid('company_id').notNull().references(() => companies.id),
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
  },
  (t) => [
    check('requisitions_amount', sql`${t.amountMinor} between 1 and 9007199254740991`),
    check('requisitions_method', sql`${t.method} in ('mpesa', 'bank', 'cash')`),
    check('requisitions_status', sql`${t.status} in ('submitted', 'approved', 'paid', 'rejected', 'cancelled')`),
    index('requisitions_status_created').on(t.status, t.createdAt),
    index('requisitions_created').on(t.createdAt, t.id),
  ],
);

export const requisitionApprovals = pgTable(
  'requisition_approvals',
  {
    id: id(),
    requisitionId: uuid('requisition_id').notNull().references(() => requisitions.id),
    revision: count('revision').notNull(),
    approverId: uuid('approver_id').notNull().references(() => users.id),
    decision: text('decision').notNull(),
    reason: text('reason'),
    termsDigest: text('terms_digest').notNull(),
    createdAt: instant('created_at').notNull(),
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
    requisitionId: uuid('requisition_id').notNull().references(() => requisitions.id),
    fundId: uuid('fund_id').notNull().references(() => funds.id),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    method: text('method').notNull(),
    destination: text('destination').notNull(),
    payee: text('payee').notNull(),
    status: text('status').notNull(),
    requesterId: uuid('requester_id').notNull().references(() => users.id),
    createdBy: uuid('created_by').notNull().references(() => users.id),
    executorId: uuid('executor_id').references(() => users.id),
    otpRequired: flag('otp_required').notNull(),
    retryCount: count('retry_count').notNull(),
    maxRetries: count('max_retries').notNull(),
    lastError: text('last_error'),
    scheduledFor: instant('scheduled_for'),
    createdAt: instant('created_at').notNull(),
    executedAt: instant('executed_at'),
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
    index('payments_requisition_status').on(t.requisitionId, t.status),
    index('payments_status_created').on(t.status, t.createdAt),
    index('payments_created').on(t.createdAt, t.id),
    index('payments_fund_created').on(t.fundId, t.createdAt),
    index('payments_fund_executed').on(t.fundId, t.executedAt),
    index('payments_destination_executed').on(t.destination, t.executedAt),
  ],
);

export const paymentAttempts = pgTable(
  'payment_attempts',
  {
    id: id(),
    ref: ref().unique(),
    paymentId: uuid('payment_id').notNull().references(() => payments.id),
    number: count('number').notNull(),
    state: text('state').notNull(),
    idempotencyKey: text('idempotency_key').notNull().unique(),
    requestHash: text('request_hash').notNull(),
    gateway: text('gateway').notNull(),
    gatewayAccount: text('gateway_account').notNull(),
    gatewayReference: text('gateway_reference'),
    executorId: uuid('executor_id').notNull().references(() => users.id),
    challengeId: uuid('challenge_id'),
    reservedMinor: minor('reserved_minor').notNull(),
    error: text('error'),
    evidence: text('evidence'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    closedAt: instant('closed_at'),
  },
  (t) => [
    uniqueIndex('payment_attempts_number').on(t.paymentId, t.number),
    uniqueIndex('payment_attempts_one_live')
      .on(t.paymentId)
      .where(sql`state in ('reserved', 'sent', 'accepted', 'unknown')`),
    check(
      'payment_attempts_state',
      sql`${t.state} in ('reserved', 'sent', 'accepted', 'paid', 'failed', 'unknown')`,
    ),
    check('payment_attempts_reserved', sql`${t.reservedMinor} between 0 and 9007199254740991`),
    index('payment_attempts_state').on(t.state, t.createdAt),
  ],
);

export const otpChallenges = pgTable(
  'otp_challenges',
  {
    id: id(),
    paymentId: uuid('payment_id').notNull().references(() => payments.id),
    executorId: uuid('executor_id').notNull().references(() => users.id),
    digest: text('digest').notNull(),
    codeHash: text('code_hash').notNull(),
    failures: count('failures').notNull(),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    expiresAt: instant('expires_at').notNull(),
    verifiedAt: instant('verified_at'),
    consumedAt: instant('consumed_at'),
    voidedAt: instant('voided_at'),
  },
  (t) => [
    index('otp_challenges_payment').on(t.paymentId, t.executorId, t.createdAt),
    check('otp_challenges_failures', sql`${t.failures} between 0 and 5`),
    check('otp_challenges_consumed_in_time', sql`${t.consumedAt} is null or ${t.consumedAt} <= ${t.expiresAt}`),
  ],
);

export const paymentExecutions = pgTable(
  'payment_executions',
  {
    id: id(),
    ref: ref().unique(),
    paymentId: uuid('payment_id').notNull().unique().references(() => payments.id),
    attemptId: uuid('attempt_id').notNull().unique().references(() => paymentAttempts.id),
    fundId: uuid('fund_id').notNull().references(() => funds.id),
    requesterId: uuid('requester_id').notNull().references(() => users.id),
    executorId: uuid('executor_id').notNull().references(() => users.id),
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

export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    id: id(),
    ref: ref().unique(),
    fundId: uuid('fund_id').notNull().references(() => funds.id),
    seq: count('seq').notNull(),
    type: text('type').notNull(),
    kind: text('kind').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    balanceAfterMinor: minor('balance_after_minor').notNull(),
    valueDate: text('value_date').notNull(),
    paymentId: uuid('payment_id').references(() => payments.id),
    executionId: uuid('execution_id').references(() => paymentExecutions.id),
    replenishmentId: uuid('replenishment_id'),
    reversesId: uuid('reverses_id'),
    description: text('description').notNull(),
    createdBy: uuid('created_by').notNull().references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('ledger_entries_fund_seq').on(t.fundId, t.seq),
    uniqueIndex('ledger_entries_one_payment_debit').on(t.paymentId).where(sql`kind = 'payment'`),
    index('ledger_entries_created').on(t.createdAt, t.id),
    index('ledger_entries_fund_created').on(t.fundId, t.createdAt, t.id),
    index('ledger_entries_payment').on(t.paymentId),
    check('ledger_entries_type', sql`${t.type} in ('debit', 'credit', 'adjustment')`),
    check(
      'ledger_entries_kind',
      sql`${t.kind} in ('opening', 'payment', 'fee', 'replenishment', 'variance', 'transfer', 'return', 'reversal', 'suspense')`,
    ),
    check(
      'ledger_entries_amount',
      sql`(${t.type} = 'adjustment' and ${t.amountMinor} <> 0 and ${t.amountMinor} between -9007199254740991 and 9007199254740991) or (${t.type} <> 'adjustment' and ${t.amountMinor} between 1 and 9007199254740991)`,
    ),
    check('ledger_entries_payment_has_execution', sql`${t.kind} <> 'payment' or ${t.executionId} is not null`),
  ],
);

export const ledgerTotals = pgTable(
  'ledger_totals',
  {
    fundId: uuid('fund_id').notNull().references(() => funds.id),
    type: text('type').notNull(),
    kind: text('kind').notNull(),
    entries: count('entries').notNull(),
    amountMinor: minor('amount_minor').notNull(),
  },
  (t) => [primaryKey({ columns: [t.fundId, t.type, t.kind] })],
);

export const replenishmentRequests = pgTable(
  'replenishment_requests',
  {
    id: id(),
    ref: ref().unique(),
    fundId: uuid('fund_id').notNull().references(() => funds.id),
    balanceMinor: minor('balance_minor').notNull(),
    requestedMinor: minor('requested_minor').notNull(),
    approvedMinor: minor('approved_minor'),
    fundedMinor: minor('funded_minor'),
    status: text('status').notNull(),
    autoTriggered: flag('auto_triggered').notNull(),
    amountFixed: flag('amount_fixed').notNull(),
    requestedBy: uuid('requested_by').references(() => users.id),
    approvedBy: uuid('approved_by').references(() => users.id),
    rejectedBy: uuid('rejected_by').references(() => users.id),
    fundedBy: uuid('funded_by').references(() => users.id),
    reason: text('reason').notNull(),
    decidedReason: text('decided_reason'),
    reference: text('reference').unique(),
    createdAt: instant('created_at').notNull(),
    decidedAt: instant('decided_at'),
    fundedAt: instant('funded_at'),
  },
  (t) => [
    uniqueIndex('replenishment_requests_one_open').on(t.fundId).where(sql`status in ('pending', 'approved')`),
    check('replenishment_requests_status', sql`${t.status} in ('pending', 'approved', 'funded', 'rejected')`),
    check(
      'replenishment_requests_funded',
      sql`${t.fundedMinor} is null or (${t.fundedMinor} between 1 and ${t.approvedMinor})`,
    ),
    check(
      'replenishment_requests_people_differ',
      sql`(${t.approvedBy} is null or ${t.requestedBy} is null or ${t.approvedBy} <> ${t.requestedBy}) and (${t.fundedBy} is null or ${t.fundedBy} <> ${t.approvedBy}) and (${t.fundedBy} is null or ${t.requestedBy} is null or ${t.fundedBy} <> ${t.requestedBy})`,
    ),
    index('replenishment_requests_created').on(t.createdAt, t.id),
  ],
);

export const auditEvents = pgTable(
  'audit_events',
  {
    chain: text('chain').notNull(),
    seq: count('seq').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    body: text('body').notNull(),
    at: text('at').generatedAlwaysAs(sql`(body::jsonb ->> 'at')`),
    actor: text('actor').generatedAlwaysAs(sql`(body::jsonb ->> 'actor')`),
    action: text('action').generatedAlwaysAs(sql`(body::jsonb ->> 'action')`),
    subject: text('subject').generatedAlwaysAs(sql`(body::jsonb ->> 'subject')`),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.seq] }),
    index('audit_events_at').on(t.at, t.chain, t.seq),
    index('audit_events_subject').on(t.subject),
    index('audit_events_actor').on(t.actor),
    index('audit_events_action').on(t.action),
  ],
);

export const outboxMessages = pgTable(
  'outbox_messages',
  {
    id: id(),
    topic: text('topic').notNull(),
    payload: text('payload').notNull(),
    createdAt: instant('created_at').notNull(),
    deliveredAt: instant('delivered_at'),
    deliveries: count('deliveries').notNull(),
    lastError: text('last_error'),
  },
  (t) => [index('outbox_messages_waiting').on(t.deliveredAt, t.createdAt)],
);
