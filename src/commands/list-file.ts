import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { usage } from '../domain/problem.ts';

/**
 * The text of a file that somebody hands over. It is opened once and judged as opened, so it cannot be swapped meanwhile;
 * a directory, device or pipe is refused without waiting for it. Throws usage FILE_UNREADABLE.
 */
export function readListFile(path: string, mostBytes: number): string {
  const refuse = (why: string) =>
    usage('FILE_UNREADABLE', `${path} cannot be read: ${why}.`, { unchanged: 'Nothing was changed.' });
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw refuse('it is not a regular file');
    if (status.size > mostBytes) throw refuse(`it has ${status.size} bytes; ${mostBytes} are the most`);
    const bytes = Buffer.alloc(status.size);
    const read = readWhole(handle, bytes);
    return decoded(bytes.subarray(0, read), refuse);
  } finally {
    closeSync(handle);
  }
}

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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  ENXIO: 'it is not a regular file',
  ELOOP: 'its links go in a circle',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
