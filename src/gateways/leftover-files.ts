import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is younger may be of somebody who is writing the same file at this moment. */
const LEFT_AFTER_MS = 60_000;
/** A writer's file as `writeSecretFile` names it until it is whole. */
const UNFINISHED = /^\.[0-9a-f]{12}$/;

/**
 * Removes what killed writers of this file left beside it; answers the paths. Such a file is named like theirs, is this person's and for
 * nobody else to read, is older than a minute, and holds nothing but what the file itself begins with by now: whoever it is of,
 * nothing is lost with it. Anything else stays.
 */
export async function clearLeftovers(path: string, text: string, now: Date): Promise<string[]> {
  const [directory, name] = [dirname(path), basename(path)];
  const whole = Buffer.from(text);
  const cleared: string[] = [];
  for (const found of await readdir(directory)) {
    if (!found.startsWith(name) || !UNFINISHED.test(found.slice(name.length))) continue;
    const left = join(directory, found);
    if (!(await isLeft(left, whole, now))) continue;
    await rm(left, { force: true });
    cleared.push(left);
  }
  return cleared;
}

async function isLeft(path: string, whole: Buffer, now: Date): Promise<boolean> {
  const file = await opened(path);
  if (file === null) return false;
  try {
    const about = await file.stat();
    const { size, mode, uid, mtimeMs } = about;
    if (!about.isFile() || uid !== process.getuid?.() || (mode & 0o777) !== 0o600) return false;
    if (now.getTime() - mtimeMs < LEFT_AFTER_MS || size > whole.length) return false;
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size + 1), position: 0 });
    return bytesRead === size && whole.subarray(0, size).equals(buffer.subarray(0, size));
  } finally {
    await file.close();
  }
}

/** Neither through a link nor waiting for the other end of a pipe; null for what cannot be opened so, as it is no leftover of ours. */
async function opened(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
