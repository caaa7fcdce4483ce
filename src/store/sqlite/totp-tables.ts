import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { count, id, instant } from './columns.ts';
import { users } from './office-tables.ts';

// Apps that give codes instead of mail, and the codes that help when the app is lost. The Postgres twin is ../postgres/totp-tables.ts.

export const totpEnrolments = sqliteTable(
  'totp_enrolments',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    secret: text('secret'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    confirmedAt: instant('confirmed_at'),
    lastStep: count('last_step'),
    endedAt: instant('ended_at'),
    endedBecause: text('ended_because'),
  },
  (t) => [
    check('totp_enrolments_secret', sql`(${t.endedAt} is null) = (${t.secret} is not null)`),
    check(
      'totp_enrolments_confirmed',
      sql`(${t.confirmedAt} is null) = (${t.lastStep} is null) and (${t.confirmedAt} is null or ${t.confirmedAt} <= ${t.expiresAt})`,
    ),
    check(
      'totp_enrolments_ended',
      sql`(${t.endedAt} is null) = (${t.endedBecause} is null) and (${t.endedBecause} is null or ${t.endedBecause} in ('disabled', 'superseded', 'pepper_replaced'))`,
    ),
    uniqueIndex('totp_enrolments_one_live')
      .on(t.userId)
      .where(sql`ended_at is null`),
  ],
);

export const totpRecoveryCodes = sqliteTable(
  'totp_recovery_codes',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    enrolmentId: text('enrolment_id')
      .notNull()
      .references(() => totpEnrolments.id),
    codeHash: text('code_hash').notNull().unique(),
    createdAt: instant('created_at').notNull(),
    usedAt: instant('used_at'),
    voidedAt: instant('voided_at'),
  },
  (t) => [
    check('totp_recovery_codes_one_end', sql`${t.usedAt} is null or ${t.voidedAt} is null`),
    index('totp_recovery_codes_enrolment').on(t.enrolmentId),
  ],
);
