import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key of its own for each use of the pepper (HKDF-SHA-256, RFC 5869); the version is that of what is made with it. */
export const keyFor = (pepper: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', pepper, Buffer.alloc(0), use, KEY_BYTES));

const SEALED = 'v1.';

/** For what, and whose, a secret is kept. */
export interface Sealing {
  readonly pepper: Buffer;
  readonly use: string;
  /** Id of whom or what it belongs to: good for nobody else. */
  readonly owner: string;
}

/** A secret as the database keeps it: AES-256-GCM under the pepper, good for this one use and owner only. */
export function seal(secret: Buffer, { pepper, use, owner }: Sealing): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(pepper, use), nonce);
  cipher.setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return SEALED + sealed.toString('base64url');
}

/** The secret of so many bytes that was sealed so; null when it was sealed for another, under another pepper, or altered since. */
export function unseal(
  sealed: string,
  { pepper, use, owner, bytes: length }: Sealing & { readonly bytes: number },
): Buffer | null {
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64url');
  if (!sealed.startsWith(SEALED) || bytes.length !== NONCE_BYTES + length + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(pepper, use), bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    // GCM's one answer to whatever is not as it was sealed.
    return null;
  }
}
