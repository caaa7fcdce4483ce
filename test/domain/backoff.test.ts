import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitAfter } from '../../src/domain/backoff.ts';
import { idlePause } from '../../src/domain/idle-pause.ts';

const BACKOFF = { firstMs: 1_000, longestMs: 60_000 };

test('each failure doubles the wait, up to the cap, of which half is chance', () => {
  expect([1, 2, 3, 6, 7, 8].map((failures) => waitAfter(failures, 0, BACKOFF))).toEqual([
    500, 1_000, 2_000, 16_000, 30_000, 30_000,
  ]);
  expect(waitAfter(1, 0.5, BACKOFF)).toBe(750);
});

test('no wait is longer than the cap or shorter than half of the first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, chance) => {
        const wait = waitAfter(failures, chance, BACKOFF);
        expect(wait).toBeGreaterThanOrEqual(500);
        expect(wait).toBeLessThanOrEqual(60_000);
      },
    ),
  );
});

test('a worker that finds nothing rests longer each time, up to five seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 500].map((looks) => idlePause(looks, 0))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000, 5_000,
  ]);
  expect(idlePause(500, 1)).toBe(3_750);
});
