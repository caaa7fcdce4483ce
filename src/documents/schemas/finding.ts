import { z } from 'zod';

/** `doctor`: what one check found. */
export const findingSchema = z.strictObject({
  id: z.string(),
  status: z.enum(['ok', 'advice', 'broken']),
  message: z.string(),
  fix: z.string().nullable(),
});
