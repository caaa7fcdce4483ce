import { laterOf } from '../domain/clock.ts';
import { isRole, type Actor, type Grant, type Origin } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { LAST_USE_INTERVAL_MS, opensLater, sessionEndsAt } from '../domain/session.ts';
import type { HolderRow } from '../store/holders.ts';
import { findSession, touchSession, type Session, type SessionRow } from '../store/sessions.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

/** What the database keeps of the secret of a session or token: its SHA-256. */
export const tokenHashOf = (token: string): string => sha256Hex(token);

/** A person with the session that says who they are. */
export interface LoggedIn {
  readonly actor: Actor;
  readonly session: Session;
}

/**
 * Who holds a token, with the roles they hold now. One read; the last use is then noted, at most once a minute, in a way that
 * never makes a read wait or fail. Throws auth SESSION_MISSING or SESSION_EXPIRED.
 */
export async function authenticate(
  store: Store,
  request: { readonly token: string; readonly now: Date; readonly origin: Origin },
): Promise<Actor> {
  const rows = await store.read((tx) => findSession(tx, { tokenHash: tokenHashOf(request.token) }));
  const { actor, session } = judgeSession(rows, request.origin, request.now);
  const before = new Date(request.now.getTime() - LAST_USE_INTERVAL_MS);
  if (session.lastUsedAt <= before) await noteLastUse(store, (tx) => touchSession(tx, session.id, before));
  return actor;
}

/** The person and session behind what `findSession` found. Throws auth SESSION_MISSING or SESSION_EXPIRED. */
export function judgeSession(rows: readonly SessionRow[], origin: Origin, now: Date): LoggedIn {
  const [first] = rows;
  if (first === undefined || first.user.disabledAt !== null || first.session.revokedAt !== null) {
    throw sessionMissing(first?.user.disabledAt === null ? first.user.username : undefined);
  }
  const { session } = first;
  const actor = actorOf(first, rows, origin);
  const latest = laterOf(now, first.newestAt);
  if (latest > sessionEndsAt(session, actor.grants) || opensLater(session, latest))
    throw sessionExpired(actor.username);
  return { actor, session };
}

/** The person in rows of their roles. */
export const actorOf = (
  { user: { id: userId, username, email, phone } }: Pick<HolderRow, 'user'>,
  rows: readonly HolderRow[],
  origin: Origin,
): Actor => ({
  userId,
  username,
  email,
  phone,
  grants: rows.flatMap(({ grant }) => (grant === null ? [] : liveGrant(grant))),
  origin,
});

const liveGrant = (grant: NonNullable<HolderRow['grant']>): Grant[] =>
  isRole(grant.role) ? [{ ...grant, role: grant.role }] : [];

/** What is not allowed to disturb a read: another writer, a disk or file that takes no writes, or a guard that refuses them. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['DATABASE_BUSY', 'READ_ONLY', 'DISK_FULL', 'DATABASE_NOT_WRITABLE', 'SCHEMA_ALTERED'],
  ...['CLOCK_BEHIND', 'CLOCK_AHEAD', 'DATABASE_BEHIND', 'DATABASE_DIFFERS'],
  ...['DATABASE_READ_ONLY', 'DATABASE_FORBIDS'],
]);

/** Notes a use in a transaction of its own that waits for nobody: where it cannot be noted at once, it is not. */
export async function noteLastUse(store: Store, note: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await store.write(note, { patience: 'none' });
  } catch (error) {
    if (!(error instanceof Problem) || !HARMLESS.has(error.code)) throw error;
  }
}

/** Nobody is logged in, or the session was ended. */
export const sessionMissing = (username = 'NAME'): Problem =>
  new Problem('auth', 'SESSION_MISSING', 'You are not logged in.', {
    unchanged: 'Nothing was changed.',
    fix: `treasury login --user ${username}`,
  });

const sessionExpired = (username: string): Problem =>
  new Problem('auth', 'SESSION_EXPIRED', `The session of ${username} has ended.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury login --user ${username}`,
  });
