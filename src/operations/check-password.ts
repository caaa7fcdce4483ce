import { Problem } from '../domain/problem.ts';
import { LOGIN_LOCK_MS, LOGIN_TRIES, loginLockHolds } from '../domain/people.ts';
import { passwordMatches } from '../gateways/passwords.ts';
import type { Origin } from '../domain/access.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { findUserByName, lockUser, updateUser } from '../store/people.ts';
import { WAIVED } from './guarded-writes.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

export interface PasswordAttempt {
  readonly username: string;
  readonly password: string;
  readonly origin: Origin;
}

/**
 * The user whose password this is. Every try counts as failed, and that is committed, before the password is compared: a kill in
 * between gains nothing. The tenth locks the user for 15 minutes. Unknown and disabled users take as long and answer the same.
 * Throws auth LOGIN_FAILED or LOGIN_LOCKED. The caller acts in a transaction of its own that begins with `acceptPassword`.
 */
export async function checkPassword(store: Store, attempt: PasswordAttempt): Promise<Row<'users'>> {
  const user = await store.write((tx) => countTry(tx, attempt), { ...WAIVED, apart: true });
  const matches = await passwordMatches(user?.passwordHash ?? null, attempt.password);
  if (user === null || !matches) throw loginFailed();
  return user;
}

/** The user who may try now, with the try counted; null when there is none. */
async function countTry(tx: Tx, { username, origin }: PasswordAttempt): Promise<Row<'users'> | null> {
  await lockOffice(tx);
  const found = await findUserByName(tx, username);
  if (found === undefined || found.disabledAt !== null) return null;
  const user = await lockUser(tx, found.id);
  // By this machine's clock: where it is off, the time of the office stands still, and a lock would never end.
  const now = tx.guard.clock;
  if (user.lockedUntil !== null && loginLockHolds(user.lockedUntil, now))
    throw loginLocked(user.username, user.lockedUntil);
  // A lock that has run out starts the count anew.
  const failedLogins = (user.lockedUntil === null ? user.failedLogins : 0) + 1;
  const lockedUntil = failedLogins >= LOGIN_TRIES ? new Date(now.getTime() + LOGIN_LOCK_MS) : null;
  await updateUser(tx, user.id, { failedLogins, lockedUntil });
  if (lockedUntil !== null) {
    const payload = { failed_logins: failedLogins, locked_until: lockedUntil };
    await recordOfficeEvent(tx, { actor: 'system', action: 'user.locked', subject: user.username, origin, payload });
  }
  return user;
}

/** Forgets the counted failures once a password was right. Throws LOGIN_FAILED when user or password changed meanwhile. */
export async function acceptPassword(tx: Tx, checked: Row<'users'>): Promise<void> {
  await lockOffice(tx);
  const user = await lockUser(tx, checked.id);
  if (user.disabledAt !== null || user.passwordHash !== checked.passwordHash) throw loginFailed();
  await updateUser(tx, user.id, { failedLogins: 0, lockedUntil: null });
}

const loginFailed = (): Problem =>
  new Problem('auth', 'LOGIN_FAILED', 'This user and password do not belong together.', {
    unchanged: 'Nothing was changed.',
    fix: 'treasury login --user NAME',
  });

const loginLocked = (username: string, until: Date): Problem =>
  new Problem(
    'auth',
    'LOGIN_LOCKED',
    `After ${LOGIN_TRIES} failed logins ${username} is locked until ${until.toISOString()}.`,
    { unchanged: 'Nothing was changed.', fix: `wait, or ask an admin: treasury user unlock ${username}` },
  );
