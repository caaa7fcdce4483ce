import { describe, expect, test } from 'vitest';
import { totpStep } from '../../src/domain/totp.ts';
import {
  base32Of,
  newRecoveryCodes,
  newTotpSecret,
  openSecret,
  recoveryCodeHash,
  sealSecret,
  totpCodes,
} from '../../src/gateways/totp.ts';

const PEPPER = Buffer.alloc(32, 7);
const OTHER_PEPPER = Buffer.alloc(32, 8);

describe('codes', () => {
  // RFC 6238, appendix B, SHA-1: the last six of the eight digits given there.
  const SECRET = Buffer.from('12345678901234567890');
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i seconds are those of the standard', async (seconds, code) => {
    const step = totpStep(new Date(seconds * 1000));
    expect(await totpCodes(SECRET, [step])).toEqual([{ step, code }]);
  });

  test('the secret is typed in base 32', async () => {
    expect(await base32Of(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(newTotpSecret()).toHaveLength(20);
    expect(newTotpSecret().equals(newTotpSecret())).toBe(false);
  });
});

describe('a sealed secret', () => {
  const secret = newTotpSecret();
  const sealed = sealSecret(secret, { pepper: PEPPER, userId: 'carol' });

  test('opens for its owner under its pepper', () => {
    expect(openSecret(sealed, { pepper: PEPPER, userId: 'carol' })).toEqual(secret);
  });

  test('does not open for another person, under another pepper, or altered by one bit anywhere', () => {
    expect(openSecret(sealed, { pepper: PEPPER, userId: 'peter' })).toBe(null);
    expect(openSecret(sealed, { pepper: OTHER_PEPPER, userId: 'carol' })).toBe(null);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(openSecret(`v1.${altered.toString('base64url')}`, { pepper: PEPPER, userId: 'carol' }), `${at}`).toBe(
        null,
      );
    }
  });

  test.each(['', 'v1.', 'v2.', 'nonsense'])('%j is none', (text) => {
    expect(openSecret(text, { pepper: PEPPER, userId: 'carol' })).toBe(null);
  });

  test('is another one each time, and holds nothing of the secret', () => {
    expect(sealSecret(secret, { pepper: PEPPER, userId: 'carol' })).not.toBe(sealed);
    expect(Buffer.from(sealed.slice(3), 'base64url').includes(secret)).toBe(false);
  });
});

describe('recovery codes', () => {
  test('are ten, all different', () => {
    expect(new Set(newRecoveryCodes()).size).toBe(10);
  });

  test('are kept as a hash of code, person and pepper', () => {
    const hash = (code: string, pepper: Buffer, userId: string) => recoveryCodeHash(code, { pepper, userId });
    const kept = hash('0123456789ABCDEF', PEPPER, 'carol');
    expect(kept).toMatch(/^[0-9a-f]{64}$/);
    expect(hash('0123456789ABCDEF', PEPPER, 'carol')).toBe(kept);
    expect(hash('0123456789ABCDEG', PEPPER, 'carol')).not.toBe(kept);
    expect(hash('0123456789ABCDEF', PEPPER, 'peter')).not.toBe(kept);
    expect(hash('0123456789ABCDEF', OTHER_PEPPER, 'carol')).not.toBe(kept);
  });
});
