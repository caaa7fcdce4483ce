import { describe, expect, test } from 'vitest';
import {
  acceptedStep,
  ENROLMENT_LIFETIME_MS,
  enrolmentDeadline,
  enrolmentExpired,
  normalAppCode,
  otpauthUri,
  takenSteps,
  totpStep,
} from '../../src/domain/totp.ts';

const at = (ms: number): Date => new Date(ms);
const STEP = 60_000_000;
const START = STEP * 30_000;

describe('steps of thirty seconds', () => {
  test('the last millisecond of a step is in it, the next one is not', () => {
    expect(totpStep(at(START))).toBe(STEP);
    expect(totpStep(at(START + 29_999))).toBe(STEP);
    expect(totpStep(at(START + 30_000))).toBe(STEP + 1);
    expect(totpStep(at(START - 1))).toBe(STEP - 1);
  });

  test('the code of a step is taken one step early and one step late, and not a millisecond more', () => {
    const takenAt = (ms: number): boolean => takenSteps(at(ms)).includes(STEP);
    expect(takenAt(START - 30_000)).toBe(true);
    expect(takenAt(START - 30_001)).toBe(false);
    expect(takenAt(START + 59_999)).toBe(true);
    expect(takenAt(START + 60_000)).toBe(false);
  });
});

describe('the code of an app', () => {
  const codes = [
    { step: 9, code: '000009' },
    { step: 10, code: '000010' },
    { step: 11, code: '000011' },
  ];
  const accepted = (code: string, lastStep: number | null) => acceptedStep({ code, codes, lastStep });

  test('is that of a step, whichever of those that are taken', () => {
    expect([accepted('000009', 1), accepted('000010', 1), accepted('000011', 1)]).toEqual([9, 10, 11]);
    expect(accepted('000010', null)).toBe(10);
  });

  test('is refused when its step or a later one was used, and taken when an earlier one was', () => {
    expect(accepted('000010', 9)).toBe(10);
    expect(accepted('000010', 10)).toBe(null);
    expect(accepted('000010', 11)).toBe(null);
  });

  test.each(['', '00001', '0000100', '000012', '00001O', ' 00010'])('is not %j', (code) => {
    expect(accepted(code, null)).toBe(null);
  });

  test('that two steps share counts as the newer, whatever their order', () => {
    const twice = [
      { step: 10, code: '123456' },
      { step: 11, code: '123456' },
    ];
    expect(acceptedStep({ code: '123456', codes: twice, lastStep: null })).toBe(11);
    expect(acceptedStep({ code: '123456', codes: twice.toReversed(), lastStep: null })).toBe(11);
    expect(acceptedStep({ code: '123456', codes: twice, lastStep: 11 })).toBe(null);
  });

  test('may be typed with blanks', () => {
    expect(normalAppCode(' 123 456\n')).toBe('123456');
  });
});

describe('an enrolment', () => {
  test('can be confirmed until exactly ten minutes after it began, and not one millisecond later', () => {
    const begun = at(START);
    const enrolment = { expiresAt: enrolmentDeadline(begun) };
    expect(enrolment.expiresAt.getTime() - START).toBe(10 * 60_000);
    expect(enrolmentExpired(enrolment, at(START + ENROLMENT_LIFETIME_MS))).toBe(false);
    expect(enrolmentExpired(enrolment, at(START + ENROLMENT_LIFETIME_MS + 1))).toBe(true);
  });
});

test('what an app reads names the office and the person, and escapes what would be read as something else', () => {
  expect(otpauthUri({ issuer: 'Treasury ACME', username: 'carol', secret: 'JBSWY3DP' })).toBe(
    'otpauth://totp/Treasury%20ACME:carol?secret=JBSWY3DP&issuer=Treasury%20ACME',
  );
  expect(otpauthUri({ issuer: 'A&B', username: 'c?d', secret: 'X' })).toBe(
    'otpauth://totp/A%26B:c%3Fd?secret=X&issuer=A%26B',
  );
});
