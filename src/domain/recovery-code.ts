// Codes that help when the app is lost, and how secrets are written for people who type them.

export const RECOVERY_CODES = 10;
/** 80 bits: too many to guess even for whoever holds the pepper and a copy of the database, so a fast hash is enough. */
export const RECOVERY_CODE_BYTES = 10;

/** Crockford's base 32: no I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_CODE = /^[0-9A-HJKMNP-TV-Z]{16}$/;

/** Ten random bytes as a recovery code: `7F3K-2M9Q-XW4C-D8VN`. */
export function recoveryCode(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    for (; held >= 5; held -= 5) text += ALPHABET.charAt((bits >>> (held - 5)) & 31);
    bits &= 31;
  }
  return inGroups(text, '-');
}

/** A recovery code as it is hashed, however it was typed: small letters, no hyphens, o for 0, i and l for 1. Null when it is none. */
export function normalRecoveryCode(typed: string): string | null {
  const text = typed.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return RECOVERY_CODE.test(text) ? text : null;
}

/** A long text in groups of four, so that it can be typed: `JBSW Y3DP`. */
export const inGroups = (text: string, between: string): string => (text.match(/.{1,4}/g) ?? []).join(between);
