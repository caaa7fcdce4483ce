import { CLOCK_TOLERANCE_MS } from './clock.ts';
import type { Grant, Role } from './access.ts';

const MINUTE_MS = 60 * 1000;
export const SESSION_LIFETIME_MS = 12 * 60 * MINUTE_MS;
export const IDLE_LIMIT_MS = 30 * MINUTE_MS;
export const STRICT_IDLE_LIMIT_MS = 15 * MINUTE_MS;
/** Last use is noted at most this often. */
export const LAST_USE_INTERVAL_MS = MINUTE_MS;

const STRICT_ROLES: readonly Role[] = ['approver', 'treasurer', 'cfo', 'admin'];

/** How long a session may rest: shorter for those who approve, manage money or people. */
export const idleLimitMs = (grants: readonly Pick<Grant, 'role'>[]): number =>
  grants.some(({ role }) => STRICT_ROLES.includes(role)) ? STRICT_IDLE_LIMIT_MS : IDLE_LIMIT_MS;

/** The last instant at which a session is still good, as things stand: the idle limit or its absolute end. */
export const sessionEndsAt = (
  session: { readonly lastUsedAt: Date; readonly expiresAt: Date },
  grants: readonly Pick<Grant, 'role'>[],
): Date => new Date(Math.min(session.lastUsedAt.getTime() + idleLimitMs(grants), session.expiresAt.getTime()));

/** Whether a session was opened by a clock that has been put back since: it would live too long, so it is over. */
export const opensLater = (session: { readonly createdAt: Date }, now: Date): boolean =>
  session.createdAt.getTime() - now.getTime() > CLOCK_TOLERANCE_MS;
