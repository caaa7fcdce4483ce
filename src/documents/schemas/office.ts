import { z } from 'zod';

export const officeSchema = z.strictObject({
  created: z.boolean(),
  database: z.string(),
  company: z.string().nullable(),
  admin: z.string().nullable(),
  currency: z.string().length(3),
  timezone: z.string(),
  mail_url: z.string(),
  mail_from: z.string(),
  pepper_file: z.string(),
  pepper_fingerprint: z.string(),
  created_at: z.iso.datetime({ precision: 3 }).nullable(),
});

const databaseRole = z.strictObject({ role: z.string(), applied: z.boolean(), sql: z.array(z.string()) });

export const migrationSchema = z.strictObject({
  location: z.string(),
  applied: z.array(z.string()),
  pending: z.array(z.string()),
  repair: z
    .strictObject({ repaired: z.array(z.string()), left: z.array(z.string()), fix: z.string().nullable() })
    .nullable(),
  app_role: databaseRole.nullable(),
  auditor_role: databaseRole.nullable(),
});
