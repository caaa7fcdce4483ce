import type { Actor } from '../domain/access.ts';
import { OTP_FAILURES_PER_DAY } from '../domain/otp.ts';
import { Problem } from '../domain/problem.ts';
import { lockOtpTries, saveOtpTries } from '../store/challenges.ts';
import type { Tx } from '../store/transaction.ts';

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** Refuses (OTP_LOCKED, exit 4) a person whose wrong codes of a day reached the limit, until an admin unlocks them. */
export async function requireOtpUnlocked(tx: Tx, executor: Actor): Promise<void> {
  const tries = await lockOtpTries(tx, executor.userId);
  if (tries.otpLockedAt === null) return;
  throw new Problem(
    'auth',
    'OTP_LOCKED',
    `${executor.username} entered ${OTP_FAILURES_PER_DAY} wrong codes in a day and is locked out of codes.`,
    {
      unchanged: 'Nothing was paid.',
      fix: `an admin: treasury user unlock ${executor.username}`,
    },
  );
}

/** Counts one wrong code of a person (or takes it back), and locks them at the day's limit. */
export async function countWrongCode(tx: Tx, executor: Actor, by: 1 | -1): Promise<void> {
  const tries = await lockOtpTries(tx, executor.userId);
  const day = dayOf(tx.now);
  const before = tries.otpFailuresDay === day ? tries.otpFailures : 0;
  const otpFailures = Math.max(0, before + by);
  await saveOtpTries(tx, executor.userId, {
    otpFailures,
    otpFailuresDay: day,
    otpLockedAt: otpFailures >= OTP_FAILURES_PER_DAY ? (tries.otpLockedAt ?? tx.now) : null,
  });
}
