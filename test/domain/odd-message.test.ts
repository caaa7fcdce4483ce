import { describe, expect, test } from 'vitest';
import { couldHideMoney, isOdd } from '../../src/domain/odd-message.ts';

describe('a message that fits nothing', () => {
  test('is one that is about no order, or contradicts one', () => {
    expect(['unmatched', 'contradicts'].map(isOdd)).toEqual([true, true]);
    expect(['waiting', 'applied', 'repeated', 'noted'].map(isOdd)).toEqual([false, false, false, false]);
  });

  test.each([
    ['a success of nobody', 'unmatched', 'paid'],
    ['what may become a success', 'unmatched', 'in_progress'],
    ['a code that nobody knows', 'unmatched', 'unknown'],
    ['what nobody can read', 'unmatched', null],
    ['a failure that contradicts an order of ours', 'contradicts', 'failed'],
    ['a success that contradicts an order of ours', 'contradicts', 'paid'],
  ] as const)('%s could hide money', (_, outcome, says) => {
    expect(couldHideMoney({ outcome, says })).toBe(true);
  });

  test.each(['failed', 'absent'] as const)(
    'of nobody, saying for certain that nothing was paid (%s), hides none',
    (says) => {
      expect(couldHideMoney({ outcome: 'unmatched', says })).toBe(false);
    },
  );
});
