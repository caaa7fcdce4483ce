import { z } from 'zod';

export const settingSchema = z.strictObject({
  key: z.string(),
  value: z.string().nullable(),
  origin: z.enum(['flag', 'environment', 'config file', 'default', 'office']),
});
