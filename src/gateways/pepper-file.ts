import { hash, randomBytes } from 'node:crypto';
import { readFile, rename, stat } from 'node:fs/promises';
import type { PepperContent, PepperFacts } from '../domain/pepper.ts';
import { Problem } from '../domain/problem.ts';
import { writeSecretFile } from './secret-file.ts';

const PEPPER_BYTES = 32;

/** What the database keeps of the pepper, so that another one is noticed: 16 hex digits of its SHA-256. */
export const pepperFingerprint = (pepper: Buffer): string => hash('sha256', pepper).slice(0, 16);

/** The pepper in a file, or null when there is no such file. Throws PEPPER_UNREADABLE, and PEPPER_DAMAGED when it holds anything but 32 bytes in base64. */
export async function readPepperFile(path: string): Promise<Buffer | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Problem('refused', 'PEPPER_UNREADABLE', `The pepper file ${path} cannot be read.`, {
      unchanged: 'Nothing was changed; no other pepper was made.',
      fix: `let whoever works here read it, and nobody else: chown USER ${path}; chmod 600 ${path}`,
    });
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

/** Where a new pepper waits, beside the one in force, until the office has confirmed it. */
export const nextPepperFile = (path: string): string => `${path}.next`;

/** What the office knows of its pepper. */
export interface PepperInForce {
  readonly pepperFingerprint: string;
  readonly pepperReplacedAt: Date | null;
}

/** What the pepper files of this machine hold. */
export async function lookAtPepper(file: string, office: PepperInForce): Promise<PepperFacts> {
  const nextFile = nextPepperFile(file);
  return {
    file,
    content: await contentOf(file),
    nextFile,
    nextContent: await contentOf(nextFile),
    inForce: office.pepperFingerprint,
    replacedAt: office.pepperReplacedAt,
  };
}

async function contentOf(path: string): Promise<PepperContent> {
  try {
    const pepper = await readPepperFile(path);
    return pepper === null ? null : { fingerprint: pepperFingerprint(pepper) };
  } catch (error) {
    if (error instanceof Problem && error.code === 'PEPPER_DAMAGED') return 'damaged';
    if (error instanceof Problem && error.code === 'PEPPER_UNREADABLE') return 'unreadable';
    throw error;
  }
}

/**
 * Moves the new pepper into the place of the old one, in one step; the caller has seen that it is the one in force. Answers why it could
 * not be moved; null when it is in place, be it by another process at this moment.
 */
export async function takeNextPepper(path: string): Promise<string | null> {
  try {
    await rename(nextPepperFile(path), path);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === '') throw error;
    return code === 'ENOENT' ? null : code;
  }
}

/** The new pepper that waits beside the one in force; made where there is none, never over another. */
export async function ensureNextPepper(path: string): Promise<{ fingerprint: string; made: boolean }> {
  const next = nextPepperFile(path);
  const made = (await readPepperFile(next)) === null;
  if (!made && (await othersMayRead(next))) {
    throw new Problem('refused', 'PEPPER_EXPOSED', `Others on this machine may have read ${next}.`, {
      unchanged: 'Nothing was proposed.',
      fix: `rm ${next}, and run this again`,
    });
  }
  return { fingerprint: pepperFingerprint(await ensurePepperFile(next)), made };
}

/** A fingerprint as a new pepper would have one, for a rehearsal: no file is made. */
export const rehearsedFingerprint = (): string => pepperFingerprint(randomBytes(PEPPER_BYTES));
