import { requireAbility, type Actor } from '../domain/access.ts';
import { commonPlace, type Shown } from '../domain/change.ts';
import { passwordFault } from '../domain/people.ts';
import { usage } from '../domain/problem.ts';
import { hashPassword } from '../gateways/passwords.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { passwordHashOf } from '../store/passwords.ts';
import { getUser, lockUser, resolveUser, updateUser, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Tx } from '../store/transaction.ts';
import { acceptPassword, checkPassword } from './check-password.ts';
import { lockOfficeAs } from './manage-office.ts';
import { shutOut, type ShutOut } from './shut-out.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  subjectOf,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface PasswordChanged {
  readonly view: UserView;
  readonly ended: ShutOut;
}

/**
 * Gives oneself another password, after the current one, or (admins) gives one to somebody else. Every session and token of that person ends,
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
    return replacePassword(tx, alone(actor), { userId: checked.id, passwordHash, action: 'user.password_changed' });
  });
}

/**
 * Gives another person a new password; once the office has paid that is a change for two, which keeps the hash. Admins only;
 * never oneself, where the current password is asked for.
 */
export async function resetPassword(
  store: Store,
  admin: Actor,
  request: { username: string; password: string; reason?: string | null },
): Promise<PasswordChanged | Proposed> {
  requireAbility(admin, 'office.manage');
  refuseUnfit(request.password);
  const passwordHash = await hashPassword(request.password);
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    if (userId === admin.userId) throw currentNeeded();
    if (await needsTwo(tx)) return proposePassword(tx, admin, { userId, passwordHash, reason: request.reason ?? null });
    return replacePassword(tx, alone(admin), { userId, passwordHash, action: RESET });
  });
}

const RESET = 'user.password_reset';
const PRESENT: Shown = { password: 'the present one' };

async function proposePassword(
  tx: Tx,
  admin: Actor,
  { userId, passwordHash, reason }: { userId: string; passwordHash: string; reason: string | null },
): Promise<Proposed> {
  const { user, grants } = await getUser(tx, userId);
  const present = await passwordHashOf(tx, userId);
  return propose(tx, admin, {
    kind: passwordChange,
    subject: user.username,
    subjectUserId: user.id,
    place: commonPlace(grants),
    before: PRESENT,
    after: { password: 'a new one' },
    payload: { password_hash: passwordHash, was: sha256Hex(present) },
    reason,
    tell: [user.email],
  });
}

interface PasswordPayload {
  readonly password_hash: string;
  /** SHA-256 of the hash that it replaces. */
  readonly was: string;
}

export const passwordChange: ChangeKind = {
  kind: 'user.password',
  ofPerson: true,
  present: async (tx, change) => {
    const user = await lockUser(tx, subjectOf(change));
    const { was } = payloadOf<PasswordPayload>(change);
    return sha256Hex(user.passwordHash) === was ? PRESENT : { password: 'another one since' };
  },
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    const { password_hash: passwordHash } = payloadOf<PasswordPayload>(change);
    await replacePassword(tx, authority, { userId: subjectOf(change), passwordHash, action: RESET });
    return { lines: [], next: [`treasury user show ${change.subject}`] };
  },
};

async function replacePassword(
  tx: Tx,
  authority: Authority,
  { userId, passwordHash, action }: { userId: string; passwordHash: string; action: string },
): Promise<PasswordChanged> {
  const { username } = await lockUser(tx, userId);
  await updateUser(tx, userId, { passwordHash });
  const ended = await shutOut(tx, userId);
  await recordOfficeEvent(tx, happeningBy(authority, { action, subject: username, payload: { ...ended } }));
  return { view: await getUser(tx, userId), ended };
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
