// Codes from an app: RFC 6238 with the values that every app knows (SHA-1, six digits, 30 seconds).

const TOTP_STEP_MS = 30_000;
/** Steps before and after the present one whose codes are taken: a phone's clock is never quite ours (RFC 6238, section 5.2). */
const TOTP_WINDOW_STEPS = 1;
/** 160 bits, as RFC 4226 recommends (section 4, R6). */
export const TOTP_SECRET_BYTES = 20;
/** How long an enrolment waits for its first code. */
export const ENROLMENT_LIFETIME_MS = 10 * 60 * 1000;

/** The step that an instant lies in: from its first millisecond to its last. */
export const totpStep = (now: Date): number => Math.floor(now.getTime() / TOTP_STEP_MS);

/** The steps whose codes are taken at an instant, oldest first. */
export function takenSteps(now: Date): number[] {
  const present = totpStep(now);
  return Array.from({ length: 2 * TOTP_WINDOW_STEPS + 1 }, (_, at) => present - TOTP_WINDOW_STEPS + at);
}

/** Until when an enrolment that begins now can be confirmed. */
export const enrolmentDeadline = (now: Date): Date => new Date(now.getTime() + ENROLMENT_LIFETIME_MS);

/** Exactly ten minutes after its beginning an enrolment can still be confirmed; one millisecond later it cannot. */
export const enrolmentExpired = (enrolment: { readonly expiresAt: Date }, now: Date): boolean =>
  now.getTime() > enrolment.expiresAt.getTime();

/** Why an enrolment ended: by its owner or two people, because a new one began before it was confirmed, or with its pepper. */
export type EnrolmentEnd = 'disabled' | 'superseded' | 'pepper_replaced';

/** The code of one step. */
export interface StepCode {
  readonly step: number;
  readonly code: string;
}

/**
 * The newest step whose code was given, if it is newer than the last one used; null when there is none. Compares with every
 * code in full, so that the time it takes tells nothing.
 */
export function acceptedStep(given: {
  readonly code: string;
  readonly codes: readonly StepCode[];
  readonly lastStep: number | null;
}): number | null {
  let accepted: number | null = null;
  for (const { step, code } of given.codes) {
    const usable = given.lastStep === null || step > given.lastStep;
    if (sameText(given.code, code) && usable) accepted = Math.max(step, accepted ?? step);
  }
  return accepted;
}

/** Compares all of two texts of one length. */
function sameText(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}

/** A code of the app as people type it: `123 456` is `123456`. */
export const normalAppCode = (typed: string): string => typed.replaceAll(/\s/g, '');

/** Why a code that was right a moment ago may be refused; said of every wrong code alike. */
export const EACH_ONCE = 'Each code of the app counts once: wait for the next one.';

/**
 * What an app reads from a QR code (Key Uri Format of Google Authenticator). Digits, period and algorithm are the ones that hold
 * when nothing is said, which keeps the QR code small enough for 44 columns.
 */
export const otpauthUri = (account: {
  readonly issuer: string;
  readonly username: string;
  readonly secret: string;
}): string => {
  const [issuer, username] = [encodeURIComponent(account.issuer), encodeURIComponent(account.username)];
  return `otpauth://totp/${issuer}:${username}?secret=${account.secret}&issuer=${issuer}`;
};
