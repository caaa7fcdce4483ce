import { z } from 'zod';
import { BANK_FILE_FORMATS } from '../../domain/bank-file/bank-file-format.ts';
import { PAYMENT_STATUSES } from '../../domain/payment.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime({ precision: 3 });
const currency = z.string().length(3);

/** `bankfile export`: a file for the bank. */
export const bankFileSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('bnk_'),
  message_id: z.string(),
  fund: z.string(),
  format: z.enum(BANK_FILE_FORMATS),
  layout: z.string().nullable(),
  layout_version: z.int().positive().nullable(),
  pay_on: z.iso.date(),
  account: z.string(),
  count: z.int().positive(),
  total: decimal,
  total_minor: z.int().positive(),
  currency,
  sha256,
  file: z.string().nullable(),
  exported_before: z.boolean(),
  waiting: z.int().nonnegative(),
  created_at: z.iso.datetime({ precision: 3 }),
  payments: z.array(
    z.strictObject({
      payment: z.string().startsWith('pay_'),
      key: z.string(),
      payee: z.string(),
      destination: z.string(),
      amount: decimal,
      amount_minor: z.int().positive(),
      status: z.enum(PAYMENT_STATUSES),
    }),
  ),
});

/** `bankfile list` and `show`: a file that was written, and what the bank said of each payment in it. */
export const bankFileRecordSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('bnk_'),
  message_id: z.string(),
  fund: z.string(),
  format: z.enum(BANK_FILE_FORMATS),
  layout: z.string().nullable(),
  layout_version: z.int().positive().nullable(),
  pay_on: z.iso.date(),
  account: z.string(),
  count: z.int().positive(),
  paid: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  open: z.int().nonnegative(),
  total: decimal,
  total_minor: z.int().positive(),
  currency,
  sha256,
  created_by: z.string(),
  created_at: instant,
  payments: z
    .array(
      z.strictObject({
        number: z.int().positive(),
        payment: z.string().startsWith('pay_'),
        key: z.string(),
        payee: z.string(),
        destination: z.string(),
        amount: decimal,
        amount_minor: z.int().positive(),
        currency,
        attempt: z.enum(['reserved', 'sent', 'accepted', 'paid', 'failed', 'unknown']),
        status: z.enum(PAYMENT_STATUSES),
        said: z
          .strictObject({
            message: z.string().startsWith('msg_'),
            at: instant,
            code: z.string().nullable(),
            reason: z.string().nullable(),
            outcome: z.enum(['paid', 'failed', 'absent', 'in_progress', 'unknown', 'contradictory']).nullable(),
            applied: z.enum(['waiting', 'applied', 'repeated', 'noted', 'unmatched', 'contradicts']),
          })
          .nullable(),
      }),
    )
    .nullable(),
});

/** `bankfile import`: what the bank says became of files, and what came of that. */
export const bankReportSchema = z.strictObject({
  sha256,
  imported_before: z.boolean(),
  reports: z.array(
    z.strictObject({
      report: z.string().nullable(),
      message_id: z.string(),
      bank_file: z.string().startsWith('bnk_').nullable(),
      fund: z.string().nullable(),
      group_status: z.string().nullable(),
      results: z.array(
        z.strictObject({
          payment: z.string().startsWith('pay_'),
          key: z.string().nullable(),
          code: z.string(),
          reason: z.string(),
          outcome: z.enum(['paid', 'failed', 'absent', 'in_progress', 'unknown', 'contradictory']),
          applied: z.enum(['applied', 'repeated', 'noted', 'unmatched', 'contradicts']),
          detail: z.string().nullable(),
          status: z.enum(PAYMENT_STATUSES),
          amount: decimal,
          amount_minor: z.int().positive(),
          currency,
        }),
      ),
      strays: z.array(
        z.strictObject({
          line: z.int().positive(),
          key: z.string().nullable(),
          uetr: z.string().nullable(),
          code: z.string().nullable(),
        }),
      ),
    }),
  ),
  summary: z.strictObject({
    paid: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    open: z.int().nonnegative(),
    odd: z.int().nonnegative(),
    strays: z.int().nonnegative(),
    unknown_files: z.int().nonnegative(),
  }),
});
