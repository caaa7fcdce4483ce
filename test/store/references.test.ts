import { expect, test } from 'vitest';
import { candidates, lineReference, newId, randomPart } from '../../src/store/references.ts';

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

test('a line’s reference is its statement’s and its number in four letters, which sort as the lines stand', () => {
  const statement = { ref: 'sta_7f3k2m' };
  expect([1, 31, 32, 32 ** 4 - 1].map((seq) => lineReference(statement, seq))).toEqual([
    'stl_7f3k2m0001',
    'stl_7f3k2m000z',
    'stl_7f3k2m0010',
    'stl_7f3k2mzzzz',
  ]);
  const refs = Array.from({ length: 70_000 }, (_, at) => lineReference(statement, at + 1));
  expect(refs.toSorted()).toEqual(refs);
  expect(new Set(refs).size).toBe(refs.length);
});

test('no two statements have a line’s reference in common, however long theirs are', () => {
  const [short, long] = candidates(newId(), 'statements');
  const most = lineReference({ ref: short }, 4_000_000);
  expect(most.length).toBeLessThan(lineReference({ ref: long }, 1).length);
});
