import type { Origin } from '../domain/access.ts';
import { getUser } from '../store/people.ts';
import { findSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { judgeSession, tokenHashOf } from './authenticate.ts';
import type { SessionView } from './log-in.ts';

/** The person and session behind a token. Throws auth as `authenticate` does. */
export async function showSession(store: Store, request: { token: string; origin: Origin }): Promise<SessionView> {
  return store.read(async (tx) => {
    const { actor, session } = judgeSession(
      await findSession(tx, { tokenHash: tokenHashOf(request.token) }),
      request.origin,
      tx.now,
    );
    return { ...(await getUser(tx, actor.userId)), session };
  });
}
