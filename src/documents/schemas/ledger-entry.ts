import { z } from 'zod';
import { ENTRY_KINDS, ENTRY_TYPES } from '../../domain/ledger.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/** `ledger show`, and each item of `ledger list`. */
export const ledgerEntrySchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('led_'),
  fund: z.string(),
  seq: z.int().positive(),
  type: z.enum(ENTRY_TYPES),
  kind: z.enum(ENTRY_KINDS),
  amount: decimal,
  amount_minor: z.int(),
  balance_after: decimal,
  balance_after_minor: z.int(),
  currency: z.string().length(3),
  value_date: z.iso.date(),
  payment: z.string().startsWith('pay_').nullable(),
  execution: z.string().startsWith('exe_').nullable(),
  replenishment: z.string().startsWith('rep_').nullable(),
  variance: z.string().startsWith('var_').nullable(),
  reverses: z.string().startsWith('led_').nullable(),
  reversed_by: z.string().startsWith('led_').nullable(),
  description: z.string(),
  reconciled: z.boolean(),
  reconciled_by: z.string().nullable(),
  reconciled_at: instant.nullable(),
  match: z.string().nullable(),
  statement_line: z.string().nullable(),
  created_at: instant,
});
