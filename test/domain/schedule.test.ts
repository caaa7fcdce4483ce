import { describe, expect, test } from 'vitest';
import { failed, passed } from '../../src/domain/check.ts';
import { executionChecks } from '../../src/domain/execution-checks.ts';
import { Problem } from '../../src/domain/problem.ts';
import {
  isJob,
  isScheduleStatus,
  judgeScheduling,
  requireKind,
  requireSchedulable,
  requireScheduleTime,
  requireStep,
} from '../../src/domain/schedule.ts';
import { aChallenge, after, executionFacts, NOW } from '../support/a-payment.ts';

const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};
const DAY_MS = 24 * 60 * 60 * 1000;

describe('what is scheduled', () => {
  test('a time is ahead, by a year and a day at most', () => {
    expect(
      [0, 1, 366 * DAY_MS, 366 * DAY_MS + 1].map((ms) => codeOf(() => requireScheduleTime(after(ms), NOW))),
    ).toEqual(['SCHEDULE_TIME_INVALID', null, null, 'SCHEDULE_TIME_INVALID']);
  });

  test('cron expressions repeat jobs, never payments', () => {
    const kinds = [
      { what: 'pay_7f3k2m', at: true, cron: false },
      { what: 'resolve', at: false, cron: true },
      { what: 'pay_7f3k2m', at: false, cron: true },
      { what: 'resolve', at: true, cron: false },
      { what: 'pay_7f3k2m', at: true, cron: true },
      { what: 'pay_7f3k2m', at: false, cron: false },
    ];
    expect(kinds.map((kind) => codeOf(() => requireKind(kind)) ?? requireKind(kind))).toEqual([
      ...['payment', 'job'],
      ...['SCHEDULE_KIND', 'SCHEDULE_KIND', 'SCHEDULE_KIND', 'SCHEDULE_KIND'],
    ]);
  });

  test('cash is not, what an account gets is', () => {
    const codes = ['cash', 'mpesa', 'bank'].map((method) =>
      codeOf(() => requireSchedulable({ ref: 'pay_7f3k2m', method })),
    );
    expect(codes).toEqual(['CASH_NOT_SCHEDULED', null, null]);
  });

  test('balance and limits are judged when it is due, everything else when it is ordered', () => {
    const checks = [
      passed('status', 'It is pending.'),
      failed('role', 'ROLE_MISSING', 'No role.'),
      failed('limits', 'LIMIT_EXCEEDED', 'Too much today.'),
      failed('balance', 'INSUFFICIENT_FUNDS', 'Too little.'),
    ];
    const { against, postponed } = judgeScheduling(checks);
    expect(against.map(({ id }) => id)).toEqual(['role']);
    expect(postponed.map(({ id }) => id)).toEqual(['limits', 'balance']);
  });

  test('jobs and statuses are known by their names', () => {
    expect(['reconcile', 'toString', 'pay'].map(isJob)).toEqual([true, false, false]);
    expect(['done', 'open'].map(isScheduleStatus)).toEqual([true, false]);
  });
});

test.each([
  ['pause', ['active']],
  ['resume', ['paused']],
  ['remove', ['active', 'paused']],
] as const)('%s is possible from %s only', (step, from) => {
  const statuses = ['active', 'paused', 'done', 'refused', 'removed'];
  const possible = statuses.filter((status) => codeOf(() => requireStep(step, { ref: 'sch_7f3k2m', status })) === null);
  expect(possible).toEqual(from);
});

describe('the code of a payment that is due', () => {
  const codes = (challenge: ReturnType<typeof aChallenge> | null, digest = 'terms') =>
    executionChecks(executionFacts({ challenge, digest, scheduled: true }))
      .filter(({ id }) => id === 'otp' || id === 'otp_expiry')
      .map(({ ok, code }) => code ?? ok);

  test('was used when it was scheduled, however long ago', () => {
    expect(codes(aChallenge({ sentAt: after(-300 * DAY_MS), consumedAt: after(-300 * DAY_MS) }))).toEqual([true, true]);
  });

  test('is missing when none was used, also when one is there that was not', () => {
    expect(codes(null)).toEqual(['OTP_REQUIRED', true]);
    expect(codes(aChallenge())).toEqual(['OTP_REQUIRED', true]);
  });

  test('is not good for other terms', () => {
    expect(codes(aChallenge({ consumedAt: after(-1_000) }), 'other terms')).toEqual(['OTP_INVALID', true]);
  });
});
