import { z } from 'zod';
import { FEE_RULE_STATUSES } from '../../domain/reconciliation/fee-rule.ts';

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/**
 * `reconcile fee list`, `show` and `end`. `books` says what: charges with a line of their own, whose text has `contains` in it, or
 * what a line holds beyond its payment. Each step of the tariff allows `at_most` for payments up to and with `up_to`.
 */
export const feeRuleSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().regex(/^fee_[0-9a-z]+$/),
  fund: z.string(),
  name: z.string(),
  books: z.enum(['charges', 'within']),
  contains: z.string().nullable(),
  tariff: z
    .array(
      z.strictObject({
        up_to: decimal.nullable(),
        up_to_minor: z.int().positive().nullable(),
        at_most: decimal,
        at_most_minor: z.int().nonnegative(),
      }),
    )
    .min(1),
  currency: z.string().length(3),
  status: z.enum(FEE_RULE_STATUSES),
  change: z.string().regex(/^chg_[0-9a-z]+$/),
  proposed_by: z.string(),
  confirmed_by: z.string().nullable(),
  created_at: instant,
  ended_by: z.string().nullable(),
  ended_at: instant.nullable(),
});
