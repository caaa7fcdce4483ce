import { z } from 'zod';
import { BATCH_STATUSES } from '../../domain/batch.ts';
import { METHODS, PAYMENT_STATUSES } from '../../domain/payment.ts';
import { GATEWAYS } from './payment.ts';

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });
const rows = z.int().nonnegative();

/** Each item of `batch export`, and each row of a batch. */
export const batchRowSchema = z.strictObject({
  batch: z.string().startsWith('bat_'),
  line: z.int().positive(),
  requisition: z.string().startsWith('req_'),
  requisition_number: z.string(),
  payment: z.string().startsWith('pay_').nullable(),
  payee: z.string(),
  amount: decimal,
  amount_minor: z.int().positive(),
  currency: z.string().length(3),
  method: z.enum(METHODS),
  destination: z.string(),
  purpose: z.string(),
  document: z.string().nullable(),
  outcome: z.enum(['waiting', 'paid', 'in_flight', 'failed', 'cancelled']),
  payment_status: z.enum(PAYMENT_STATUSES).nullable(),
  in_flight: z
    .strictObject({ state: z.enum(['reserved', 'sent', 'accepted', 'unknown']), gateway: z.enum(GATEWAYS) })
    .nullable(),
  voucher: z.string().nullable(),
  gateway_reference: z.string().nullable(),
  error: z.string().nullable(),
});

/** What verbs of batches answer, and each item of `batch list`, there with `rows: null`. */
export const batchSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('bat_'),
  title: z.string().nullable(),
  fund: z.string(),
  currency: z.string().length(3),
  count: z.int().positive(),
  total: decimal,
  total_minor: z.int().positive(),
  paid: decimal,
  paid_minor: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  status: z.enum(BATCH_STATUSES),
  outcome: z.strictObject({ waiting: rows, paid: rows, in_flight: rows, failed: rows, cancelled: rows }),
  created_by: z.string(),
  created_at: instant,
  decided_by: z.array(z.string()),
  executor: z.string().nullable(),
  begun_at: instant.nullable(),
  resume_until: instant.nullable(),
  rows: z.array(batchRowSchema).nullable(),
});

/** `batch otp`. */
export const batchCodeSchema = z.strictObject({
  batch: z.string().startsWith('bat_'),
  required: z.literal(true),
  channel: z.enum(['mail', 'totp']),
  sent: z.boolean(),
  sent_to: z.string().nullable(),
  verified: z.boolean(),
  expires_at: instant,
});

/** Each item of `batch validate`: one problem of one row, or of the whole batch where `line` is null. */
export const batchProblemSchema = z.strictObject({
  batch: z.string().startsWith('bat_'),
  line: z.int().positive().nullable(),
  requisition: z.string().startsWith('req_').nullable(),
  payment: z.string().startsWith('pay_').nullable(),
  check: z.string(),
  code: z.string().nullable(),
  message: z.string(),
  fix: z.string().nullable(),
});
