import { requireAbility, type Actor } from '../domain/access.ts';
import { answerable, OTP_TRIES, otpExpired } from '../domain/otp.ts';
import { Problem } from '../domain/problem.ts';
import { codeMatches, hashCode } from '../gateways/code-hash.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { countTry, lockNewestChallenge, markVerified } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import { lockPayment } from '../store/payments.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { countWrongCode, requireOtpUnlocked } from './otp-lock.ts';
import { authorisationDigest } from './judge-execution.ts';

export interface VerifyCodeRequest {
  readonly paymentId: string;
  readonly code: string;
  readonly pepper: Buffer;
}

interface Tried {
  readonly payment: Row<'payments'>;
  readonly challenge: Row<'otpChallenges'> | null;
  readonly digest: string;
}

/**
 * Checks a code for a payment. The try is counted and committed before anything is compared, so that killing the process gains no
 * guess. A wrong, unknown, used or another person's code is answered with the same OTP_INVALID in the same time; an expired one of
 * one's own with OTP_EXPIRED, the fifth wrong try with OTP_LOCKED (all exit 4).
 */
export async function verifyCode(
  store: Store,
  executor: Actor,
  request: VerifyCodeRequest,
): Promise<{ expiresAt: Date }> {
  requireAbility(executor, 'payment.execute');
  const tried = await store.write(async (tx): Promise<Tried> => {
    const payment = await lockPayment(tx, request.paymentId);
    const newest = await lockNewestChallenge(tx, payment.id, executor.userId);
    await requireOtpUnlocked(tx, executor);
    const digest = authorisationDigest(payment, executor.userId);
    const challenge = newest !== undefined && answerable(newest, tx.now) ? newest : null;
    if (newest !== undefined && challenge === null) explainDead(payment, newest, tx.now);
    if (challenge !== null) await countTry(tx, challenge.id, 1);
    await countWrongCode(tx, executor, 1);
    return { payment, challenge, digest };
  });
  const right = await compare(tried, request);
  if (!right || tried.challenge === null) throw await wrongCode(store, executor, tried);
  const { challenge, payment } = tried;
  const verified = await store.write(async (tx) => {
    const fund = await lockFund(tx, payment.fundId);
    if (!(await markVerified(tx, challenge.id))) return false;
    await countTry(tx, challenge.id, -1);
    await countWrongCode(tx, executor, -1);
    await recordFundEvent(tx, fund, {
      actor: executor.username,
      action: 'otp.verified',
      subject: payment.ref,
      origin: executor.origin,
      payload: { digest: challenge.digest, expires_at: challenge.expiresAt },
    });
    return true;
  });
  if (!verified) throw invalid(payment);
  return { expiresAt: challenge.expiresAt };
}

/** One argon2 verification, whether there is a code to compare with or not. */
async function compare(tried: Tried, request: VerifyCodeRequest): Promise<boolean> {
  const { challenge, digest } = tried;
  const code = /^\d{6}$/.test(request.code) ? request.code : 'none';
  if (challenge === null) {
    await hashCode(code, digest, request.pepper);
    return false;
  }
  return codeMatches(challenge.codeHash, code, digest, request.pepper);
}

function explainDead(payment: Row<'payments'>, challenge: Row<'otpChallenges'>, now: Date): void {
  if (challenge.voidedAt !== null || challenge.consumedAt !== null || challenge.sentAt === null) return;
  if (challenge.failures >= OTP_TRIES) throw locked(payment);
  if (otpExpired(challenge, now)) {
    throw new Problem('auth', 'OTP_EXPIRED', 'That code ended five minutes after it was sent.', {
      unchanged: 'Nothing was verified.',
      fix: `treasury payment otp ${payment.ref}`,
    });
  }
}

async function wrongCode(store: Store, executor: Actor, tried: Tried): Promise<Problem> {
  const { payment, challenge } = tried;
  if (challenge === null) return invalid(payment);
  const failures = challenge.failures + 1;
  await store.write(async (tx) => {
    const fund = await lockFund(tx, payment.fundId);
    await recordFundEvent(tx, fund, {
      actor: executor.username,
      action: 'otp.refused',
      subject: payment.ref,
      origin: executor.origin,
      payload: { failures },
    });
  });
  return failures >= OTP_TRIES ? locked(payment) : invalid(payment);
}

const invalid = (payment: Row<'payments'>): Problem =>
  new Problem('auth', 'OTP_INVALID', `That is not a valid code for ${payment.ref}.`, {
    unchanged: 'Nothing was verified.',
    fix: `treasury payment otp ${payment.ref}`,
  });

const locked = (payment: Row<'payments'>): Problem =>
  new Problem('auth', 'OTP_LOCKED', `The code for ${payment.ref} was guessed wrongly ${OTP_TRIES} times and is void.`, {
    unchanged: 'Nothing was verified.',
    fix: `treasury payment otp ${payment.ref}`,
  });
