import { getTableColumns, getTableName } from 'drizzle-orm';
import type { NewRow, Tables } from '../tables.ts';
import * as schema from './schema.ts';

type Columns<Name extends keyof Tables> = readonly (keyof NewRow<Name>)[];

/**
 * What the tool changes of rows that exist, column by column; an empty list says that rows are only ever added. The app role may
 * change these and nothing else, so that what the triggers of the database refuse it may not even try. A test holds this list
 * against those triggers, and another lets the tool work as that role.
 */
export const CHANGEABLE: { readonly [Name in keyof Tables]: Columns<Name> } = {
  office: [
    'mailUrl',
    'mailFrom',
    'timezone',
    'pepperFingerprint',
    'pepperReplacedAt',
    'requisitionYear',
    'requisitionSeq',
    'headSeq',
    'headHash',
    'headAt',
  ],
  settings: [],
  companies: [],
  regions: [],
  branches: [],
  users: [
    'email',
    'phone',
    'displayName',
    'passwordHash',
    'disabledAt',
    'failedLogins',
    'lockedUntil',
    'otpFailures',
    'otpFailuresDay',
    'otpLockedAt',
  ],
  roleGrants: ['revokedAt'],
  sessions: ['lastUsedAt', 'revokedAt'],
  tokens: ['lastUsedAt', 'revokedAt'],
  funds: [
    'name',
    'balanceMinor',
    'reservedMinor',
    'reorderLevelMinor',
    'imprestLevelMinor',
    'otpThresholdMinor',
    'paymentLimitMinor',
    'dailyLimitMinor',
    'autoReplenish',
    'state',
    'lastReplenishedAt',
    'entrySeq',
    'voucherYear',
    'voucherSeq',
    'headSeq',
    'headHash',
    'headAt',
  ],
  requisitions: [
    'payee',
    'payeeKey',
    'amountMinor',
    'method',
    'destination',
    'destinationKey',
    'purpose',
    'category',
    'status',
    'revision',
    'decidedReason',
  ],
  requisitionApprovals: [],
  payments: ['status', 'executorId', 'otpRequired', 'retryCount', 'lastError', 'executedAt'],
  paymentAttempts: [
    'state',
    'gatewayReference',
    'error',
    'evidence',
    'sentAt',
    'closedAt',
    'conversation',
    'acceptedAt',
    'leaseHolder',
    'leaseUntil',
    'nextLookAt',
    'looks',
  ],
  otpChallenges: ['failures', 'sentAt', 'verifiedAt', 'consumedAt', 'voidedAt'],
  paymentExecutions: [],
  ledgerEntries: [],
  ledgerTotals: ['entries', 'amountMinor'],
  replenishmentRequests: [
    'requestedMinor',
    'approvedMinor',
    'fundedMinor',
    'status',
    'approvedBy',
    'rejectedBy',
    'fundedBy',
    'decidedReason',
    'reference',
    'decidedAt',
    'fundedAt',
  ],
  changes: ['status', 'decidedBy', 'decidedAt', 'decidedReason'],
  changeConfirmations: [],
  paymentReversals: [],
  outboxMessages: ['deliveredAt', 'deliveries', 'lastError', 'leaseUntil', 'nextAt'],
  auditEvents: [],
  idempotencyKeys: ['answer'],
  clockAcceptances: [],
  totpEnrolments: ['secret', 'confirmedAt', 'lastStep', 'endedAt', 'endedBecause'],
  totpRecoveryCodes: ['usedAt', 'voidedAt'],
  policies: [],
  statementProfiles: [],
  statements: ['replacedBy'],
  statementLines: [],
  openLines: ['closedAt', 'replacedBy'],
  reconciliations: [],
  matches: ['undoneBy', 'undoneAt', 'undoneReason'],
  feeRules: ['endedAt', 'endedBy'],
  gateways: [],
  gatewayMessages: [
    'attemptId',
    'outcome',
    'detail',
    'appliedAt',
    'settledBy',
    'settledAt',
    'settledReason',
    'settledChangeId',
  ],
  suspenseItems: ['status', 'settledBy', 'confirmedBy', 'settledAt', 'settledReason', 'entryId'],
  batches: ['status'],
  batchItems: [],
  batchPayments: [],
  batchChallenges: ['failures', 'sentAt', 'verifiedAt', 'consumedAt', 'voidedAt'],
  bankFiles: [],
  bankFileOrders: [],
  bankLayouts: [],
  schedules: [
    'status',
    'nextAt',
    'leaseHolder',
    'leaseUntil',
    'failures',
    'lastRunAt',
    'lastOutcome',
    'lastDetail',
    'endedAt',
  ],
  webhooks: ['removedBy', 'removedAt'],
  eventCursors: ['seq'],
  alerts: ['acknowledgedBy', 'acknowledgedAt', 'resolvedAt'],
  varianceAdjustments: ['status', 'decidedBy', 'decidedAt', 'decidedReason', 'policyVersion', 'entryId'],
};

/** What lets somebody in or pays, as it is kept; an auditor proves the books without it. */
const SECRET: { readonly [Name in keyof Tables]?: Columns<Name> } = {
  users: ['passwordHash'],
  sessions: ['tokenHash'],
  tokens: ['secretHash'],
  otpChallenges: ['codeHash'],
  batchChallenges: ['codeHash'],
  totpEnrolments: ['secret'],
  totpRecoveryCodes: ['codeHash'],
  changes: ['payload'],
  // Whoever has it can report a result.
  paymentAttempts: ['resultToken'],
  outboxMessages: ['payload'],
  webhooks: ['secret'],
};

/** A table with the columns that a role may see and those that it may change, as the database names them. */
export interface TableGrant {
  readonly table: string;
  readonly columns: readonly string[];
  readonly changeable: readonly string[];
  readonly secret: readonly string[];
}

const TABLES: Tables = schema;

/** Every table of the office. */
export const tableGrants = (): TableGrant[] =>
  (Object.keys(CHANGEABLE) as (keyof Tables)[]).map((name) => {
    const columns: Readonly<Record<string, { readonly name: string }>> = getTableColumns(TABLES[name]);
    const named = (keys: readonly string[]): string[] => keys.map((key) => columns[key]?.name ?? key);
    return {
      table: getTableName(TABLES[name]),
      columns: named(Object.keys(columns)),
      changeable: named(CHANGEABLE[name]),
      secret: named(SECRET[name] ?? []),
    };
  });
