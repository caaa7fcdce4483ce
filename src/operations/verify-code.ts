import { requireAbility, type Actor } from '../domain/access.ts';
import { answerable, OTP_TRIES, otpExpired, type CodeChannel } from '../domain/otp.ts';
import { Problem } from '../domain/problem.ts';
import { EACH_ONCE } from '../domain/totp.ts';
import { codeMatches, hashCode } from '../gateways/code-hash.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { countTry, lockNewestChallenge, markVerified, type Challenge } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import { lockEnrolmentInForce, totpOf, type LiveEnrolment } from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { otpCommand, paymentCode, type Authorised, type CodeSubject } from './code-subject.ts';
import { countWrongCode, requireOtpUnlocked } from './otp-lock.ts';
import type { TotpProof } from './totp-proof.ts';

export interface VerifyCodeRequest {
  readonly code: string;
  readonly pepper: Buffer;
}

/** A code that was right, and what it opened. */
export interface VerifiedCode {
  readonly channel: CodeChannel;
  readonly expiresAt: Date;
  /** How many recovery codes are left after one of them was used; null when it was another kind of code. */
  readonly recoveryCodesLeft: number | null;
}

interface Tried {
  readonly subject: CodeSubject;
  readonly authorised: Authorised;
  readonly challenge: Challenge | null;
  /** The app that this person's codes come from; without one they are mailed. */
  readonly enrolment: LiveEnrolment | undefined;
  readonly now: Date;
}

/** Checks a code for one payment (see `verifyCodeFor`). */
export const verifyCode = (
  store: Store,
  executor: Actor,
  { paymentId, ...request }: VerifyCodeRequest & { readonly paymentId: string },
): Promise<VerifiedCode> => verifyCodeFor(store, executor, { ...request, subject: paymentCode(paymentId) });

type Request = VerifyCodeRequest & { readonly subject: CodeSubject };

/**
 * Checks a code for a payment or batch. The try is counted and committed before anything is compared, so that killing the process gains no
 * guess. A wrong, unknown, used or another person's code is answered with the same OTP_INVALID in the same time; an expired one of
 * one's own with OTP_EXPIRED, the fifth wrong try with OTP_LOCKED (all exit 4). Whose codes come from an app gives one of it, or a
 * recovery code; either is used up in the transaction that verifies.
 */
export async function verifyCodeFor(store: Store, executor: Actor, request: Request): Promise<VerifiedCode> {
  requireAbility(executor, 'payment.execute');
  const tried = await store.write((tx) => countedTry(tx, executor, request), { apart: true });
  const useUp = await compare(tried, request);
  const verified = await store.write((tx) => verifyWith(tx, executor, tried, useUp));
  if (verified === null) throw wrongCode(tried);
  return verified;
}

async function countedTry(tx: Tx, executor: Actor, { subject }: Request): Promise<Tried> {
  const authorised = await subject.look(tx, executor);
  const newest = await lockNewestChallenge(tx, subject.of, executor.userId);
  await requireOtpUnlocked(tx, executor);
  const enrolment = await lockEnrolmentInForce(tx, executor.userId);
  // A code that was mailed before the app was enrolled is not answered by the app, nor the other way round.
  const fits = newest !== undefined && newest.channel === channelOf(enrolment);
  const challenge = fits && answerable(newest, tx.now) ? newest : null;
  if (newest !== undefined && challenge === null) explainDead({ subject, authorised }, newest, tx.now);
  if (challenge !== null) await countTry(tx, subject.of, { id: challenge.id, by: 1 });
  await countWrongCode(tx, executor, 1);
  return { subject, authorised, challenge, enrolment, now: tx.now };
}

const channelOf = (enrolment: LiveEnrolment | undefined): CodeChannel => (enrolment === undefined ? 'mail' : 'totp');

/** What a right code uses up in the transaction that verifies: for a mailed one, the challenge itself. False: it was not right. */
type UseUp = (tx: Tx) => Promise<'mail' | 'app' | 'recovery' | false>;

