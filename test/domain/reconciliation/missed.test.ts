import { expect, test } from 'vitest';
import { isMissed } from '../../../src/domain/reconciliation/missed.ts';

test('an entry is missed on a statement that ends so many days after its value date, not the day before', () => {
  expect(isMissed('2026-10-18', { to: '2026-10-18', staleDays: 0 })).toBe(true);
  expect(isMissed('2026-10-19', { to: '2026-10-18', staleDays: 0 })).toBe(false);
  expect(isMissed('2026-10-18', { to: '2026-10-21', staleDays: 3 })).toBe(true);
  expect(isMissed('2026-10-18', { to: '2026-10-20', staleDays: 3 })).toBe(false);
  expect(isMissed('2026-10-18', { to: null, staleDays: 0 })).toBe(false);
});
