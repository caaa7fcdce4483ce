import { z } from 'zod';
import { PASSES } from '../../domain/reconciliation/facts.ts';
import { EXCEPTION_KINDS } from '../../domain/reconciliation/outcome.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const reasons = z.array(z.string());
const ref = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-z]+$`));

const lineSchema = z.strictObject({
  ref: ref('stl').nullable(),
  position: z.int().positive(),
  booked_on: z.string(),
  amount: decimal,
  amount_minor: z.int(),
  currency: z.string(),
  external_id: z.string().nullable(),
  counterparty: z.string().nullable(),
  description: z.string(),
});

/** Lines and entries that explain each other; `line` and `entry` are the first of each. */
const matchSchema = z.strictObject({
  ref: ref('mat').nullable(),
  line: lineSchema,
  entry: ref('led'),
  payment: ref('pay').nullable(),
  lines: z.array(lineSchema).min(1),
  entries: z.array(ref('led')).min(1),
  pass: z.enum(PASSES),
  score: z.int().min(0).max(1000),
  reasons,
});

const exceptionSchema = z.strictObject({
  kind: z.enum(EXCEPTION_KINDS),
  line: lineSchema.nullable(),
  entry: ref('led').nullable(),
  payment: ref('pay').nullable(),
  amount: decimal.nullable(),
  amount_minor: z.int().nullable(),
  currency: z.string(),
  candidates: z.array(z.strictObject({ entry: ref('led'), payment: ref('pay').nullable(), reasons })),
  message: z.string(),
  suggested_command: z.string(),
});

/** What `reconcile` found, and whether it was saved. */
export const reconciliationSchema = z.strictObject({
  fund: z.string(),
  statement: z.strictObject({
    ref: ref('sta').nullable(),
    type: z.string(),
    account: z.string().nullable(),
    currency: z.string(),
    period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
    lines: z.int().nonnegative(),
    opening: decimal.nullable(),
    opening_minor: z.int().nullable(),
    closing: decimal.nullable(),
    closing_minor: z.int().nullable(),
    debits: decimal,
    debits_minor: z.int().nonnegative(),
    credits: decimal,
    credits_minor: z.int().nonnegative(),
    ties: z.boolean().nullable(),
    skipped_already_seen: z.int().nonnegative(),
  }),
  matched: z.array(matchSchema),
  exceptions: z.array(exceptionSchema),
  summary: z.strictObject({
    matched: z.int().nonnegative(),
    exceptions: z.int().nonnegative(),
    statement_only: z.int().nonnegative(),
    ledger_only: z.int().nonnegative(),
    amount_differs: z.int().nonnegative(),
    ambiguous: z.int().nonnegative(),
    own_payment: z.int().nonnegative(),
    unbalanced: z.int().nonnegative(),
    in_transit: z.int().nonnegative(),
    fees_booked: z.int().nonnegative(),
    variances_recorded: z.array(ref('var')),
  }),
  agreement: z
    .strictObject({
      day: z.string(),
      currency: z.string(),
      ledger: decimal,
      ledger_minor: z.int(),
      ledger_only: decimal,
      ledger_only_minor: z.int(),
      statement_only: decimal,
      statement_only_minor: z.int(),
      differs: decimal,
      differs_minor: z.int(),
      closing: decimal,
      closing_minor: z.int(),
      unexplained: decimal,
      unexplained_minor: z.int(),
    })
    .nullable(),
  reconciliation: ref('rec').nullable(),
  applied: z.boolean(),
});

const instant = z.iso.datetime();

/** A match made or undone by hand. */
export const handMatchSchema = z.strictObject({
  id: z.uuid(),
  ref: ref('mat'),
  fund: z.string(),
  line: ref('stl').nullable(),
  entry: ref('led'),
  payment: ref('pay').nullable(),
  amount: decimal,
  amount_minor: z.int(),
  currency: z.string(),
  pass: z.enum(PASSES),
  score: z.int(),
  reasons,
  live: z.boolean(),
  created_at: instant,
  undone_at: instant.nullable(),
  undone_reason: z.string().nullable(),
});

const openSideSchema = z.strictObject({
  open: z.int().nonnegative(),
  sum: decimal,
  sum_minor: z.int(),
  oldest: z.string().nullable(),
  over_7_days: z.int().nonnegative(),
  over_30_days: z.int().nonnegative(),
});

/** How far one fund is reconciled. */
export const reconciliationStatusSchema = z.strictObject({
  fund: z.string(),
  currency: z.string(),
  balance: decimal,
  balance_minor: z.int(),
  last_statement: ref('sta').nullable(),
  reconciled_to: z.string().nullable(),
  closing: decimal.nullable(),
  closing_minor: z.int().nullable(),
  matched: z.int().nonnegative(),
  unbalanced_statements: z.int().nonnegative(),
  lines: openSideSchema,
  entries: openSideSchema,
});

/** A line or an entry that nothing explains. */
export const unmatchedSchema = z.strictObject({
  fund: z.string(),
  side: z.enum(['statement', 'ledger']),
  ref: z.string(),
  day: z.string(),
  age_days: z.int().nonnegative(),
  amount: decimal,
  amount_minor: z.int(),
  currency: z.string(),
  reference: z.string().nullable(),
  payment: ref('pay').nullable(),
  about: z.string(),
  suggested_command: z.string(),
});
