import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as otp from '../../src/domain/otp.ts';
import { after, aChallenge, kes, NOW } from '../support/a-payment.ts';

const unanswered = (stated = {}) => aChallenge({ verifiedAt: null, ...stated });

test('the figures are those of the manual', () => {
  expect(otp.OTP_LIFETIME_MS).toBe(300_000);
  expect(otp.OTP_WINDOW_MS).toBe(900_000);
  expect(otp.SPLITTING_WINDOW_MS).toBe(604_800_000);
  expect([otp.OTP_TRIES, otp.OTP_CODES_PER_WINDOW, otp.OTP_FAILURES_PER_DAY]).toEqual([5, 3, 20]);
});

test('exactly five minutes after sending a code is good, one millisecond later it has ended', () => {
  const challenge = { expiresAt: otp.otpDeadline(NOW) };
  expect(challenge.expiresAt.toISOString()).toBe('2026-10-18T06:11:03.950Z');
  expect(otp.otpExpired(challenge, after(299_999))).toBe(false);
  expect(otp.otpExpired(challenge, after(300_000))).toBe(false);
  expect(otp.otpExpired(challenge, after(300_001))).toBe(true);
});

test('a code is needed above the threshold, not at it', () => {
  const required = (amount: string, paid: string, threshold: string) =>
    otp.otpRequired({ amountMinor: kes(amount), paidToDestinationMinor: kes(paid), thresholdMinor: kes(threshold) });
  expect(required('5000.00', '0', '5000.00')).toBe(false);
  expect(required('5000.01', '0', '5000.00')).toBe(true);
  expect(required('0.01', '0', '0')).toBe(true);
  expect(required('2000.00', '3000.00', '5000.00')).toBe(false);
  expect(required('2000.00', '3000.01', '5000.00')).toBe(true);
});

test('however a sum is split, its last part needs a code when the whole does', () => {
  const minor = fc.integer({ min: 1, max: 1_000_000_000 });
  fc.assert(
    fc.property(fc.array(minor, { minLength: 1, maxLength: 8 }), minor, (parts, thresholdMinor) => {
      const whole = parts.reduce((sum, part) => sum + part, 0);
      const last = parts.at(-1) ?? 0;
      const once = otp.otpRequired({ amountMinor: whole, paidToDestinationMinor: 0, thresholdMinor });
      expect(otp.otpRequired({ amountMinor: last, paidToDestinationMinor: whole - last, thresholdMinor })).toBe(once);
    }),
  );
});

test('a code that was sent, is alive and was not answered may be answered', () => {
  expect(otp.answerable(unanswered(), NOW)).toBe(true);
});

test.each([
  ['was not sent', { sentAt: null }],
  ['was verified', { verifiedAt: NOW }],
  ['was used', { consumedAt: NOW }],
  ['was voided', { voidedAt: NOW }],
  ['was guessed at five times', { failures: 5 }],
  ['has ended', { expiresAt: after(-1) }],
])('a code that %s may not be answered', (_fault, stated) => {
  expect(otp.answerable(unanswered(stated), NOW)).toBe(false);
});

test('the fifth try may still be made, the sixth may not; the last millisecond counts', () => {
  expect(otp.answerable(unanswered({ failures: 4 }), NOW)).toBe(true);
  expect(otp.answerable(unanswered({ failures: 6 }), NOW)).toBe(false);
  expect(otp.answerable(unanswered({ expiresAt: NOW }), NOW)).toBe(true);
});

test('every code has six digits, leading zeros and all', () => {
  expect([0, 42, 100_000, 999_999].map(otp.otpCode)).toEqual(['000000', '000042', '100000', '999999']);
});
