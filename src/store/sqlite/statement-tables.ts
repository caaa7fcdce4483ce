import { sql } from 'drizzle-orm';
import { check, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { ledgerEntries } from './book-tables.ts';
import { changes } from './change-tables.ts';
import { count, flag, id, instant, minor, ref } from './columns.ts';
import { funds, users } from './office-tables.ts';

// What the bank or M-Pesa says happened, and how it is tied to the books. The Postgres twin is ../postgres/statement-tables.ts.

export const statementProfiles = sqliteTable('statement_profiles', {
  name: text('name').primaryKey(),
  body: text('body').notNull(),
  createdBy: text('created_by')
    .notNull()
    .references(() => users.id),
  createdAt: instant('created_at').notNull(),
});

export const statements = sqliteTable(
  'statements',
  {
    id: id(),
    ref: ref().unique(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    fileDigest: text('file_digest').notNull(),
    fileName: text('file_name'),
    type: text('type').notNull(),
    profile: text('profile'),
    account: text('account'),
    number: text('number'),
    currency: text('currency').notNull(),
    fromDay: text('from_day'),
    toDay: text('to_day'),
    openingMinor: minor('opening_minor'),
    closingMinor: minor('closing_minor'),
    lineCount: count('line_count').notNull(),
    newLines: count('new_lines').notNull(),
    creditsMinor: minor('credits_minor').notNull(),
    debitsMinor: minor('debits_minor').notNull(),
    ties: flag('ties'),
    faults: text('faults').notNull(),
    acceptedBy: text('accepted_by').references(() => users.id),
    replacedBy: text('replaced_by'),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('statements_fund_created').on(t.fundId, t.createdAt, t.id),
    index('statements_fund_days').on(t.fundId, t.toDay, t.fromDay),
    index('statements_created').on(t.createdAt, t.id),
    index('statements_file').on(t.fileDigest),
    index('statements_faulty')
      .on(t.createdAt, t.id)
      .where(sql`faults <> '[]' and replaced_by is null`),
    check('statements_counts', sql`${t.lineCount} >= 0 and ${t.newLines} between 0 and ${t.lineCount}`),
    check('statements_faulty_is_accepted', sql`${t.faults} = '[]' or ${t.acceptedBy} is not null`),
  ],
);

export const statementLines = sqliteTable(
  'statement_lines',
  {
    id: id(),
    ref: ref().unique(),
    statementId: text('statement_id')
      .notNull()
      .references(() => statements.id),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    seq: count('seq').notNull(),
    position: count('position').notNull(),
    identity: text('identity').notNull(),
    occurrence: count('occurrence').notNull(),
    bookedOn: text('booked_on').notNull(),
    valueOn: text('value_on'),
    bookedAt: text('booked_at'),
    amountMinor: minor('amount_minor').notNull(),
    balanceMinor: minor('balance_minor'),
    externalId: text('external_id'),
    references: text('other_references').notNull(),
    counterparty: text('counterparty'),
    counterpartyAccount: text('counterparty_account'),
    description: text('description').notNull(),
    isCharge: flag('is_charge').notNull(),
  },
  (t) => [
    uniqueIndex('statement_lines_seq').on(t.statementId, t.seq),
    uniqueIndex('statement_lines_once').on(t.fundId, t.identity, t.occurrence),
    check('statement_lines_amount', sql`${t.amountMinor} between -9007199254740991 and 9007199254740991`),
    check('statement_lines_occurrence', sql`${t.occurrence} >= 1`),
  ],
);

export const reconciliations = sqliteTable(
  'reconciliations',
  {
    id: id(),
    ref: ref().unique(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    statementId: text('statement_id').references(() => statements.id),
    mode: text('mode').notNull(),
    ruleVersion: count('rule_version').notNull(),
    matches: count('matches').notNull(),
    digest: text('digest').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('reconciliations_fund_created').on(t.fundId, t.createdAt, t.id),
    check('reconciliations_mode', sql`${t.mode} in ('auto', 'plan', 'hand')`),
  ],
);

export const matches = sqliteTable(
  'matches',
  {
    id: id(),
    ref: ref().unique(),
    reconciliationId: text('reconciliation_id')
      .notNull()
      .references(() => reconciliations.id),
    groupSeq: count('group_seq').notNull(),
    lineId: text('line_id').references(() => statementLines.id),
    linePart: count('line_part').notNull(),
    entryId: text('entry_id')
      .notNull()
      .references(() => ledgerEntries.id),
    entryPart: count('entry_part').notNull(),
    pass: text('pass').notNull(),
    score: count('score').notNull(),
    reasons: text('reasons').notNull(),
    matchedBy: text('matched_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    undoneBy: text('undone_by').references(() => users.id),
    undoneAt: instant('undone_at'),
    undoneReason: text('undone_reason'),
  },
  (t) => [
    uniqueIndex('matches_live_line')
      .on(t.lineId, t.linePart)
      .where(sql`undone_at is null`),
    uniqueIndex('matches_live_entry')
      .on(t.entryId, t.entryPart)
      .where(sql`undone_at is null`),
    index('matches_reconciliation').on(t.reconciliationId, t.groupSeq),
    index('matches_differing')
      .on(t.reconciliationId)
      .where(sql`pass = 'amount_differs' and undone_at is null`),
    check(
      'matches_pass',
      sql`${t.pass} in ('external_id', 'reference', 'payee_and_date', 'fee_tolerance', 'group', 'fee_rule', 'amount_differs', 'by_hand')`,
    ),
    check('matches_score', sql`${t.score} between 0 and 1000`),
    check(
      'matches_parts',
      sql`${t.linePart} >= 1 and ${t.entryPart} >= 1 and (${t.linePart} = 1 or ${t.entryPart} = 1)`,
    ),
    check('matches_line_or_hand', sql`${t.lineId} is not null or ${t.pass} in ('by_hand', 'amount_differs')`),
    check('matches_undone', sql`(${t.undoneAt} is null) = (${t.undoneBy} is null)`),
  ],
);

/** Lines that no match explained when they came, or whose match was undone since; closed when one explains them. */
export const openLines = sqliteTable(
  'open_lines',
  {
    lineId: text('line_id')
      .primaryKey()
      .references(() => statementLines.id),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    bookedOn: text('booked_on').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    closedAt: instant('closed_at'),
    replacedBy: text('replaced_by').references(() => statements.id),
  },
  (t) => [
    index('open_lines_open')
      .on(t.fundId, t.bookedOn, t.amountMinor)
      .where(sql`closed_at is null`),
    check('open_lines_replaced_is_closed', sql`${t.replacedBy} is null or ${t.closedAt} is not null`),
  ],
);

export const feeRules = sqliteTable(
  'fee_rules',
  {
    id: id(),
    ref: ref().unique(),
    fundId: text('fund_id')
      .notNull()
      .references(() => funds.id),
    name: text('name').notNull(),
    contains: text('contains').notNull(),
    tariff: text('tariff').notNull(),
    changeId: text('change_id')
      .notNull()
      .unique()
      .references(() => changes.id),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
    endedBy: text('ended_by').references(() => users.id),
  },
  (t) => [
    uniqueIndex('fee_rules_live_name')
      .on(t.fundId, t.name)
      .where(sql`ended_at is null`),
    check('fee_rules_ended', sql`(${t.endedAt} is null) = (${t.endedBy} is null)`),
  ],
);
