/** One deadline for the code and for the authority it gives, counted from sending. */
export const OTP_LIFETIME_MS = 5 * 60 * 1000;
export const OTP_DIGITS = 6;
/** Wrong tries after which a code is void. */
export const OTP_TRIES = 5;
/** Codes that may be sent for one payment within the window below. */
export const OTP_CODES_PER_WINDOW = 3;
export const OTP_WINDOW_MS = 15 * 60 * 1000;
/** How long the code of a batch, once used, covers its rows: an interrupted run is resumed within that time. */
export const BATCH_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Wrong tries of one person in a day; then an admin unlocks. */
export const OTP_FAILURES_PER_DAY = 20;
/** What was paid to a destination in these days counts towards the threshold, so that splitting gains nothing. */
export const SPLITTING_WINDOW_MS = 7 * 24 * 60 * 60 * 1000;

/** How a person gets their codes: one by mail for each payment, or from an app of their own. */
export type CodeChannel = 'mail' | 'totp';

export interface Challenge {
  readonly channel: string;
  readonly digest: string;
  readonly failures: number;
  readonly sentAt: Date | null;
  readonly expiresAt: Date;
  readonly verifiedAt: Date | null;
  readonly consumedAt: Date | null;
  readonly voidedAt: Date | null;
}

/** Exactly five minutes after sending a code is still good; one millisecond later it is not. */
export const otpExpired = (challenge: Pick<Challenge, 'expiresAt'>, now: Date): boolean =>
  now.getTime() > challenge.expiresAt.getTime();

/** Until when a batch whose code was used then may be gone on with; the last millisecond counts. */
export const batchDeadline = (usedAt: Date): Date => new Date(usedAt.getTime() + BATCH_LIFETIME_MS);

/** Since when the code of a batch must have been used to cover it still; that millisecond counts. */
export const batchCoveredFrom = (now: Date): Date => new Date(now.getTime() - BATCH_LIFETIME_MS);

/** Until when a code sent now is good. */
export const otpDeadline = (sentAt: Date): Date => new Date(sentAt.getTime() + OTP_LIFETIME_MS);

/** Whether a payment needs a code: it and what its destination got in the last seven days exceed the fund's threshold. */
export const otpRequired = (terms: {
  amountMinor: number;
  paidToDestinationMinor: number;
  thresholdMinor: number;
}): boolean => terms.amountMinor + terms.paidToDestinationMinor > terms.thresholdMinor;

/** Whether a challenge may still be answered: sent, alive, unused and not guessed at too often. */
export const answerable = (challenge: Challenge, now: Date): boolean =>
  challenge.sentAt !== null &&
  challenge.verifiedAt === null &&
  challenge.consumedAt === null &&
  challenge.voidedAt === null &&
  challenge.failures < OTP_TRIES &&
  !otpExpired(challenge, now);

/** A random number below 1,000,000 as six digits. */
export const otpCode = (number: number): string => String(number).padStart(OTP_DIGITS, '0');
