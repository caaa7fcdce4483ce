import { describe, expect, test } from 'vitest';
import {
  alertLimits,
  alertStatus,
  compare,
  fundCauses,
  isAlertStatus,
  limitText,
  type Cause,
} from '../../src/domain/alert.ts';
import { policyDocument } from '../../src/documents/policy.ts';
import { NOW } from '../support/a-payment.ts';
import { terms } from '../support/a-policy.ts';

const kindsOf = (balanceMinor: number, reservedMinor = 0, reorderLevelMinor = 10_000) =>
  fundCauses({ ...{ id: 'f', code: 'NBI', currency: 'KES' }, balanceMinor, reservedMinor, reorderLevelMinor }).map(
    ({ kind }) => kind,
  );

test('a fund is low below its reorder level, not at it', () => {
  expect(kindsOf(10_000)).toEqual([]);
  expect(kindsOf(9_999)).toEqual(['fund_low']);
});

test('it is critical with less than a quarter of that available, or with less than nothing', () => {
  expect(kindsOf(2_500)).toEqual(['fund_low']);
  expect(kindsOf(2_499)).toEqual(['fund_low', 'fund_critical']);
  expect(kindsOf(20_000, 17_501)).toEqual(['fund_critical']);
  expect(kindsOf(0, 0, 0)).toEqual([]);
  expect(kindsOf(-1, 0, 0)).toEqual(['fund_low', 'fund_critical']);
});

test('what is new is raised, what is gone is resolved, what is known stays', () => {
  const cause = (kind: Cause['kind'], subjectId: string): Cause => ({
    kind,
    subjectId,
    subject: 'x',
    fundId: 'f',
    message: 'm',
  });
  const { raise, resolve } = compare(
    [cause('fund_low', 'a'), cause('fund_low', 'b')],
    [cause('fund_low', 'a'), cause('fund_critical', 'a')],
  );
  expect(raise.map(({ kind }) => kind)).toEqual(['fund_critical']);
  expect(resolve.map(({ subjectId }) => subjectId)).toEqual(['b']);
});

test('an alert is open, acknowledged or resolved', () => {
  expect(alertStatus({ acknowledgedAt: null, resolvedAt: null })).toBe('open');
  expect(alertStatus({ acknowledgedAt: NOW, resolvedAt: null })).toBe('acknowledged');
  expect(alertStatus({ acknowledgedAt: NOW, resolvedAt: NOW })).toBe('resolved');
  expect(['open', 'new'].map(isAlertStatus)).toEqual([true, false]);
});

describe('when something waits too long', () => {
  const MINUTE = 60_000;
  const none = { stuckMs: 60 * MINUTE, varianceMs: 24 * 60 * MINUTE, replenishmentMs: 24 * 60 * MINUTE };

  test('is an hour for payments and a day for the others, without a policy and where one says nothing of it', () => {
    expect(alertLimits(null)).toEqual(none);
    expect(alertLimits(terms({ stale: { change_days: 2 } }))).toEqual(none);
    // The text of a policy that says nothing is as it was before there was anything to say.
    for (const silent of [{}, { alerts: {} }]) expect(terms(silent)).not.toHaveProperty('alerts');
  });

  test('is what the policy says of each', () => {
    expect(alertLimits(terms({ alerts: { payment_stuck_minutes: 15 } }))).toEqual({ ...none, stuckMs: 15 * MINUTE });
    const all = { variance_waiting_hours: 2, replenishment_waiting_hours: 72 };
    expect(alertLimits(terms({ alerts: all }))).toEqual({
      ...{ stuckMs: none.stuckMs, varianceMs: 120 * MINUTE, replenishmentMs: 72 * 60 * MINUTE },
    });
  });

  test('is told to scripts, whether the policy says it or not', () => {
    expect(policyDocument(null).alerts).toEqual({
      ...{ payment_stuck_minutes: 60, variance_waiting_hours: 24, replenishment_waiting_hours: 24 },
    });
  });

  test('reads in a sentence', () => {
    expect([60, 24 * 60, 15, 90, 48 * 60].map((minutes) => limitText(minutes * MINUTE))).toEqual([
      ...['an hour', 'a day', '15 min', '1 h 30 min', '2 d'],
    ]);
  });
});
