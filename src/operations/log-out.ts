import type { Origin } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { getUser } from '../store/people.ts';
import { findSession, revokeSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { tokenHashOf } from './authenticate.ts';
import { WAIVED } from './guarded-writes.ts';
import type { SessionView } from './log-in.ts';

/** Ends the session of a token. Answers it, or null when no open session has this token: ending it twice is no fault. */
export async function logOut(store: Store, request: { token: string; origin: Origin }): Promise<SessionView | null> {
  return store.write(async (tx) => {
    await lockOffice(tx);
    const [found] = await findSession(tx, { tokenHash: tokenHashOf(request.token) });
    if (found === undefined || !(await revokeSession(tx, found.session.id))) return null;
    const { username } = found.user;
    const payload = { session: found.session.id };
    await recordOfficeEvent(tx, {
      actor: username,
      action: 'session.closed',
      subject: username,
      origin: request.origin,
      payload,
    });
    return { ...(await getUser(tx, found.user.id)), session: { ...found.session, revokedAt: tx.now } };
  }, WAIVED);
}
