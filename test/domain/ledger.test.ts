import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ledger from '../../src/domain/ledger.ts';
import { kes } from '../support/a-payment.ts';

const HIGHEST = Number.MAX_SAFE_INTEGER;

test('debits take, credits give, adjustments are signed', () => {
  expect(ledger.entryDelta('debit', 500)).toBe(-500);
  expect(ledger.entryDelta('credit', 500)).toBe(500);
  expect(ledger.entryDelta('adjustment', 500)).toBe(500);
  expect(ledger.entryDelta('adjustment', -500)).toBe(-500);
});

test('an entry moves the balance and takes the next number', () => {
  const book = { balanceMinor: kes('100'), entrySeq: 7 };
  expect(ledger.bookAfter(book, { type: 'debit', amountMinor: kes('99.99') })).toEqual({
    balanceMinor: 1,
    entrySeq: 8,
  });
  expect(ledger.bookAfter(book, { type: 'credit', amountMinor: kes('0.01') })).toEqual({
    balanceMinor: 10_001,
    entrySeq: 8,
  });
});

test('what already happened posts, even below zero', () => {
  expect(ledger.bookAfter({ balanceMinor: 0, entrySeq: 0 }, { type: 'debit', amountMinor: 1 }).balanceMinor).toBe(-1);
});

test('the highest exact balance can be kept, one more stops everything', () => {
  const full = { balanceMinor: HIGHEST - 1, entrySeq: 1 };
  expect(ledger.bookAfter(full, { type: 'credit', amountMinor: 1 }).balanceMinor).toBe(HIGHEST);
  expect(() => ledger.bookAfter(full, { type: 'credit', amountMinor: 2 })).toThrow(
    expect.objectContaining({
      kind: 'refused',
      code: 'BALANCE_OVERFLOW',
      message: 'The balance would be greater than this tool can keep.',
      details: { unchanged: 'Nothing was posted.', fix: 'post a smaller amount, or to another fund' },
    }),
  );
});

test('the lowest exact balance cannot be passed either', () => {
  expect(() => ledger.bookAfter({ balanceMinor: -HIGHEST, entrySeq: 0 }, { type: 'debit', amountMinor: 1 })).toThrow(
    'greater than',
  );
});

test('a balance is the sum of its entries, whatever their order', () => {
  const amountMinor = fc.integer({ min: 1, max: 1_000_000_000 });
  const entry = fc.record({ type: fc.constantFrom('debit', 'credit', 'adjustment'), amountMinor });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
      const book = entries.reduce(ledger.bookAfter, { balanceMinor: 0, entrySeq: 0 });
      const backwards = entries.toReversed().reduce(ledger.bookAfter, { balanceMinor: 0, entrySeq: 0 });
      expect(book).toEqual(backwards);
      expect(book.entrySeq).toBe(entries.length);
      expect(book.balanceMinor).toBe(
        entries.reduce((sum, each) => sum + ledger.entryDelta(each.type, each.amountMinor), 0),
      );
    }),
  );
});

test('available is the balance less what is reserved, and may be negative', () => {
  expect(ledger.availableMinor({ balanceMinor: 500, reservedMinor: 200 })).toBe(300);
  expect(ledger.availableMinor({ balanceMinor: 100, reservedMinor: 200 })).toBe(-100);
});

test('at its reorder level a fund is well, one cent below it is low', () => {
  const at = (balance: string) => ({ balanceMinor: kes(balance), reorderLevelMinor: kes('1000.00') });
  expect(ledger.belowReorderLevel(at('1000.00'))).toBe(false);
  expect(ledger.belowReorderLevel(at('999.99'))).toBe(true);
  expect(ledger.fundStatus({ state: 'open', ...at('1000.00') })).toBe('ok');
  expect(ledger.fundStatus({ state: 'open', ...at('999.99') })).toBe('low');
});

test('frozen and closed are said before low', () => {
  const low = { balanceMinor: 0, reorderLevelMinor: 1 };
  expect(ledger.fundStatus({ state: 'frozen', ...low })).toBe('frozen');
  expect(ledger.fundStatus({ state: 'closed', ...low })).toBe('closed');
  expect(ledger.fundStatus({ state: 'frozen', balanceMinor: 1, reorderLevelMinor: 1 })).toBe('frozen');
});

test('a replenishment asks for the way back to the imprest level, from below zero too', () => {
  expect(ledger.replenishmentAmount({ balanceMinor: 300, imprestLevelMinor: 2000 })).toBe(1700);
  expect(ledger.replenishmentAmount({ balanceMinor: -300, imprestLevelMinor: 2000 })).toBe(2300);
  expect(ledger.replenishmentAmount({ balanceMinor: 2000, imprestLevelMinor: 2000 })).toBe(0);
});

test('a replenishment never asks for more than an amount can be', () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(ledger.replenishmentAmount({ balanceMinor: 2000 - most, imprestLevelMinor: 2000 })).toBe(most);
  expect(ledger.replenishmentAmount({ balanceMinor: 1999 - most, imprestLevelMinor: 2000 })).toBe(most);
  expect(ledger.replenishmentAmount({ balanceMinor: 2001 - most, imprestLevelMinor: 2000 })).toBe(most - 1);
});

test('voucher numbers have five digits, and more when there are more', () => {
  expect(ledger.voucherNumber('NBI', 2026, 412)).toBe('PV-NBI-2026-00412');
  expect(ledger.voucherNumber('NBI', 2026, 123_456)).toBe('PV-NBI-2026-123456');
});
