import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fileTrouble } from '../domain/file-trouble.ts';
import { type Problem, usage } from '../domain/problem.ts';

/** The text of a file that somebody hands over. Throws usage FILE_UNREADABLE, also for what is no UTF-8. */
export const readListFile = (path: string, mostBytes: number): string =>
  decoded(readFileBytes(path, mostBytes), (why) => unreadable(path, why));

/** The bytes of a file that somebody hands over. Throws usage FILE_UNREADABLE. */
export function readFileBytes(path: string, mostBytes: number): Buffer {
  const { handle, bytes: size } = openListFile(path, mostBytes);
  try {
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readWhole(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/**
 * A file that somebody hands over, opened once and judged as opened, so that it cannot be swapped meanwhile; a directory, device
 * or pipe is refused without waiting for it. Whoever asks closes the handle. Throws usage FILE_UNREADABLE.
 */
export function openListFile(path: string, mostBytes: number): { readonly handle: number; readonly bytes: number } {
  const handle = opened(path);
  const status = fstatSync(handle);
  const fault = !status.isFile()
    ? status.isDirectory()
      ? 'it is a directory'
      : 'it is not a regular file'
    : status.size > mostBytes
      ? `it has ${status.size} bytes; ${mostBytes} are the most`
      : undefined;
  if (fault === undefined) return { handle, bytes: status.size };
  closeSync(handle);
  throw unreadable(path, fault);
}

function opened(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const why = fileTrouble(error, 'reading');
    throw why === null ? error : unreadable(path, why);
  }
}

const unreadable = (path: string, why: string): Problem =>
  usage('FILE_UNREADABLE', `${path} cannot be read: ${why}.`, {
    unchanged: 'Nothing was changed.',
    fix: `give a file that you can read: ls -ld ${path}`,
  });

function readWhole(handle: number, bytes: Buffer): number {
  let read = 0;
  while (read < bytes.length) {
    const some = readSync(handle, bytes, read, bytes.length - read, read);
    if (some === 0) break;
    read += some;
  }
  return read;
}

function decoded(bytes: Buffer, refuse: (why: string) => Error): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('it is not UTF-8 text');
  }
}
