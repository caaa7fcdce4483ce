import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, flag, id, instant, minor, ref } from './columns.ts';

// The office itself: its settings, places, people with their roles and sessions, and its funds. The SQLite twin is ../sqlite/office-tables.ts.

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
  pepperReplacedAt: instant('pepper_replaced_at'),
  headAt: instant('head_at'),
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
  companyId: uuid('company_id')
    .notNull()
    .references(() => companies.id),
  createdAt: instant('created_at').notNull(),
});

export const branches = pgTable('branches', {
  id: id(),
  code: text('code').notNull().unique(),
  name: text('name').notNull(),
  companyId: uuid('company_id')
    .notNull()
    .references(() => companies.id),
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
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    role: text('role').notNull(),
    companyId: uuid('company_id').references(() => companies.id),
    regionId: uuid('region_id').references(() => regions.id),
    branchId: uuid('branch_id').references(() => branches.id),
    grantedBy: text('granted_by').notNull(),
    grantedAt: instant('granted_at').notNull(),
    revokedAt: instant('revoked_at'),
    endsAt: instant('ends_at'),
  },
  (t) => [index('role_grants_user').on(t.userId)],
);

export const sessions = pgTable('sessions', {
  id: id(),
  userId: uuid('user_id')
    .notNull()
    .references(() => users.id),
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
    companyId: uuid('company_id')
      .notNull()
      .references(() => companies.id),
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
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    headAt: instant('head_at'),
  },
  (t) => [
    check('funds_state', sql`${t.state} in ('open', 'frozen', 'closed')`),
    check('funds_balance_safe', sql`${t.balanceMinor} between -9007199254740991 and 9007199254740991`),
    check('funds_reserved_not_negative', sql`${t.reservedMinor} between 0 and 9007199254740991`),
    check('funds_levels', sql`${t.reorderLevelMinor} >= 0 and ${t.imprestLevelMinor} >= ${t.reorderLevelMinor}`),
  ],
);
