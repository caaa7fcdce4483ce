import { getTableColumns } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowDigest } from '../../src/store/audit-chain.ts';
import { postgresDigester } from '../../src/store/postgres/row-digest.ts';
import { ledgerEntries, paymentExecutions } from '../../src/store/postgres/schema.ts';
import { sqliteDigester } from '../../src/store/sqlite/row-digest.ts';
import type { Row } from '../../src/store/tables.ts';

const ID = '019a0000-0000-7000-8000-00000000aaaa';
const ENTRY: Row<'ledgerEntries'> = {
  ...{ id: ID, ref: 'led_1', fundId: ID, seq: 7, type: 'debit', kind: 'payment', amountMinor: 9_007_199_254_740_991 },
  ...{ balanceAfterMinor: -5, valueDate: '2026-11-25', paymentId: ID, executionId: null, replenishmentId: null },
  ...{ reversesId: null, description: 'Ünïcode 💰 "quotes" \\ \u0007\n\u2028', createdBy: ID },
  createdAt: new Date('2026-11-25T21:21:03.120Z'),
};

describe('a row as Postgres writes it', () => {
  const digest = postgresDigester(ledgerEntries);
  const written = (changes: Record<string, unknown> = {}): unknown[] => {
    const row: Record<string, unknown> = { ...ENTRY, createdAt: '2026-11-25 21:21:03.12+00', ...changes };
    return Object.keys(getTableColumns(ledgerEntries)).map((key) =>
      typeof row[key] === 'number' ? String(row[key]) : row[key],
    );
  };

  test('has the digest of the row itself', () => {
    expect(digest(written())).toBe(rowDigest(ENTRY));
  });

  test.each([
    ['2026-11-25 21:21:03+00', '2026-11-25T21:21:03.000Z'],
    ['2026-11-25 21:21:03.001+00', '2026-11-25T21:21:03.001Z'],
    ['0001-01-01 00:00:00.5+00', '0001-01-01T00:00:00.500Z'],
    ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  ])('has it whatever its instant: %s', (createdAt, instant) => {
    expect(digest(written({ createdAt }))).toBe(rowDigest({ ...ENTRY, createdAt: new Date(instant) }));
  });

  test.each([
    ['createdAt', '2026-11-25 21:21:03.1234+00'],
    ['createdAt', '2026-11-26 00:21:03.12+03'],
    ['createdAt', '2026-11-25T21:21:03.120Z'],
    ['createdAt', '0044-03-15 12:00:00+00 BC'],
    ['createdAt', 'infinity'],
    ['seq', '007'],
    ['seq', '7.0'],
    ['seq', ''],
    ['amountMinor', '9007199254740993'],
    ['amountMinor', 'NaN'],
    ['ref', undefined],
  ])('has none when %s is %s', (key, value) => {
    expect(digest(written({ [key]: value }))).toBeNull();
  });

  test('has another when anything in it changed', () => {
    for (const key of Object.keys(ENTRY)) {
      expect(digest(written({ [key]: null })) === rowDigest(ENTRY), key).toBe(
        ENTRY[key as keyof Row<'ledgerEntries'>] === null,
      );
    }
  });

  test('can be digested in each table that events vouch for', () => {
    expect(() => postgresDigester(paymentExecutions)).not.toThrow();
  });
});

test('the digest of a row as SQLite gives it is that of the row itself', () => {
  const row = {
    ref: 'led_1',
    amountMinor: -5,
    createdAt: new Date(1_790_000_000_123),
    paymentId: null,
    description: 'Ünïcode "quotes" \u0007',
  };
  const columns = Object.keys(row).map((key) => ({ key, name: key, instant: key === 'createdAt' }));
  const raw = Object.values(row).map((value) => (value instanceof Date ? value.getTime() : value));
  expect(sqliteDigester(columns)(raw)).toBe(rowDigest(row));
});
