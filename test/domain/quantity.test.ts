import { expect, test } from 'vitest';
import { quantity } from '../../src/domain/quantity.ts';

test('a number agrees with its noun', () => {
  expect([0, 1, 2].map((count) => quantity(count, 'fund'))).toEqual(['0 funds', '1 fund', '2 funds']);
  expect([1, 2].map((count) => quantity(count, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
});
