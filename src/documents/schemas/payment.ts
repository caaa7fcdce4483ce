import { z } from 'zod';
import { flagsSchema } from './flag.ts';
import { ledgerEntrySchema } from './ledger-entry.ts';
import { replenishmentSchema } from './replenishment.ts';
import { RAILS } from '../../domain/rail.ts';
import { METHODS, PAYMENT_STATUSES } from '../../domain/payment.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/** Everything that carries payments. */
export const GATEWAYS = ['cash', 'manual', ...RAILS] as const;

export const executionSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('exe_'),
  executor: z.string(),
  gateway: z.enum(GATEWAYS),
  gateway_reference: z.string(),
  gateway_status: z.literal('paid'),
  otp_verified_at: instant.nullable(),
  otp_verified_by: z.string().nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string(),
  voucher: z.string().startsWith('PV-'),
  created_at: instant,
});

export const paymentSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('pay_'),
  requisition: z.string().startsWith('req_'),
  requisition_number: z.string(),
  purpose: z.string(),
  fund: z.string(),
  amount: decimal,
  amount_minor: z.int().positive(),
  adjusted_amount: decimal.nullable(),
  adjusted_amount_minor: z.int().nonnegative().nullable(),
  currency: z.string().length(3),
  method: z.enum(METHODS),
  destination: z.string(),
  payee: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  requester: z.string(),
  executor: z.string().nullable(),
  otp_required: z.boolean(),
  otp_sent_at: instant.nullable(),
  otp_verified: z.boolean(),
  otp_verified_at: instant.nullable(),
  otp_expires_at: instant.nullable(),
  retry_count: z.int().nonnegative(),
  max_retries: z.int().positive(),
  last_error: z.string().nullable(),
  created_at: instant,
  execution: executionSchema.nullable(),
  in_flight: z
    .strictObject({
      attempt: z.string().startsWith('att_'),
      state: z.enum(['reserved', 'sent', 'accepted', 'unknown']),
      gateway: z.enum(GATEWAYS),
      key: z.string(),
      reserved: decimal,
      reserved_minor: z.int().nonnegative(),
      sent_at: instant.nullable(),
      accepted_at: instant.nullable(),
      conversation: z.string().nullable(),
      looks: z.int().nonnegative(),
      next_look_at: instant.nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
  suspense: z.string().startsWith('sus_').nullable(),
  pending_variance: z.string().startsWith('var_').nullable(),
  flags: flagsSchema,
  reconciliation: z
    .strictObject({
      match: z.string(),
      statement_line: z.string().nullable(),
      reconciled_by: z.string(),
      reconciled_at: instant,
    })
    .nullable(),
});

export const paymentEventSchema = z.strictObject({
  at: instant,
  actor: z.string(),
  action: z.string(),
  chain: z.string(),
  seq: z.int().positive(),
  payload: z.record(z.string(), z.unknown()),
});

export const checkSchema = z.strictObject({
  id: z.string(),
  ok: z.boolean().nullable(),
  code: z.string().nullable(),
  message: z.string(),
  fix: z.strictObject({ command: z.string().nullable(), who: z.array(z.string()) }).nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** `payment execute` and `payment resolve`: what was paid, or null parts while the outcome is open. */
export const executionOutcomeSchema = z.strictObject({
  payment: paymentSchema,
  execution: executionSchema.nullable(),
  fund: z.strictObject({
    code: z.string(),
    balance_before: decimal,
    balance_before_minor: z.int(),
    balance_after: decimal,
    balance_after_minor: z.int(),
    currency: z.string().length(3),
  }),
  ledger_entry: ledgerEntrySchema.nullable(),
  replenishment: replenishmentSchema.nullable(),
});

/** `payment explain`: every check, passed and failed. */
export const explanationSchema = z.strictObject({
  payment: paymentSchema,
  executable: z.boolean(),
  checks: z.array(checkSchema),
});

/** `payment otp`: what became of the code. */
export const codeSchema = z.strictObject({
  payment: z.string().startsWith('pay_'),
  required: z.boolean(),
  channel: z.enum(['mail', 'totp']).nullable(),
  sent: z.boolean(),
  sent_to: z.string().nullable(),
  verified: z.boolean(),
  expires_at: instant.nullable(),
});
