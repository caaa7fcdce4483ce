import { expect, test } from 'vitest';
import { inWords } from '../../src/domain/duration.ts';

test.each([
  [0, '0 s'],
  [1, '0.001 s'],
  [2_001, '2.001 s'],
  [60_000, '1 min'],
  [61_500, '1 min 1.5 s'],
  [3_600_000, '1 h'],
  [-3_660_000, '1 h 1 min'],
  [7 * 86_400_000, '7 d'],
  [7 * 86_400_000 + 1, '7 d 0.001 s'],
  [370 * 86_400_000 + 3 * 3_600_000 + 60_000, '370 d 3 h'],
])('%i ms are %s', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
