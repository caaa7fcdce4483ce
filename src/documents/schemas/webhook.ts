import { z } from 'zod';

const instant = z.iso.datetime({ precision: 3 });

/** `webhook add`, `remove`, `test`, and each item of `webhook list`. */
export const webhookSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('whk_'),
  url: z.url(),
  events: z.array(z.string()),
  status: z.enum(['active', 'removed']),
  waiting: z.int().nonnegative(),
  last_delivered_at: instant.nullable(),
  last_error: z.string().nullable(),
  created_by: z.string(),
  created_at: instant,
  removed_at: instant.nullable(),
});
