import { laterOf } from '../domain/clock.ts';
import { SESSION_LIFETIME_MS } from '../domain/session.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, type UserView } from '../store/people.ts';
import { insertSession, type Session } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { WAIVED } from './guarded-writes.ts';
import { tokenHashOf } from './authenticate.ts';
import { acceptPassword, checkPassword, type PasswordAttempt } from './check-password.ts';

export interface SessionView extends UserView {
  readonly session: Session;
}

/**
 * Opens a session for a person who knows their password. `token` is 256 random bits that the caller keeps; the database gets its
 * hash. Throws auth LOGIN_FAILED or LOGIN_LOCKED.
 */
export async function logIn(store: Store, request: PasswordAttempt & { readonly token: string }): Promise<SessionView> {
  const checked = await checkPassword(store, request);
  return store.write(async (tx) => {
    await acceptPassword(tx, checked);
    // Where this machine's clock is off, the time of the office stands still; sessions still end.
    const openedAt = laterOf(tx.guard.clock, tx.now);
    const session = await insertSession(tx, {
      userId: checked.id,
      tokenHash: tokenHashOf(request.token),
      openedAt,
      expiresAt: new Date(openedAt.getTime() + SESSION_LIFETIME_MS),
      origin: `${request.origin.ipAddress ?? 'local'} ${request.origin.userAgent}`,
    });
    await recordOfficeEvent(tx, {
      actor: checked.username,
      action: 'session.opened',
      subject: checked.username,
      origin: request.origin,
      payload: { session: session.id, expires_at: session.expiresAt },
    });
    return { ...(await getUser(tx, checked.id)), session };
  }, WAIVED);
}
