import type { Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { enrolmentDeadline, enrolmentExpired, otpauthUri } from '../domain/totp.ts';
import { base32Of, newRecoveryCodes, newTotpSecret, recoveryCodeHash, sealSecret } from '../gateways/totp.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { findOfficeSetUp } from '../store/office.ts';
import { putLetters } from '../store/outbox.ts';
import { getUser, voidOpenCodes, type UserView } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import {
  confirmEnrolment,
  endEnrolment,
  insertEnrolment,
  insertRecoveryCodes,
  lockEnrolment,
  type LiveEnrolment,
} from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { acceptPassword, checkPassword } from './check-password.ts';
import { countWrongCode } from './otp-lock.ts';
import { requirePepperInForce } from './pepper-in-force.ts';
import { ownTotpLetter } from './totp-letters.ts';
import { enrolmentEnded, notBegun, tryOwnCode, wrongOwnCode } from './totp-proof.ts';

/** What an app needs to know; shown once, to its owner. */
export interface BegunEnrolment {
  /** In base 32. */
  readonly secret: string;
  readonly uri: string;
  readonly expiresAt: Date;
}

/**
 * Begins to enrol one's own app, after one's password: a stolen session has none. The secret is kept sealed; it counts once its first
 * code was given (`confirmEnrolment`), within ten minutes. One that was begun before and not confirmed ends.
 * Throws auth LOGIN_FAILED or LOGIN_LOCKED, refused TOTP_ENROLLED.
 */
export async function beginEnrolment(
  store: Store,
  actor: Actor,
  request: { password: string; pepper: Buffer },
): Promise<BegunEnrolment> {
  const { username, userId, origin } = actor;
  await store.read((tx) => refuseEnrolled(tx, actor));
  const checked = await checkPassword(store, { username, password: request.password, origin });
  const secret = newTotpSecret();
  const sealed = sealSecret(secret, { pepper: request.pepper, userId });
  const base32 = await base32Of(secret);
  return store.write(async (tx) => {
    await acceptPassword(tx, checked);
    await requirePepperInForce(tx, request.pepper);
    const before = await refuseEnrolled(tx, actor);
    if (before !== undefined) await endEnrolment(tx, before.id, 'superseded');
    const expiresAt = enrolmentDeadline(tx.now);
    await insertEnrolment(tx, { userId, secret: sealed, expiresAt });
    const payload = { expires_at: expiresAt };
    await recordOfficeEvent(tx, { actor: username, action: 'totp.begun', subject: username, origin, payload });
    return { secret: base32, uri: otpauthUri({ issuer: await issuerOf(tx), username, secret: base32 }), expiresAt };
  });
}

/** The enrolment that was begun and not confirmed, if any. Throws refused TOTP_ENROLLED for one that is in force. */
async function refuseEnrolled(tx: Tx, { userId, username }: Actor): Promise<LiveEnrolment | undefined> {
  const enrolment = await lockEnrolment(tx, userId);
  if (enrolment === undefined || enrolment.confirmedAt === null) return enrolment;
  throw new Problem('refused', 'TOTP_ENROLLED', `${username} has enrolled an app already.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury user totp disable, with a code of that app or a recovery code; then enrol the new one',
  });
}

/** The office's name in the list of an app: short, so that the QR code stays small. */
async function issuerOf(tx: Tx): Promise<string> {
  const company = (await findOfficeSetUp(tx))?.company;
  return company === null || company === undefined ? 'Treasury' : `Treasury ${company}`;
}

export interface ConfirmedEnrolment {
  readonly view: UserView;
  /** Shown once, to their owner. */
  readonly recoveryCodes: readonly string[];
}

/**
 * Puts an enrolment into force with its first code, which is used up by that; from now on this person's codes come from the app, and
 * those that were mailed end. Its owner is told by mail. Throws auth OTP_INVALID, OTP_LOCKED or TOTP_EXPIRED, refused TOTP_NOT_BEGUN.
 */
export async function confirmOwnEnrolment(
  store: Store,
  actor: Actor,
  request: { code: string; pepper: Buffer },
): Promise<ConfirmedEnrolment> {
  const { username, userId, origin } = actor;
  const { enrolmentId, step } = await tryOwnCode(store, actor, { ...request, enrolment: 'pending' });
  const recoveryCodes = newRecoveryCodes();
  const view = await store.write(async (tx) => {
    await requirePepperInForce(tx, request.pepper);
    const enrolment = await lockEnrolment(tx, userId);
    // One that was begun or confirmed meanwhile is another.
    if (enrolment?.id !== enrolmentId || enrolment.confirmedAt !== null) throw notBegun();
    if (enrolmentExpired(enrolment, tx.now)) throw enrolmentEnded();
    if (step === null) return null;
    await countWrongCode(tx, actor, -1);
    await confirmEnrolment(tx, enrolmentId, step);
    await insertRecoveryCodes(tx, enrolment, hashesOf(recoveryCodes, { pepper: request.pepper, userId }));
    const payload = { recovery_codes: recoveryCodes.length, codes_voided: await voidOpenCodes(tx, userId) };
    await recordOfficeEvent(tx, { actor: username, action: 'totp.enrolled', subject: username, origin, payload });
    const told = await getUser(tx, userId);
    await putLetters(tx, [ownTotpLetter(told.user, 'enrolled')]);
    return told;
  });
  if (view === null) throw await wrongOwnCode(store, actor, 'The app is not enrolled yet.');
  return { view, recoveryCodes };
}

/** The hashes of recovery codes, as the database keeps them. */
export const hashesOf = (codes: readonly string[], owner: { pepper: Buffer; userId: string }): string[] =>
  codes.map((code) => recoveryCodeHash(code.replaceAll('-', ''), owner));
