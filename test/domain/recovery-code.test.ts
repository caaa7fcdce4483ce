import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inGroups, normalRecoveryCode, RECOVERY_CODE_BYTES, recoveryCode } from '../../src/domain/recovery-code.ts';

describe('a recovery code', () => {
  test('is ten bytes in Crockford’s base 32, in four groups', () => {
    expect(recoveryCode(new Uint8Array(RECOVERY_CODE_BYTES))).toBe('0000-0000-0000-0000');
    expect(recoveryCode(new Uint8Array(RECOVERY_CODE_BYTES).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    expect(recoveryCode(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))).toBe('0410-6105-0R3G-G28A');
  });

  test('keeps every bit: different bytes never make the same code, and it reads back as typed', () => {
    const bytes = fc.uint8Array({ minLength: RECOVERY_CODE_BYTES, maxLength: RECOVERY_CODE_BYTES });
    fc.assert(
      fc.property(bytes, (random) => {
        const code = recoveryCode(random);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
        expect(code.replaceAll('-', '')).toBe(lettersOf([...random.slice(0, 5)]) + lettersOf([...random.slice(5)]));
        expect(normalRecoveryCode(code)).toBe(code.replaceAll('-', ''));
        expect(normalRecoveryCode(` ${code.toLowerCase().replaceAll('-', ' ')}`)).toBe(code.replaceAll('-', ''));
      }),
    );
  });

  test('is read with the slips that people make', () => {
    expect(normalRecoveryCode('olIL-oooo-0000-zzzz')).toBe('011100000000ZZZZ');
  });

  test.each(['', '123456', '0000-0000-0000-000', '0000-0000-0000-00000', '0000-0000-0000-000U', '0000-0000-0000-000*'])(
    'is not %j',
    (typed) => {
      expect(normalRecoveryCode(typed)).toBe(null);
    },
  );
});

/** Five bytes as eight letters, the slow way. */
function lettersOf(bytes: readonly number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map(
    (five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number.parseInt(five, 2)],
  );
  return letters.join('');
}

test('a secret is typed in groups of four', () => {
  expect(inGroups('JBSWY3DPEHPK3PXPA', ' ')).toBe('JBSW Y3DP EHPK 3PXP A');
  expect(inGroups('', ' ')).toBe('');
});
