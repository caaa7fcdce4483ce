import { expect, test } from 'vitest';
import { sentence } from '../../src/domain/sentence.ts';

test('a fault that ends a sentence has one full stop, with or without its own', () => {
  expect(sentence('line 2: the payee is empty')).toBe('line 2: the payee is empty.');
  expect(sentence('"1e3" is not an amount. Write it like 12,500.00.')).toBe(
    '"1e3" is not an amount. Write it like 12,500.00.',
  );
});
