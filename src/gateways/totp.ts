import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { RECOVERY_CODE_BYTES, RECOVERY_CODES, recoveryCode } from '../domain/recovery-code.ts';
import { TOTP_SECRET_BYTES, type StepCode } from '../domain/totp.ts';

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

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key of its own for each use of the pepper (HKDF-SHA-256, RFC 5869); the version is that of what is made with it. */
const keyFor = (pepper: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', pepper, Buffer.alloc(0), use, KEY_BYTES));

const SEALED = 'v1.';

/** A secret as the database keeps it: AES-256-GCM under the pepper, good for this one person only. */
export function sealSecret(secret: Buffer, { pepper, userId }: { pepper: Buffer; userId: string }): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(pepper, 'treasury totp secret v1'), nonce);
  cipher.setAAD(Buffer.from(userId));
  const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return SEALED + sealed.toString('base64url');
}

/** The secret that was sealed for a person; null when it was sealed for another, under another pepper, or altered since. */
export function openSecret(sealed: string, { pepper, userId }: { pepper: Buffer; userId: string }): Buffer | null {
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64url');
  if (!sealed.startsWith(SEALED) || bytes.length !== NONCE_BYTES + TOTP_SECRET_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    keyFor(pepper, 'treasury totp secret v1'),
    bytes.subarray(0, NONCE_BYTES),
  );
  decipher.setAAD(Buffer.from(userId));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    // GCM's one answer to whatever is not as it was sealed.
    return null;
  }
}

/**
 * What the database keeps of a recovery code. 80 random bits need no slow hash: keyed with the pepper, so that a copy of the database
 * alone cannot even try, and found by one look-up that takes the same time whatever was given.
 */
export const recoveryCodeHash = (code: string, { pepper, userId }: { pepper: Buffer; userId: string }): string =>
  createHmac('sha256', keyFor(pepper, 'treasury recovery code v1')).update(`${userId}:${code}`).digest('hex');
