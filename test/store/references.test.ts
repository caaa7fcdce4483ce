import { expect, test } from 'vitest';
import { candidates, newId, randomPart } from '../../src/store/references.ts';

test('references are the last 60 bits of the id, lowest first, in the letters of Crockford', () => {
  expect(randomPart('00000000-0000-7000-8000-000000000001')).toBe('100000000000');
  expect(randomPart('00000000-0000-7000-8fff-ffffffffffff')).toBe('zzzzzzzzzzzz');
  expect(randomPart('01234567-89ab-7def-8123-456789abcdef')).toBe(
    [...BigInt('0x123456789abcdef').toString(2).padStart(60, '0')]
      .join('')
      .match(/.{5}/g)
      ?.toReversed()
      .map((bits) => '0123456789abcdefghjkmnpqrstvwxyz'[Number.parseInt(bits, 2)])
      .join(''),
  );
});

test('the short reference is the beginning of the long one', () => {
  const [short, long] = candidates(newId(), 'payments');
  expect(short).toMatch(/^pay_[0-9a-hjkmnp-tv-z]{6}$/);
  expect(long).toMatch(/^pay_[0-9a-hjkmnp-tv-z]{12}$/);
  expect(long.startsWith(short)).toBe(true);
});
