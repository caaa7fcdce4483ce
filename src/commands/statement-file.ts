import { closeSync, readSync } from 'node:fs';
import { MOST_BYTES } from '../statements/limits.ts';
import type { Context } from './context.ts';
import { openListFile } from './list-file.ts';

const PIECE_BYTES = 64 * 1024;

/** A file that somebody hands over, however long. */
export interface StatementFile {
  /** Its bytes from the beginning, a piece at a time. */
  pieces(): Iterable<Uint8Array>;
  close(): void;
}

/** The file of this name, or standard input for `-`. Throws usage FILE_UNREADABLE or STDIN_TOO_LONG. */
export async function openStatementFile(context: Context, file: string): Promise<StatementFile> {
  const handle = file === '-' ? await context.spoolStdin(MOST_BYTES) : openListFile(file, MOST_BYTES).handle;
  return { pieces: () => piecesOf(handle), close: () => closeSync(handle) };
}

/** Every piece is a buffer of its own: a parser may keep a part of one. */
function* piecesOf(handle: number): Generator<Uint8Array> {
  let position = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const read = readSync(handle, piece, 0, PIECE_BYTES, position);
    if (read === 0) return;
    position += read;
    yield piece.subarray(0, read);
  }
}
