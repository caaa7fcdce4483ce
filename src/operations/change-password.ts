import { requireAbility, type Actor } from '../domain/access.ts';
import { passwordFault } from '../domain/people.ts';
import { usage } from '../domain/problem.ts';
import { hashPassword } from '../gateways/passwords.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, lockUser, resolveUser, updateUser, voidOpenCodes, type UserView } from '../store/people.ts';
import { revokeSessions } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { acceptPassword, checkPassword } from './check-password.ts';
import { lockOfficeAs } from './manage-office.ts';

export interface PasswordChanged {
  readonly view: UserView;
  readonly sessionsEnded: number;
}

/**
 * Gives oneself another password, after the current one, or (admins) gives one to somebody else. Every session of that person ends,
 * so that whoever knew the old password is out. Throws usage PASSWORD_INVALID, auth LOGIN_FAILED or LOGIN_LOCKED, forbidden.
 */
export async function changeOwnPassword(
  store: Store,
  actor: Actor,
  request: { current: string; password: string },
): Promise<PasswordChanged> {
  refuseUnfit(request.password);
  const checked = await checkPassword(store, {
    username: actor.username,
    password: request.current,
    origin: actor.origin,
  });
  const passwordHash = await hashPassword(request.password);
  return store.write(async (tx) => {
    await acceptPassword(tx, checked);
    return replacePassword(tx, actor, { userId: checked.id, passwordHash, action: 'user.password_changed' });
  });
}

/** Gives another person a new password. Admins only; never oneself, where the current password is asked for. */
export async function resetPassword(
  store: Store,
  admin: Actor,
  request: { username: string; password: string },
): Promise<PasswordChanged> {
  requireAbility(admin, 'office.manage');
  refuseUnfit(request.password);
  const passwordHash = await hashPassword(request.password);
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    if (userId === admin.userId) throw currentNeeded();
    return replacePassword(tx, admin, { userId, passwordHash, action: 'user.password_reset' });
  });
}

async function replacePassword(
  tx: Tx,
  actor: Actor,
  { userId, passwordHash, action }: { userId: string; passwordHash: string; action: string },
): Promise<PasswordChanged> {
  const { username } = await lockUser(tx, userId);
  await updateUser(tx, userId, { passwordHash });
  const sessionsEnded = await revokeSessions(tx, userId);
  const codesVoided = await voidOpenCodes(tx, userId);
  const payload = { sessions_ended: sessionsEnded, codes_voided: codesVoided };
  await recordOfficeEvent(tx, { actor: actor.username, action, subject: username, origin: actor.origin, payload });
  return { view: await getUser(tx, userId), sessionsEnded };
}

function refuseUnfit(password: string): void {
  const fault = passwordFault(password);
  if (fault !== null) throw usage('PASSWORD_INVALID', `${fault}.`, { unchanged: 'The password is as it was.' });
}

const currentNeeded = () =>
  usage('CURRENT_PASSWORD_MISSING', 'Your own password is changed after giving the current one.', {
    unchanged: 'The password is as it was.',
    fix: 'add --current-password-file F',
  });
