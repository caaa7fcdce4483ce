import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chained } from '../../src/statements/balance-path.ts';

const line = (amountMinor: number, balanceMinor: number | null) => ({ amountMinor, balanceMinor });

test('lines are put in the order in which their balances follow', () => {
  const [a, b, c] = [line(-10, 90), line(-20, 70), line(5, 75)];
  expect(chained([c, a, b], 100, 1)).toEqual([a, b, c]);
  expect(chained([c, a, b], null, 1)).toEqual([a, b, c]);
  expect(chained([a, c, b], 75, -1)).toEqual([c, b, a]);
  expect(chained([], 5, 1)).toEqual([]);
});

test('there is none where a balance does not follow, where it begins elsewhere, or where one is missing', () => {
  expect(chained([line(-10, 90), line(-20, 71)], 100, 1)).toBeNull();
  expect(chained([line(-10, 90), line(-20, 70)], 99, 1)).toBeNull();
  expect(chained([line(-10, 90), line(-20, null)], 100, 1)).toBeNull();
});

test('a balance that comes again is no dead end', () => {
  const there = [line(5, 105), line(-5, 100), line(7, 107), line(-7, 100), line(1, 101)];
  expect(chained(there.toReversed(), 100, 1)).toHaveLength(5);
});

test('any order of lines that follow each other is put right, in both directions', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat()), { minLength: 1, maxLength: 30 }),
      fc.constantFrom(1 as const, -1 as const),
      fc.boolean(),
      (opening, moves, sign, known) => {
        let balance = opening;
        const lines = moves.map(([amount]) => line(amount, (balance += amount)));
        const shuffled = lines.map((one, at) => [moves[at]?.[1] ?? 0, one] as const).toSorted(([x], [y]) => x - y);
        const start = sign === 1 ? opening : balance;
        const path = chained(
          shuffled.map(([, one]) => one),
          known ? start : null,
          sign,
        );
        expect(path).toHaveLength(lines.length);
        let at = path?.[0] === undefined ? 0 : (path[0].balanceMinor ?? 0) - (sign === 1 ? path[0].amountMinor : 0);
        if (known) expect(at).toBe(start);
        for (const { amountMinor, balanceMinor } of path ?? []) {
          expect(balanceMinor).toBe(sign === 1 ? at + amountMinor : at);
          at = sign === 1 ? (balanceMinor ?? 0) : (balanceMinor ?? 0) - amountMinor;
        }
      },
    ),
  );
});
