import { z } from 'zod';

export const placeSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['company', 'region', 'branch']),
  code: z.string(),
  name: z.string(),
  company: z.string(),
  region: z.string().nullable(),
  depth: z.int().min(0).max(2),
  funds: z.array(z.string()),
  created_at: z.iso.datetime({ precision: 3 }),
});
