import type { Origin } from '../domain/access.ts';
import { LAST_USE_INTERVAL_MS } from '../domain/session.ts';
import { findSession, touchSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { judgeSession, tokenHashOf } from './authenticate.ts';

/**
 * A store in which nothing is begun any more once a session has ended: by logging out, a new password, a lock-out, or its time. Asked
 * first in each transaction, by one indexed read, for what runs for long; running is use, and is noted once a minute as any other.
 * What was begun must be finished through the plain store. Throws auth SESSION_MISSING or SESSION_EXPIRED.
 */
export function whileSessionLives(store: Store, login: { readonly secret: string; readonly origin: Origin }): Store {
  const tokenHash = tokenHashOf(login.secret);
  const requireLive = async (tx: Tx): Promise<void> => {
    const { session } = judgeSession(await findSession(tx, { tokenHash }), login.origin, tx.now);
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
