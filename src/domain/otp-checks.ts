import { passed, notJudged, failed } from './check.ts';
import { codeNeeded, type ExecutionFacts } from './execution-facts.ts';
import { otpExpired, OTP_TRIES } from './otp.ts';
import type { Check } from './problem.ts';

/** Whether the code that this payment needs was sent to its executor and verified for these terms. */
export function otpCheck(facts: ExecutionFacts): Check {
  const { payment, challenge } = facts;
  if (payment.status !== 'pending') return notJudged('otp', 'The code is not judged, as the payment is not pending.');
  if (!codeNeeded(facts)) {
    const { version } = facts.policy;
    const thresholds =
      version === 0 ? 'the threshold of its fund' : `the thresholds of its fund and of policy ${version}`;
    return passed('otp', `No code is needed up to ${thresholds}.`, { required: false });
  }
  const send = { command: `treasury payment otp ${payment.ref}` };
  const required = { required: true };
  if (facts.scheduled === true) return codeOfSchedule(facts, required);
  if (challenge?.consumedAt) return failed('otp', 'OTP_USED', 'The last code was used already.', send, required);
  if (challenge && challenge.failures >= OTP_TRIES && challenge.verifiedAt === null) {
    return failed('otp', 'OTP_LOCKED', `The code was guessed wrongly ${OTP_TRIES} times and is void.`, send, required);
  }
  if (!challenge?.sentAt || challenge.voidedAt !== null) {
    return failed('otp', 'OTP_REQUIRED', 'A one-time code is needed and none has been sent.', send, required);
  }
  if (challenge.verifiedAt === null) {
    return failed(
      'otp',
      'OTP_REQUIRED',
      challenge.channel === 'totp'
        ? 'A code from the app is awaited and has not been entered.'
        : 'A one-time code was sent and has not been entered.',
      {
        command: `treasury payment otp ${payment.ref} --verify --code-stdin`,
      },
      required,
    );
  }
  if (challenge.digest !== facts.digest) {
    return failed(
      'otp',
      'OTP_INVALID',
      'The code was given for other terms than those of this payment.',
      send,
      required,
    );
  }
  return passed('otp', 'The one-time code was verified.', required);
}

/** A schedule has used its code; one that became due without any, as none was needed then, has none to show. */
function codeOfSchedule({ payment, challenge, digest }: ExecutionFacts, required: Check['facts']): Check {
  const now = { command: `treasury payment execute ${payment.ref}` };
  if (!challenge?.consumedAt) {
    const message = 'No code was needed when it was scheduled, and one is needed now.';
    return failed('otp', 'OTP_REQUIRED', message, now, required);
  }
  if (challenge.digest !== digest)
    return failed(
      'otp',
      'OTP_INVALID',
      'The code was given for other terms than those of this payment.',
      now,
      required,
    );
  return passed('otp', 'The one-time code was used when it was scheduled.', required);
}

/** Whether a code that was sent, and what it allows, is not older than five minutes. */
export function otpExpiryCheck(facts: ExecutionFacts): Check {
  const { payment, challenge, now } = facts;
  if (payment.status !== 'pending')
    return notJudged('otp_expiry', 'The code is not judged, as the payment is not pending.');
  if (!codeNeeded(facts)) return passed('otp_expiry', 'No code is needed.');
  if (facts.scheduled === true) return passed('otp_expiry', 'The code was used in time.');
  if (!challenge?.sentAt || challenge.voidedAt !== null || challenge.consumedAt !== null) {
    return notJudged('otp_expiry', 'There is no live code.');
  }
  const expires = { expires_at: challenge.expiresAt.toISOString() };
  if (challenge.channel === 'batch') return batchExpiryCheck(facts, expires);
  if (!otpExpired(challenge, now)) return passed('otp_expiry', 'The code is not older than five minutes.', expires);
  return failed(
    'otp_expiry',
    'OTP_EXPIRED',
    'The code and what it allows ended five minutes after it was sent.',
    { command: `treasury payment otp ${payment.ref}` },
    expires,
  );
}

/** What the code of a batch allows for this payment lasts longer than a code of its own. */
function batchExpiryCheck({ payment, challenge, now }: ExecutionFacts, expires: Check['facts']): Check {
  if (challenge === null || otpExpired(challenge, now)) {
    const message = "What the batch's code allowed ended 24 hours after it was used.";
    return failed('otp_expiry', 'OTP_EXPIRED', message, { command: `treasury payment otp ${payment.ref}` }, expires);
  }
  return passed('otp_expiry', "The batch's code was used less than 24 hours ago.", expires);
}
