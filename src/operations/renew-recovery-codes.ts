import type { Actor } from '../domain/access.ts';
import { newRecoveryCodes } from '../gateways/totp.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { putLetters } from '../store/outbox.ts';
import { getUser } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { insertRecoveryCodes, lockEnrolmentInForce, useStep, voidRecoveryCodes } from '../store/totp.ts';
import { acceptPassword, checkPassword } from './check-password.ts';
import { hashesOf, type ConfirmedEnrolment } from './enrol-totp.ts';
import { countWrongCode } from './otp-lock.ts';
import { requirePepperInForce } from './pepper-in-force.ts';
import { ownTotpLetter } from './totp-letters.ts';
import { notEnrolled, tryOwnCode, wrongOwnCode } from './totp-proof.ts';

/**
 * Makes ten new recovery codes, after one's password and a code of the app (a recovery code makes no others); the earlier ones are void.
 * Throws auth LOGIN_FAILED, LOGIN_LOCKED, OTP_INVALID or OTP_LOCKED, refused TOTP_NOT_ENROLLED.
 */
export async function renewRecoveryCodes(
  store: Store,
  actor: Actor,
  request: { password: string; code: string; pepper: Buffer },
): Promise<ConfirmedEnrolment> {
  const { username, userId, origin } = actor;
  const checked = await checkPassword(store, { username, password: request.password, origin });
  await store.write((tx) => acceptPassword(tx, checked), { apart: true });
  const { enrolmentId, step } = await tryOwnCode(store, actor, { ...request, enrolment: 'in_force' });
  const recoveryCodes = newRecoveryCodes();
  const view = await store.write(async (tx) => {
    await acceptPassword(tx, checked);
    await requirePepperInForce(tx, request.pepper);
    if (step === null || !(await useStep(tx, enrolmentId, step))) return null;
    await countWrongCode(tx, actor, -1);
    const enrolment = await lockEnrolmentInForce(tx, userId);
    if (enrolment === undefined) throw notEnrolled(username);
    const voided = await voidRecoveryCodes(tx, enrolmentId);
    await insertRecoveryCodes(tx, enrolment, hashesOf(recoveryCodes, { pepper: request.pepper, userId }));
    const payload = { recovery_codes: recoveryCodes.length, recovery_codes_voided: voided };
    await recordOfficeEvent(tx, {
      actor: username,
      action: 'totp.recovery_renewed',
      subject: username,
      origin,
      payload,
    });
    const told = await getUser(tx, userId);
    await putLetters(tx, [ownTotpLetter(told.user, 'renewed')]);
    return told;
  });
  if (view === null) throw await wrongOwnCode(store, actor, 'The recovery codes are as they were.');
  return { view, recoveryCodes };
}
