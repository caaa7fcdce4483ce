import fc from 'fast-check';
import { hash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { nextUint32 } from '../../src/store/random.ts';

test('a digest is the one of FIPS 180-4, for the first texts of a process and for all later ones', async () => {
  // Other test files of this process have made many.
  vi.resetModules();
  const { sha256Hex } = await import('../../src/store/sha256.ts');
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  // The first of these are digested by another implementation than the last.
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha256Hex(text)).toBe(hash('sha256', text));
    }),
    { numRuns: 300, examples: [[''], ['KES 12,500.00 für Ömer 🙂'], ['x'.repeat(55)], ['x'.repeat(56)], ['\u{d800}']] },
  );
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('random numbers use all 32 bits and do not come twice', () => {
  const numbers = Array.from({ length: 1000 }, nextUint32);
  expect(numbers.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(998);
  for (let bit = 0; bit < 32; bit += 1) {
    const ones = numbers.filter((number) => (number >>> bit) % 2 === 1).length;
    expect(ones, `bit ${bit}`).toBeGreaterThan(350);
    expect(ones, `bit ${bit}`).toBeLessThan(650);
  }
});
