import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const minor = z.int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

/** `fund show`, and each item of `fund list`. */
export const fundSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('fnd_'),
  code: z.string(),
  name: z.string(),
  company: z.string(),
  region: z.string().nullable(),
  branch: z.string().nullable(),
  currency: z.string().length(3),
  balance: decimal,
  balance_minor: z.int(),
  reserved: decimal,
  reserved_minor: minor,
  available: decimal,
  available_minor: z.int(),
  reorder_level: decimal,
  reorder_level_minor: minor,
  imprest_level: decimal,
  imprest_level_minor: minor,
  otp_threshold: decimal,
  otp_threshold_minor: minor,
  payment_limit: decimal.nullable(),
  payment_limit_minor: z.int().positive().nullable(),
  daily_limit: decimal.nullable(),
  daily_limit_minor: z.int().positive().nullable(),
  auto_replenish: z.boolean(),
  status: z.enum(['ok', 'low', 'frozen', 'closed']),
  last_replenished: instant.nullable(),
  open_replenishment: z.string().startsWith('rep_').nullable(),
  pending_variances: z.int().nonnegative(),
  created_at: instant,
});