/** The same work whether the code is right or wrong, and whether there is anything to compare it with or not. */
async function compare(tried: Tried, { code, pepper }: VerifyCodeRequest): Promise<UseUp> {
  const { challenge, enrolment, now } = tried;
  const { digest } = tried.authorised;
  if (enrolment !== undefined) {
    const { readProof, useProof } = await import('./totp-proof.ts');
    const proof = await readProof(enrolment, { code, pepper, now });
    return async (tx) => (await useProof(tx, challenge === null ? nothingOf(proof) : proof)) ?? false;
  }
  const mailed = /^\d{6}$/.test(code) ? code : 'none';
  if (challenge === null) {
    await hashCode(mailed, digest, pepper);
    return () => Promise.resolve(false);
  }
  const right = await codeMatches(challenge.codeHash, mailed, digest, pepper);
  return () => Promise.resolve(right && 'mail');
}

/** Uses nothing up, in the same statements. */
const nothingOf = (proof: TotpProof): TotpProof => ({ ...proof, step: null, recoveryHash: '' });

/** Marks the challenge verified and uses the code up, together or not at all; null, and an event, when it was not right. */
async function verifyWith(tx: Tx, executor: Actor, tried: Tried, useUp: UseUp): Promise<VerifiedCode | null> {
  const { subject, authorised, challenge, enrolment } = tried;
  const { username: actor, origin } = executor;
  const fund = await lockFund(tx, authorised.fundId);
  const by = await useUp(tx);
  if (challenge === null) return null;
  const { digest, expiresAt, failures } = challenge;
  const channel = channelOf(enrolment);
  const happened = { actor, subject: authorised.ref, origin };
  if (by === false) {
    await recordFundEvent(tx, fund, {
      ...happened,
      action: 'otp.refused',
      payload: { channel, failures: failures + 1 },
    });
    return null;
  }
  // Voided, verified or expired meanwhile: then the code of the app is not used up either.
  if (!(await markVerified(tx, subject.of, challenge.id))) throw invalid(tried, channel);
  await countTry(tx, subject.of, { id: challenge.id, by: -1 });
  await countWrongCode(tx, executor, -1);
  const payload = { channel, by, digest, expires_at: expiresAt };
  await recordFundEvent(tx, fund, { ...happened, action: 'otp.verified', payload });
  const left = by === 'recovery' ? await totpOf(tx, [executor.userId]) : null;
  return { channel, expiresAt, recoveryCodesLeft: left?.get(executor.userId)?.recoveryCodesLeft ?? null };
}

type Named = Pick<Tried, 'subject' | 'authorised'>;

const commandOf = ({ subject, authorised }: Named): string => otpCommand(subject.of, authorised.ref);

function explainDead(named: Named, challenge: Challenge, now: Date): void {
  if (challenge.voidedAt !== null || challenge.consumedAt !== null || challenge.sentAt === null) return;
  if (challenge.failures >= OTP_TRIES) throw locked(named);
  if (otpExpired(challenge, now)) {
    throw new Problem('auth', 'OTP_EXPIRED', 'That code ended five minutes after it was sent.', {
      unchanged: 'Nothing was verified.',
      fix: commandOf(named),
    });
  }
}

function wrongCode(tried: Tried): Problem {
  const { challenge, enrolment } = tried;
  const last = challenge !== null && challenge.failures + 1 >= OTP_TRIES;
  return last ? locked(tried) : invalid(tried, channelOf(enrolment));
}

const invalid = (named: Named, channel: CodeChannel): Problem =>
  new Problem(
    'auth',
    'OTP_INVALID',
    `That is not a valid code for ${named.authorised.ref}.${channel === 'totp' ? ` ${EACH_ONCE}` : ''}`,
    { unchanged: 'Nothing was verified.', fix: commandOf(named) },
  );

const locked = (named: Named): Problem =>
  new Problem(
    'auth',
    'OTP_LOCKED',
    `The code for ${named.authorised.ref} was guessed wrongly ${OTP_TRIES} times and is void.`,
    { unchanged: 'Nothing was verified.', fix: commandOf(named) },
  );
