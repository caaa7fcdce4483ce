import { z } from 'zod';
import { VARIANCE_KINDS, VARIANCE_STATUSES } from '../../domain/variance.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/** `variance record`, `show` and `reject`, each item of `variance list`, and what `variance approve` has approved. */
export const varianceSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('var_'),
  fund: z.string(),
  payment: z.string().startsWith('pay_').nullable(),
  kind: z.enum(VARIANCE_KINDS),
  original: decimal,
  original_minor: z.int(),
  adjusted: decimal,
  adjusted_minor: z.int().nonnegative(),
  variance: decimal,
  variance_minor: z.int(),
  currency: z.string().length(3),
  reason: z.string(),
  evidence: z.string().nullable(),
  status: z.enum(VARIANCE_STATUSES),
  tolerated: z.boolean().nullable(),
  recorded_by: z.string(),
  recorded_at: instant,
  approved_by: z.string().nullable(),
  approved_at: instant.nullable(),
  rejected_by: z.string().nullable(),
  rejected_at: instant.nullable(),
  decided_reason: z.string().nullable(),
  policy: z.int().nonnegative().nullable(),
  entry: z.string().startsWith('led_').nullable(),
  match: z.string().startsWith('mat_').nullable(),
  created_at: instant,
});
