import { z } from 'zod';
import { statementLineSchema, statementSchema } from './statement.ts';

/** `reconcile profile list`, `show` and `add`; `sample` is what `add` read, null elsewhere. */
export const statementProfileSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  date: z.string(),
  date_formats: z.array(z.string()),
  value_date: z.string().nullable(),
  description: z.array(z.string()),
  external_id: z.string().nullable(),
  references: z.array(z.string()),
  counterparty: z.string().nullable(),
  counterparty_account: z.string().nullable(),
  balance: z.string().nullable(),
  amount: z.strictObject({
    rule: z.enum(['debit-credit', 'signed', 'marked']),
    debit: z.string().nullable(),
    credit: z.string().nullable(),
    debits: z.enum(['positive', 'negative']).nullable(),
    amount: z.string().nullable(),
    positive: z.enum(['in', 'out']).nullable(),
    mark: z.string().nullable(),
    in: z.array(z.string()),
    out: z.array(z.string()),
  }),
  decimal: z.enum(['.', ',']),
  thousands: z.enum([',', '.', ' ', "'"]).nullable(),
  charset: z.enum(['utf-8', 'windows-1252']),
  delimiter: z.enum([',', ';', '\t', '|']),
  skip_lines: z.int().nonnegative(),
  currency: z.string().length(3).nullable(),
  usual_currency: z.string().length(3).nullable(),
  charges: z.array(z.string()),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime({ precision: 3 }).nullable(),
  sample: z.strictObject({ statement: statementSchema, first_lines: z.array(statementLineSchema) }).nullable(),
});
