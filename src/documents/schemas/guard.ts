import { z } from 'zod';

const instant = z.iso.datetime({ precision: 3 });

/** `guard show`, and `guard accept` where nothing has to be confirmed. */
export const guardSchema = z.strictObject({
  clock: z.strictObject({
    verdict: z.enum(['right', 'behind', 'ahead']),
    now: instant,
    newest_event: instant.nullable(),
    off_by_ms: z.int().nullable(),
  }),
  heads_directory: z.string(),
  heads: z.array(
    z.strictObject({
      chain: z.string(),
      seq: z.int().nonnegative(),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      verdict: z.enum(['present', 'missing', 'accepted']),
      present_seq: z.int().nonnegative().nullable(),
    }),
  ),
});
