import { z } from 'zod';
import { statementType } from './statement.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const unsigned = z.string().regex(/^\d+(\.\d+)?$/);

/** Each item of `statement list`, and `statement show` of a reference. */
export const importedStatementSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('sta_'),
  fund: z.string(),
  type: statementType,
  profile: z.string().nullable(),
  account: z.string().nullable(),
  number: z.string().nullable(),
  currency: z.string().length(3),
  period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
  opening: decimal.nullable(),
  opening_minor: z.int().nullable(),
  closing: decimal.nullable(),
  closing_minor: z.int().nullable(),
  lines: z.int().nonnegative(),
  new_lines: z.int().nonnegative(),
  credits: unsigned,
  credits_minor: z.int().nonnegative(),
  debits: unsigned,
  debits_minor: z.int().nonnegative(),
  ties: z.boolean().nullable(),
  faults: z.array(z.strictObject({ code: z.string(), message: z.string(), position: z.int().positive().nullable() })),
  accepted_by: z.string().nullable(),
  replaced_by: z.string().startsWith('sta_').nullable(),
  file_name: z.string().nullable(),
  file_sha256: z.string().length(64),
  imported_by: z.string(),
  created_at: z.iso.datetime({ precision: 3 }),
});
