import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DaySums } from '../../../src/domain/reconciliation/day-sums.ts';

test('what was added up to a day is what all its parts come to, in whatever order they came', () => {
  const day = fc.constantFrom('2026-08-31', '2026-09-01', '2026-09-02', '2026-10-01');
  fc.assert(
    fc.property(fc.array(fc.tuple(day, fc.integer({ min: -500, max: 500 }))), day, (parts, until) => {
      const sums = new DaySums();
      for (const [of, minor] of parts) sums.add(of, minor);
      const expected = parts.reduce((sum, [of, minor]) => (of <= until ? sum + minor : sum), 0);
      // Asked twice, it says the same.
      expect([sums.upTo(until), sums.upTo(until)]).toEqual([expected, expected]);
    }),
  );
});
