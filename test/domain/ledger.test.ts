import { describe, expect, test } from 'vitest';
import { dayInZone } from '../../src/domain/day.ts';
import {
  availableMinor,
  belowReorderLevel,
  bookAfter,
  entryDelta,
  fundStatus,
  replenishmentAmount,
  voucherNumber,
} from '../../src/domain/ledger.ts';

const BIGGEST = Number.MAX_SAFE_INTEGER;

describe('what an entry does to a balance', () => {
  test('debits take, credits give, adjustments are signed', () => {
    expect(entryDelta('debit', 500)).toBe(-500);
    expect(entryDelta('credit', 500)).toBe(500);
    expect(entryDelta('adjustment', 500)).toBe(500);
    expect(entryDelta('adjustment', -500)).toBe(-500);
  });

  test('every entry takes the next number', () => {
    expect(bookAfter({ balanceMinor: 1_000, entrySeq: 4 }, { type: 'debit', amountMinor: 1_001 })).toEqual({ balanceMinor: -1, entrySeq: 5 });
  });

  test('a balance may be the biggest exact figure, and not one more', () => {
    expect(bookAfter({ balanceMinor: BIGGEST - 1, entrySeq: 0 }, { type: 'credit', amountMinor: 1 }).balanceMinor).toBe(BIGGEST);
    expect(() => bookAfter({ balanceMinor: BIGGEST, entrySeq: 0 }, { type: 'credit', amountMinor: 1 })).toThrow(
      expect.objectContaining({ kind: 'integrity', code: 'BALANCE_OVERFLOW' }),
    );
    expect(() => bookAfter({ balanceMinor: -BIGGEST, entrySeq: 0 }, { type: 'debit', amountMinor: 1 })).toThrow(/greater than/);
  });
});

describe('how a fund stands', () => {
  test('what is reserved is not available', () => {
    expect(availableMinor({ balanceMinor: 1_000, reservedMinor: 400 })).toBe(600);
    expect(availableMinor({ balanceMinor: 100, reservedMinor: 400 })).toBe(-300);
  });

  test('the whole reorder level is not low; one cent less is', () => {
    expect(belowReorderLevel({ balanceMinor: 5_000, reorderLevelMinor: 5_000 })).toBe(false);
    expect(belowReorderLevel({ balanceMinor: 4_999, reorderLevelMinor: 5_000 })).toBe(true);
  });

  test.each([
    ['open', 5_000, 'ok'],
    ['open', 4_999, 'low'],
    ['frozen', 4_999, 'frozen'],
    ['frozen', 5_000, 'frozen'],
    ['closed', 0, 'closed'],
  ])('%s with %d of 5000 is called %s', (state, balanceMinor, status) => {
    expect(fundStatus({ state, balanceMinor, reorderLevelMinor: 5_000 })).toBe(status);
  });

  test('a request asks for the way back to the imprest level', () => {
    expect(replenishmentAmount({ balanceMinor: -100, imprestLevelMinor: 10_000 })).toBe(10_100);
    expect(replenishmentAmount({ balanceMinor: 10_000, imprestLevelMinor: 10_000 })).toBe(0);
  });
});

test('vouchers are numbered by fund and year, five digits at least', () => {
  expect(voucherNumber('NBI', 2026, 412)).toBe('PV-NBI-2026-00412');
  expect(voucherNumber('NBI', 2026, 123_456)).toBe('PV-NBI-2026-123456');
});

test('the value date is the day where the office is, not the day in UTC', () => {
  const evening = new Date('2026-10-18T21:00:00.000Z');
  expect(dayInZone(evening, 'Africa/Nairobi')).toBe('2026-10-19');
  expect(dayInZone(new Date(evening.getTime() - 1), 'Africa/Nairobi')).toBe('2026-10-18');
  expect(dayInZone(evening, 'UTC')).toBe('2026-10-18');
});
