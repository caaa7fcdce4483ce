import { z } from 'zod';
import { REPLENISHMENT_STATUSES } from '../../domain/replenishment.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/** `replenish show`, and each item of `replenish list`. */
export const replenishmentSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('rep_'),
  fund: z.string(),
  balance: decimal,
  balance_minor: z.int(),
  requested_amount: decimal,
  requested_amount_minor: z.int().positive(),
  approved_amount: decimal.nullable(),
  approved_amount_minor: z.int().positive().nullable(),
  funded_amount: decimal.nullable(),
  funded_amount_minor: z.int().positive().nullable(),
  currency: z.string().length(3),
  status: z.enum(REPLENISHMENT_STATUSES),
  auto_triggered: z.boolean(),
  requested_by: z.string().nullable(),
  approved_by: z.string().nullable(),
  rejected_by: z.string().nullable(),
  funded_by: z.string().nullable(),
  reason: z.string(),
  decided_reason: z.string().nullable(),
  reference: z.string().nullable(),
  decided_at: instant.nullable(),
  funded_at: instant.nullable(),
  created_at: instant,
});

/** Each item of `replenish check`. */
export const replenishmentCheckSchema = z.strictObject({
  fund: z.string(),
  balance: decimal,
  balance_minor: z.int(),
  reorder_level: decimal,
  reorder_level_minor: z.int().positive(),
  short_by: decimal,
  short_by_minor: z.int().positive(),
  currency: z.string().length(3),
  open_replenishment: z.string().startsWith('rep_').nullable(),
  created: z.string().startsWith('rep_').nullable(),
});
