import { bringUpToDate, type Actor } from '../domain/access.ts';
import { LAST_USE_INTERVAL_MS } from '../domain/session.ts';
import { findSession, touchSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { judgeSession, sessionMissing, tokenHashOf } from './authenticate.ts';

/**
 * A store in which nothing is begun any more once the session of a person has ended: by logging out, a new password, a lock-out, or its time. Asked
 * first in each transaction, by one indexed read, for what runs for long; the person goes on with the roles that they hold then. Running is
 * use, and is noted once a minute as any other. What was begun must be finished through the plain store. Throws auth SESSION_MISSING, also
 * for a session of somebody else, or SESSION_EXPIRED.
 */
export function whileSessionLives(store: Store, person: Actor, secret: string): Store {
  const tokenHash = tokenHashOf(secret);
  const requireLive = async (tx: Tx): Promise<void> => {
    const { actor, session } = judgeSession(await findSession(tx, { tokenHash }), person.origin, tx.now);
    if (actor.userId !== person.userId) throw sessionMissing(person.username);
    bringUpToDate(person, actor);
    const before = new Date(tx.now.getTime() - LAST_USE_INTERVAL_MS);
    if (session.lastUsedAt <= before) await touchSession(tx, session.id, before);
  };
  return {
    ...{ dialect: store.dialect, location: store.location, close: () => store.close() },
    read: (work) => store.read(work),
    write: (work, options) =>
      store.write(async (tx) => {
        await requireLive(tx);
        return work(tx);
      }, options),
  };
}
