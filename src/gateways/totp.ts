import { createHmac, randomBytes } from 'node:crypto';
import { RECOVERY_CODE_BYTES, RECOVERY_CODES, recoveryCode } from '../domain/recovery-code.ts';
import { TOTP_SECRET_BYTES, type StepCode } from '../domain/totp.ts';
import { keyFor, seal, unseal } from './sealed-secret.ts';

/** A new random secret for an app. */
export const newTotpSecret = (): Buffer => randomBytes(TOTP_SECRET_BYTES);

/** A secret as apps take it when it is typed: base 32 of RFC 4648, without padding. */
export async function base32Of(secret: Buffer): Promise<string> {
  const { Secret } = await import('otpauth');
  return new Secret({ buffer: bytesOf(secret) }).base32;
}

/** The codes of some steps (RFC 4226 with the step as the counter, as RFC 6238 says). */
export async function totpCodes(secret: Buffer, steps: readonly number[]): Promise<StepCode[]> {
  const { HOTP, Secret } = await import('otpauth');
  const key = new Secret({ buffer: bytesOf(secret) });
  return steps.map((step) => ({
    step,
    code: HOTP.generate({ secret: key, algorithm: 'SHA1', digits: 6, counter: step }),
  }));
}

/** A buffer may be a part of a larger one; the library wants bytes of its own. */
const bytesOf = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;

/** Ten new recovery codes. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(RECOVERY_CODE_BYTES)));

const USE = 'treasury totp secret v1';

/** A person's secret as the database keeps it, sealed under the pepper. */
export const sealSecret = (secret: Buffer, { pepper, userId }: { pepper: Buffer; userId: string }): string =>
  seal(secret, { pepper, use: USE, owner: userId });

/** The secret that was sealed for a person; null when it was sealed for another, under another pepper, or altered since. */
export const openSecret = (sealed: string, { pepper, userId }: { pepper: Buffer; userId: string }): Buffer | null =>
  unseal(sealed, { pepper, use: USE, owner: userId, bytes: TOTP_SECRET_BYTES });

/**
 * What the database keeps of a recovery code. 80 random bits need no slow hash: keyed with the pepper, so that a copy of the database
 * alone cannot even try, and found by one look-up that takes the same time whatever was given.
 */
export const recoveryCodeHash = (code: string, { pepper, userId }: { pepper: Buffer; userId: string }): string =>
  createHmac('sha256', keyFor(pepper, 'treasury recovery code v1')).update(`${userId}:${code}`).digest('hex');
