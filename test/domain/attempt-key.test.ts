import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attemptKey } from '../../src/domain/attempt-key.ts';
import { newId } from '../../src/store/references.ts';

test('a key has 19 characters that every gateway takes, and is the same however often it is made', () => {
  const id = newId();
  expect(attemptKey(id, 1)).toMatch(/^[0-9A-Z]{15}-[0-9A-Z]{3}$/);
  expect(attemptKey(id, 1)).toBe(attemptKey(id, 1));
});

test('each attempt of each payment has a key of its own', () => {
  const ids = Array.from({ length: 200 }, newId);
  const keys = ids.flatMap((id) => [1, 2, 35, 36, 46_655].map((number) => attemptKey(id, number)));
  expect(new Set(keys).size).toBe(keys.length);
});

test('no two ids of different random bits share a key', () => {
  const bits = fc.tuple(fc.integer({ min: 0, max: 0xfff }), fc.bigInt({ min: 0n, max: (1n << 62n) - 1n }));
  const idOf = ([early, late]: [number, bigint]): string => {
    const tail = ((2n << 62n) | late).toString(16).padStart(16, '0');
    return `0192f0c1-7abc-7${early.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
  fc.assert(
    fc.property(bits, bits, (one, other) => {
      fc.pre(one[0] !== other[0] || one[1] !== other[1]);
      expect(attemptKey(idOf(one), 1)).not.toBe(attemptKey(idOf(other), 1));
    }),
  );
});

test('what is no UUIDv7, and a number that does not fit, are refused', () => {
  expect(() => attemptKey('0192f0c1-7abc-4fff-bfff-ffffffffffff', 1)).toThrow('is not a UUIDv7');
  for (const number of [0, -1, 1.5, 46_656]) expect(() => attemptKey(newId(), number)).toThrow('no attempt has number');
});
