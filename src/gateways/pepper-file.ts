import { hash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../domain/problem.ts';
import { writeSecretFile } from './secret-file.ts';

const PEPPER_BYTES = 32;

/** What the database keeps of the pepper, so that another one is noticed: 16 hex digits of its SHA-256. */
export const pepperFingerprint = (pepper: Buffer): string => hash('sha256', pepper).slice(0, 16);

/** The pepper in a file, or null when there is no such file. Throws PEPPER_DAMAGED when it holds anything but 32 bytes in base64. */
export async function readPepperFile(path: string): Promise<Buffer | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw damaged(path, 'cannot be read');
  }
  const pepper = /^[A-Za-z0-9+/]{43}=\s*$/.test(text) ? Buffer.from(text.trim(), 'base64') : Buffer.alloc(0);
  if (pepper.length !== PEPPER_BYTES) throw damaged(path, 'does not hold 32 bytes in base64');
  return pepper;
}

/** Whether anybody but its owner may read or change a file. */
export const othersMayRead = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o077) !== 0;

const damaged = (path: string, why: string) =>
  new Problem('refused', 'PEPPER_DAMAGED', `The pepper file ${path} ${why}.`, {
    unchanged: 'Nothing was changed; no other pepper was made.',
    fix: 'restore the file from where it is kept safe',
  });

/** The pepper in a file; a new one is made where there is none, never over another. */
export async function ensurePepperFile(path: string): Promise<Buffer> {
  const text = `${randomBytes(PEPPER_BYTES).toString('base64')}\n`;
  if ((await readPepperFile(path)) === null) await writeSecretFile(path, text, { exclusive: true });
  const pepper = await readPepperFile(path);
  if (pepper === null) throw new Error(`${path} vanished`);
  return pepper;
}
