import type { Role } from '../domain/access.ts';
import type { Scope } from '../domain/token.ts';
import type { GrantView, UserView } from '../store/people.ts';
import type { Session } from '../store/sessions.ts';
import type { Token } from '../store/tokens.ts';
import { totpDocument, type TotpDocument } from './totp.ts';

export interface GrantDocument {
  readonly role: Role;
  /** Codes; null all through for the whole office. */
  readonly company: string | null;
  readonly region: string | null;
  readonly branch: string | null;
  readonly granted_by: string;
  readonly granted_at: string;
  /** When it ends by itself; null never. */
  readonly until: string | null;
}

export interface UserDocument {
  readonly id: string;
  readonly ref: string;
  readonly username: string;
  readonly email: string;
  readonly phone: string | null;
  readonly name: string;
  readonly status: 'active' | 'disabled';
  readonly roles: readonly Role[];
  readonly grants: readonly GrantDocument[];
  /** The change about them that waits to be confirmed. */
  readonly pending_change: string | null;
  readonly disabled_at: string | null;
  readonly locked_until: string | null;
  readonly otp_locked_at: string | null;
  readonly totp: TotpDocument;
  readonly created_at: string;
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A person with the roles they hold now. Nothing of the password. */
export const userDocument = ({ user, grants, pendingChange, totp }: UserView): UserDocument => ({
  id: user.id,
  ref: user.ref,
  username: user.username,
  email: user.email,
  phone: user.phone,
  name: user.displayName,
  status: user.disabledAt === null ? 'active' : 'disabled',
  roles: rolesOf(grants),
  grants: grants.map(grantDocument),
  pending_change: pendingChange,
  disabled_at: instant(user.disabledAt),
  locked_until: instant(user.lockedUntil),
  otp_locked_at: instant(user.otpLockedAt),
  totp: totpDocument(totp),
  created_at: user.createdAt.toISOString(),
});

const rolesOf = (grants: readonly GrantView[]): Role[] => [...new Set(grants.map(({ role }) => role))];

const grantDocument = ({ role, company, region, branch, grantedBy, grantedAt, endsAt }: GrantView): GrantDocument => ({
  role,
  company,
  region,
  branch,
  granted_by: grantedBy,
  granted_at: grantedAt.toISOString(),
  until: instant(endsAt),
});

/** `cashier at WESTLANDS`, `admin of the office`, `cashier at MOMBASA until 2026-12-31T21:00Z`: the roles that people read. */
export const grantWords = (grants: readonly GrantDocument[]): string =>
  grants
    .map(({ role, company, region, branch, until }) => {
      const place = branch ?? region ?? company;
      const words = place === null ? `${role} of the office` : `${role} at ${place}`;
      return until === null ? words : `${words} until ${until.replace(/:\d\d\.\d{3}Z$/, 'Z')}`;
    })
    .join(', ') || 'no role';

export interface SessionDocument {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly grants: readonly GrantDocument[];
  readonly created_at: string;
  readonly last_used_at: string;
  /** When it ends if it is not used again. */
  readonly idle_expires_at: string;
  /** When it ends whatever happens. */
  readonly expires_at: string;
  readonly revoked_at: string | null;
  /** The token that acts for this person; null for a login. */
  readonly token: { readonly ref: string; readonly name: string; readonly scopes: readonly Scope[] } | null;
  readonly totp: TotpDocument;
}

/** A login: who, with which roles, until when. Nothing of its secret. */
export const sessionDocument = (
  { user, grants, totp }: UserView,
  session: Session,
  idleExpiresAt: Date,
): SessionDocument => ({
  username: user.username,
  name: user.displayName,
  email: user.email,
  roles: rolesOf(grants),
  grants: grants.map(grantDocument),
  created_at: session.createdAt.toISOString(),
  last_used_at: session.lastUsedAt.toISOString(),
  idle_expires_at: idleExpiresAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  revoked_at: instant(session.revokedAt),
  token: null,
  totp: totpDocument(totp),
});

/** A token in use, as `whoami` tells it: it does not end by resting. */
export const tokenSessionDocument = (
  { user, grants, totp }: UserView,
  token: Token,
  scopes: readonly Scope[],
): SessionDocument => ({
  username: user.username,
  name: user.displayName,
  email: user.email,
  roles: rolesOf(grants),
  grants: grants.map(grantDocument),
  created_at: token.createdAt.toISOString(),
  last_used_at: (token.lastUsedAt ?? token.createdAt).toISOString(),
  idle_expires_at: token.expiresAt.toISOString(),
  expires_at: token.expiresAt.toISOString(),
  revoked_at: instant(token.revokedAt),
  token: { ref: token.ref, name: token.name, scopes },
  totp: totpDocument(totp),
});
