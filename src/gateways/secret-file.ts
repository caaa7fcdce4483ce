import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileTrouble } from '../domain/file-trouble.ts';
import { Problem, usage } from '../domain/problem.ts';

/**
 * Writes a file that only this person may read (0600, directory 0700), whole or not at all: a temporary file, fsync, rename.
 * With `exclusive` an existing file is kept and false is answered.
 */
export async function writeSecretFile(
  path: string,
  text: string,
  options: { exclusive?: boolean } = {},
): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(temporary, text);
    if (options.exclusive !== true) await rename(temporary, path);
    else await link(temporary, path);
    return true;
  } catch (error) {
    if (options.exclusive === true && codeOf(error) === 'EEXIST') return false;
    throw notWritten(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Throws usage REPORT_NOT_WRITABLE where no file can be put: permissions do not tell, only making one beside it shows that it can. */
export async function requireWritable(path: string): Promise<void> {
  const notWritable = (why: string): Problem =>
    usage('REPORT_NOT_WRITABLE', `${path} cannot be written: ${why}.`, {
      unchanged: 'Nothing was saved.',
      fix: OTHER_PLACE,
    });
  if (await isDirectory(path)) throw notWritable('it is a directory');
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await (await open(temporary, 'wx', 0o600)).close();
    await rm(temporary);
  } catch (error) {
    const why = fileTrouble(error, 'writing');
    throw why === null ? error : notWritable(why);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const OTHER_PLACE =
  'name a file in a directory that you may write to and that has room: ls -ld DIRECTORY; df -h DIRECTORY';

function notWritten(path: string, error: unknown): unknown {
  const why = fileTrouble(error, 'writing');
  if (why === null) return error;
  return new Problem('external', 'FILE_NOT_WRITTEN', `${path} could not be written: ${why}.`, {
    unchanged: 'The file was left as it was.',
    fix: OTHER_PLACE,
  });
}

const LARGEST_SECRET = 4096;

/** The secret in a file, without the line feed at its end. Throws usage SECRET_FILE_UNREADABLE. */
export async function readSecretFile(path: string): Promise<{ text: string; readableByOthers: boolean }> {
  const unreadable = (why: string) =>
    new Problem('usage', 'SECRET_FILE_UNREADABLE', `The secret in ${path} cannot be read: ${why}.`, {
      unchanged: 'Nothing was changed.',
      fix: `give a file that you can read: ls -ld ${path}`,
    });
  try {
    const file = await open(path, 'r');
    try {
      const about = await file.stat();
      if (about.isDirectory()) throw unreadable('it is a directory');
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LARGEST_SECRET + 1) });
      if (bytesRead > LARGEST_SECRET) throw unreadable(`it holds more than ${LARGEST_SECRET} bytes`);
      return {
        text: withoutLineFeed(buffer.toString('utf8', 0, bytesRead)),
        readableByOthers: about.isFile() && (about.mode & 0o077) !== 0,
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = fileTrouble(error, 'reading');
    throw why === null ? error : unreadable(why);
  }
}

/** A secret as typed or piped: one line feed at the end is no part of it. */
export const withoutLineFeed = (text: string): string => text.replace(/\r?\n$/, '');

/** Removes a file; false when there was none. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  await rm(path, { force: true });
  return true;
}
