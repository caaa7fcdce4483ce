import { expect, test } from 'vitest';
import { readHeads } from '../../src/domain/audit-head.ts';

const HASH = '4c724a9bdffc6ce676b9bc5f18eae8cd6bca9bd3f31ebfa109c7698e885231a1';

test('a head is given whole, or by its first twelve digits or more, in any case and once', () => {
  expect(readHeads([HASH])).toEqual([HASH]);
  expect(readHeads([` ${HASH.toUpperCase()} `, HASH])).toEqual([HASH]);
  expect(readHeads([HASH.slice(0, 12)])).toEqual([HASH.slice(0, 12)]);
  expect(readHeads([])).toEqual([]);
});

test('eleven digits, sixty-five, and what is no number are refused, all at once', () => {
  expect(() => readHeads([HASH.slice(0, 11)])).toThrow(/at least the first 12/);
  expect(() => readHeads([`${HASH}0`])).toThrow(/is not a head/);
  expect(() => readHeads(['', 'fund:PETTY/1'])).toThrow('2 texts are not audit heads.');
});
