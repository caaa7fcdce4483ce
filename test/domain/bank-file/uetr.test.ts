import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attemptKey } from '../../../src/domain/attempt-key.ts';
import { uetrOf } from '../../../src/domain/bank-file/uetr.ts';

/** As pain.001.001.09 has it. */
const UUID_V4 = /^[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$/;
const keys = fc.stringMatching(/^[A-Z0-9-]{1,22}$/);

test('it is a UUID of version 4, the same for one key at all times', () => {
  const key = attemptKey('01936b2e-1c3f-7a2b-8c4d-5e6f70819203', 1);
  expect(uetrOf(key)).toMatchInlineSnapshot(`"825c4e40-bd51-4082-83e9-21f70bac24df"`);
  fc.assert(
    fc.property(keys, (one) => {
      expect(uetrOf(one)).toMatch(UUID_V4);
      expect(uetrOf(one)).toBe(uetrOf(one));
    }),
  );
});

test('no two keys have the same, however alike they are', () => {
  fc.assert(fc.property(keys, keys, (one, other) => one === other || uetrOf(one) !== uetrOf(other)));
  const alike = ['A', '-A', 'A-', '--A', 'AA', '0', '-0', '00', '-'];
  expect(new Set(alike.map(uetrOf)).size).toBe(alike.length);
});

test.each(['', 'a', 'A_B', 'A'.repeat(23)])('%j is no key of an attempt', (key) => {
  expect(() => uetrOf(key)).toThrow(/is not the key of an attempt/);
});
