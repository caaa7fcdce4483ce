import { z } from 'zod';
import { ROLES } from '../../domain/access.ts';
import { MATTERS, type Matter } from '../../domain/status.ts';

const instant = z.iso.datetime({ precision: 3 });

const matterSchema = z.strictObject({
  count: z.int().min(0),
  items: z.array(
    z.strictObject({
      ref: z.string(),
      batch: z.string().nullable(),
      name: z.string().nullable(),
      amount: z.string().nullable(),
      amount_minor: z.int().nullable(),
      currency: z.string().length(3).nullable(),
      who: z.string().nullable(),
      since: instant.nullable(),
      count: z.int().min(1).nullable(),
      oldest: z.iso.date().nullable(),
      age_days: z.int().min(0).nullable(),
      command: z.string(),
    }),
  ),
  command: z.string(),
});

export const statusSchema = z.strictObject({
  username: z.string(),
  name: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  places: z.array(z.strictObject({ role: z.enum(ROLES), place: z.string().nullable(), until: instant.nullable() })),
  token: z.string().nullable(),
  session_idle_expires_at: instant.nullable(),
  session_expires_at: instant.nullable(),
  waiting: z.strictObject(
    Object.fromEntries(MATTERS.map((matter) => [matter, matterSchema])) as Record<Matter, typeof matterSchema>,
  ),
});
