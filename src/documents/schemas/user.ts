import { z } from 'zod';
import { ROLES } from '../../domain/access.ts';
import { allScopes } from '../../domain/token.ts';

const instant = z.iso.datetime({ precision: 3 });

const grantSchema = z.strictObject({
  role: z.enum(ROLES),
  company: z.string().nullable(),
  region: z.string().nullable(),
  branch: z.string().nullable(),
  granted_by: z.string(),
  granted_at: instant,
  until: instant.nullable(),
});

const totp = { enrolled: z.boolean(), since: instant.nullable(), recovery_codes_left: z.int().min(0).max(10) };

const totpSchema = z.strictObject(totp);

/** `user totp`: secrets are there only in the answer of the command that made them. */
export const enrolmentSchema = z.strictObject({
  user: z.string(),
  state: z.enum(['none', 'pending', 'enrolled']),
  ...totp,
  secret: z.string().nullable(),
  uri: z.string().startsWith('otpauth://totp/').nullable(),
  expires_at: instant.nullable(),
  recovery_codes: z.array(z.string()).length(10).nullable(),
});

export const userSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('usr_'),
  username: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  name: z.string(),
  status: z.enum(['active', 'disabled']),
  roles: z.array(z.enum(ROLES)),
  grants: z.array(grantSchema),
  pending_change: z.string().startsWith('chg_').nullable(),
  disabled_at: instant.nullable(),
  locked_until: instant.nullable(),
  otp_locked_at: instant.nullable(),
  totp: totpSchema,
  created_at: instant,
});

export const sessionSchema = z.strictObject({
  username: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.enum(ROLES)),
  grants: z.array(grantSchema),
  created_at: instant,
  last_used_at: instant,
  idle_expires_at: instant,
  expires_at: instant,
  revoked_at: instant.nullable(),
  token: z
    .strictObject({ ref: z.string().startsWith('tok_'), name: z.string(), scopes: z.array(z.enum(allScopes())) })
    .nullable(),
  totp: totpSchema,
});

export const tokenSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('tok_'),
  name: z.string(),
  user: z.string(),
  scopes: z.array(z.enum(allScopes())),
  status: z.enum(['active', 'expired', 'revoked']),
  created_at: instant,
  expires_at: instant,
  last_used_at: instant.nullable(),
  revoked_at: instant.nullable(),
});
