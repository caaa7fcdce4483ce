import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const auditEventSchema = z.strictObject({
  chain: z.string(),
  seq: z.int().positive(),
  at: z.iso.datetime({ precision: 3 }).nullable(),
  actor: z.string().nullable(),
  action: z.string().nullable(),
  subject: z.string().nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  payload: z.unknown(),
  previous_hash: hash,
  hash,
});
