import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A memory that a machine has as a directory. */
const IN_MEMORY = '/dev/shm';

/** What the offices of a run take of it at the most; containers often have much less. */
const ROOM_BYTES = 2 ** 30;

const ROOT = hasRoom(IN_MEMORY) ? IN_MEMORY : tmpdir();

/**
 * A new directory for a database of a test, in memory where there is room. The tool waits for the disk at every commit all the
 * same, but such a disk answers at once. What a kill leaves behind is the same there, and no test cuts the power.
 */
export const scratchDirectory = (prefix: string): string => mkdtempSync(join(ROOT, prefix));

function hasRoom(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    // Other systems have no such directory.
    return false;
  }
}
