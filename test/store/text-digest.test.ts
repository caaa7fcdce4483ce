import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { TextDigest } from '../../src/store/text-digest.ts';

test('pieces of a text have the digest of the whole, wherever it is cut', () => {
  for (const [pieces, size] of [
    [0, 0],
    [1, 1],
    [3, 16_383],
    [3, 16_384],
    [20_000, 7],
  ] as const) {
    const digest = new TextDigest();
    const text = Array.from({ length: pieces }, (_, at) => `${at} é`.padEnd(size, 'x'));
    for (const piece of text) digest.add(piece);
    expect(digest.hex()).toBe(createHash('sha256').update(text.join('')).digest('hex'));
  }
});
