import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileTrouble } from '../domain/file-trouble.ts';
import { type Problem, usage } from '../domain/problem.ts';

/**
 * Standard input, kept in a file of which only its handle is left, so that nobody else reads it and nothing has to be tidied up:
 * it can be read from its beginning, as often as needed, in memory that does not grow with it. Whoever asks closes the handle.
 * Throws usage STDIN_TOO_LONG above so many bytes, STDIN_NOT_KEPT where there is no room for it.
 */
export async function spoolStdin(mostBytes: number): Promise<number> {
  const handle = unnamedFile();
  try {
    let length = 0;
    for await (const piece of process.stdin) {
      // Without an encoding set, standard input gives buffers.
      const bytes = piece as Buffer;
      length += bytes.length;
      if (length > mostBytes) throw refuse('STDIN_TOO_LONG', `Standard input holds more than ${mostBytes} bytes.`);
      keep(handle, bytes);
    }
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** A file in a directory of our own, neither of which has a name any more. */
function unnamedFile(): number {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-'));
  try {
    return openSync(path.join(directory, 'stdin'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function keep(handle: number, bytes: Buffer): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
  } catch (error) {
    throw refuse(
      'STDIN_NOT_KEPT',
      `Standard input cannot be kept in ${os.tmpdir()}: ${fileTrouble(error, 'writing') ?? String(error)}.`,
    );
  }
}

const refuse = (code: string, message: string): Problem => usage(code, message, { unchanged: 'Nothing was changed.' });
