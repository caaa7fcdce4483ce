import type { Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { normalRecoveryCode } from '../domain/recovery-code.ts';
import { acceptedStep, EACH_ONCE, enrolmentExpired, normalAppCode, takenSteps } from '../domain/totp.ts';
import { openSecret, recoveryCodeHash, totpCodes } from '../gateways/totp.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import type { Store } from '../store/store.ts';
import { lockEnrolment, lockEnrolmentInForce, useRecoveryCode, useStep, type LiveEnrolment } from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { countWrongCode, requireOtpUnlocked } from './otp-lock.ts';

/** What a given text would use up, if it is a code at all. */
export interface TotpProof {
  readonly enrolmentId: string;
  /** The step of the app whose code it is; null when it is none that is taken now. */
  readonly step: number | null;
  /** The hash of the recovery code that it would be. */
  readonly recoveryHash: string;
}

/** Where a code came from. */
export type TotpSource = 'app' | 'recovery';

/** No recovery code reads like this. */
const NO_RECOVERY_CODE = 'none';
/** No step is before the first. */
const NO_STEP = -1;

/**
 * Works out what a text would use up: the same work for every text, right, wrong or used. Throws integrity TOTP_SECRET_ALTERED when
 * the secret in the database is not the one that was sealed for this person.
 */
export async function readProof(
  enrolment: Pick<LiveEnrolment, 'id' | 'userId' | 'secret' | 'lastStep'>,
  { code, pepper, now }: { code: string; pepper: Buffer; now: Date },
): Promise<TotpProof> {
  const owner = { pepper, userId: enrolment.userId };
  const secret = openSecret(enrolment.secret, owner);
  if (secret === null) throw secretAltered();
  const codes = await totpCodes(secret, takenSteps(now));
  return {
    enrolmentId: enrolment.id,
    step: acceptedStep({ code: normalAppCode(code), codes, lastStep: enrolment.lastStep }),
    recoveryHash: recoveryCodeHash(normalRecoveryCode(code) ?? NO_RECOVERY_CODE, owner),
  };
}

/** Uses up what a text stands for, in the caller's transaction; null when there is nothing to use. The same writes for every text. */
export async function useProof(tx: Tx, proof: TotpProof): Promise<TotpSource | null> {
  const byApp = await useStep(tx, proof.enrolmentId, proof.step ?? NO_STEP);
  const byRecovery = await useRecoveryCode(tx, proof.enrolmentId, byApp ? NO_RECOVERY_CODE : proof.recoveryHash);
  if (byApp) return 'app';
  return byRecovery ? 'recovery' : null;
}

/**
 * Counts one try of a person's own code and commits that, before anything is compared; what comes of it is the caller's. `pending` is
 * an enrolment that waits for its first code. Throws auth OTP_LOCKED or TOTP_EXPIRED, refused
 * TOTP_NOT_ENROLLED or TOTP_NOT_BEGUN.
 */
export async function tryOwnCode(
  store: Store,
  actor: Actor,
  request: { code: string; pepper: Buffer; enrolment: 'in_force' | 'pending' },
): Promise<TotpProof> {
  const count = async (tx: Tx) => {
    await requireOtpUnlocked(tx, actor);
    const enrolment =
      request.enrolment === 'in_force' ? await requireInForce(tx, actor) : await requirePending(tx, actor);
    await countWrongCode(tx, actor, 1);
    return { enrolment, now: tx.now };
  };
  const tried = await store.write(count, { apart: true });
  return readProof(tried.enrolment, { ...request, now: tried.now });
}

async function requireInForce(tx: Tx, { userId, username }: Actor): Promise<LiveEnrolment> {
  const enrolment = await lockEnrolmentInForce(tx, userId);
  if (enrolment === undefined) throw notEnrolled(username);
  return enrolment;
}

async function requirePending(tx: Tx, { userId }: Actor): Promise<LiveEnrolment> {
  const enrolment = await lockEnrolment(tx, userId);
  if (enrolment === undefined || enrolment.confirmedAt !== null) throw notBegun();
  if (enrolmentExpired(enrolment, tx.now)) throw enrolmentEnded();
  return enrolment;
}

/** Records a wrong code of a person, and answers the refusal. */
export async function wrongOwnCode(store: Store, actor: Actor, unchanged: string): Promise<Problem> {
  await store.write((tx) =>
    recordOfficeEvent(tx, {
      actor: actor.username,
      action: 'totp.refused',
      subject: actor.username,
      origin: actor.origin,
      payload: {},
    }),
  );
  return new Problem('auth', 'OTP_INVALID', `That is not a valid code. ${EACH_ONCE}`, { unchanged });
}

/** The refusal of what only somebody enrolled can do. */
export const notEnrolled = (username: string): Problem =>
  new Problem('refused', 'TOTP_NOT_ENROLLED', `${username} has no app that gives codes.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury user totp enroll',
  });

/** The refusal of a first code for which nothing was begun. */
export const notBegun = (): Problem =>
  new Problem('refused', 'TOTP_NOT_BEGUN', 'No enrolment waits for its first code.', {
    unchanged: 'Nothing was changed.',
    fix: 'treasury user totp enroll',
  });

/** The refusal of a first code that comes too late. */
export const enrolmentEnded = (): Problem =>
  new Problem('auth', 'TOTP_EXPIRED', 'That enrolment ended ten minutes after it began.', {
    unchanged: 'The app is not enrolled.',
    fix: 'treasury user totp enroll',
  });

const secretAltered = (): Problem =>
  new Problem('integrity', 'TOTP_SECRET_ALTERED', 'The secret of this app was altered in the database.', {
    unchanged: 'Nothing was verified.',
    fix: 'treasury audit verify; find out who has access to the database, then: treasury user totp disable USERNAME',
  });
