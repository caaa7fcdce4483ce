import { z } from 'zod';
import { CHANGE_STATUSES } from '../../domain/change.ts';

const instant = z.iso.datetime({ precision: 3 });
const shown = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]));

/** `change show`, each item of `change list`, and the answer of every command whose act became a proposal. */
export const changeSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('chg_'),
  what: z.string(),
  subject: z.string(),
  before: shown,
  after: shown,
  reason: z.string().nullable(),
  status: z.enum(CHANGE_STATUSES),
  proposed_by: z.string(),
  confirmations: z.array(z.string()),
  decided_by: z.string().nullable(),
  decided_reason: z.string().nullable(),
  created_at: instant,
  decided_at: instant.nullable(),
});
