import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const unsigned = z.string().regex(/^\d+(\.\d+)?$/);
/** What kind of file a statement came in. */
export const statementType = z.enum(['mpesa', 'camt', 'mt940', 'ofx', 'bai2', 'csv']);

/** Each item of `statement show`. Days are as the file has them, which may be no days of the calendar. */
export const statementSchema = z.strictObject({
  type: statementType,
  id: z.string().nullable(),
  page: z.string().nullable(),
  account: z.string().nullable(),
  currency: z.string().nullable(),
  period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
  opening: decimal.nullable(),
  opening_minor: z.int().nullable(),
  opening_currency: z.string().nullable(),
  closing: decimal.nullable(),
  closing_minor: z.int().nullable(),
  closing_currency: z.string().nullable(),
  lines: z.int().nonnegative(),
  credits: unsigned,
  credits_minor: z.int().nonnegative(),
  debits: unsigned,
  debits_minor: z.int().nonnegative(),
  ties: z.boolean().nullable(),
  warnings: z.array(z.string()),
});

/** Each item of `statement show --lines`. Money in is positive, money out negative. */
export const statementLineSchema = z.strictObject({
  statement: z.int().positive(),
  position: z.int().positive(),
  account: z.string().nullable(),
  booked_on: z.string(),
  value_on: z.string().nullable(),
  booked_at: z.string().nullable(),
  amount: decimal,
  amount_minor: z.int(),
  currency: z.string().nullable(),
  balance: decimal.nullable(),
  balance_minor: z.int().nullable(),
  external_id: z.string().nullable(),
  references: z.array(z.string()),
  counterparty: z.string().nullable(),
  counterparty_account: z.string().nullable(),
  description: z.string(),
  is_charge: z.boolean(),
});
