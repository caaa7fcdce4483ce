import { z } from 'zod';
import { DATE_FORMS, DECIMAL_MARKS, LAYOUT_FIELDS, QUOTINGS, SEPARATORS } from '../../domain/bank-file/csv-layout.ts';

/** `bankfile layout list`, `show` and `add`: how a bank wants its CSV, and writes what became of the payments in it. */
export const bankLayoutSchema = z.strictObject({
  name: z.string(),
  version: z.int().positive().nullable(),
  title: z.string(),
  separator: z.enum(SEPARATORS),
  header: z.boolean(),
  date: z.enum(DATE_FORMS),
  decimal: z.enum(DECIMAL_MARKS),
  quoting: z.enum(QUOTINGS),
  columns: z.array(
    z.strictObject({
      title: z.string(),
      field: z.enum(LAYOUT_FIELDS).nullable(),
      text: z.string().nullable(),
      longest: z.int().positive().nullable(),
      needed: z.boolean(),
    }),
  ),
  outcomes: z
    .strictObject({
      separator: z.enum(SEPARATORS),
      charset: z.enum(['utf-8', 'windows-1252']),
      decimal: z.enum(DECIMAL_MARKS),
      thousands: z.enum([',', '.', ' ', "'"]).nullable(),
      key: z.string(),
      message_id: z.string().nullable(),
      status: z.string(),
      reason: z.string().nullable(),
      amount: z.string().nullable(),
      currency: z.string().nullable(),
      account: z.string().nullable(),
      paid: z.array(z.string()),
      rejected: z.array(z.string()),
    })
    .nullable(),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime({ precision: 3 }).nullable(),
  preview: z.array(z.string()).nullable(),
});
