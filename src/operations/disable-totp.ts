import type { Actor } from '../domain/access.ts';
import { commonPlace, type Shown } from '../domain/change.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { putLetters } from '../store/outbox.ts';
import { getUser, lockUser, resolveUser, voidOpenCodes, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { endEnrolment, lockEnrolmentInForce } from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { acceptPassword, checkPassword } from './check-password.ts';
import { lockOfficeAs } from './manage-office.ts';
import { countWrongCode } from './otp-lock.ts';
import { ownTotpLetter } from './totp-letters.ts';
import { notEnrolled, tryOwnCode, useProof, wrongOwnCode } from './totp-proof.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  propose,
  subjectOf,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface DisableRequest {
  readonly password: string;
  /** Of the app, or a recovery code. */
  readonly code: string;
  readonly pepper: Buffer;
}

/**
 * Disables one's own app, after the password and a code; codes are mailed again. The password comes first, so that a wrong one uses no
 * code up. Throws auth LOGIN_FAILED, LOGIN_LOCKED, OTP_INVALID or OTP_LOCKED, refused TOTP_NOT_ENROLLED.
 */
export async function disableOwnTotp(store: Store, actor: Actor, request: DisableRequest): Promise<UserView> {
  const { username, origin } = actor;
  const checked = await checkPassword(store, { username, password: request.password, origin });
  await store.write((tx) => acceptPassword(tx, checked), { apart: true });
  const proof = await tryOwnCode(store, actor, { ...request, enrolment: 'in_force' });
  const view = await store.write(async (tx) => {
    await acceptPassword(tx, checked);
    const by = await useProof(tx, proof);
    if (by === null) return null;
    await countWrongCode(tx, actor, -1);
    return endTotp(tx, alone(actor), { userId: actor.userId, by });
  });
  if (view === null) throw await wrongOwnCode(store, actor, 'The app is still enrolled.');
  return view;
}

/**
 * Disables another person's app, whose phone is lost: an admin's act, and once the office has paid a change for two. Throws forbidden,
 * refused TOTP_NOT_ENROLLED.
 */
export async function disableTotpOf(
  store: Store,
  admin: Actor,
  request: { username: string; reason: string | null },
): Promise<UserView | Proposed> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    await lockUser(tx, userId);
    const view = await getUser(tx, userId);
    if (view.totp === null) throw notEnrolled(view.user.username);
    if (await needsTwo(tx)) return proposeDisabling(tx, admin, view, request.reason);
    return endTotp(tx, alone(admin), { userId, by: 'admin' });
  });
}

const shown = ({ totp }: UserView): Shown => ({
  totp: totp === null ? 'none' : `enrolled ${totp.since.toISOString()}`,
});

const proposeDisabling = (tx: Tx, admin: Actor, view: UserView, reason: string | null): Promise<Proposed> =>
  propose(tx, admin, {
    kind: totpDisabling,
    subject: view.user.username,
    subjectUserId: view.user.id,
    place: commonPlace(view.grants),
    before: shown(view),
    after: { totp: 'none' },
    payload: {},
    reason,
    tell: [view.user.email],
  });

export const totpDisabling: ChangeKind = {
  kind: 'user.totp',
  ofPerson: true,
  present: async (tx, change) => {
    await lockUser(tx, subjectOf(change));
    return shown(await getUser(tx, subjectOf(change)));
  },
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    await endTotp(tx, authority, { userId: subjectOf(change), by: 'admin' });
    return { lines: [], next: [`treasury user show ${change.subject}`] };
  },
};

async function endTotp(
  tx: Tx,
  authority: Authority,
  { userId, by }: { userId: string; by: 'app' | 'recovery' | 'admin' },
): Promise<UserView> {
  const { username, email } = await lockUser(tx, userId);
  const enrolment = await lockEnrolmentInForce(tx, userId);
  if (enrolment === undefined) throw notEnrolled(username);
  const recoveryCodes = await endEnrolment(tx, enrolment.id, 'disabled');
  const payload = { by, recovery_codes_voided: recoveryCodes, codes_voided: await voidOpenCodes(tx, userId) };
  await recordOfficeEvent(tx, happeningBy(authority, { action: 'totp.disabled', subject: username, payload }));
  // Of a change for two everybody concerned is told anyway.
  if (authority.confirmed === null) await putLetters(tx, [ownTotpLetter({ username, email }, 'disabled')]);
  return getUser(tx, userId);
}
