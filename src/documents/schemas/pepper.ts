import { z } from 'zod';

const fingerprint = z.string().regex(/^[0-9a-f]{16}$/);

export const pepperSchema = z.strictObject({
  file: z.string(),
  state: z.enum(['in_place', 'new_file_ready', 'replaced', 'wrong', 'missing', 'damaged', 'unreadable']),
  fingerprint: fingerprint.nullable(),
  in_force: fingerprint,
  replaced_at: z.iso.datetime({ precision: 3 }).nullable(),
  next_file: z.string(),
  next_fingerprint: fingerprint.nullable(),
});
