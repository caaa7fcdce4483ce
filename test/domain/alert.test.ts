import { expect, test } from 'vitest';
import { alertStatus, compare, fundCauses, isAlertStatus, type Cause } from '../../src/domain/alert.ts';
import { NOW } from '../support/a-payment.ts';

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
