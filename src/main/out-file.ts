import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileTrouble } from '../domain/file-trouble.ts';
import { type Problem, usage } from '../domain/problem.ts';

/**
 * How the data of `--out FILE` are saved: whole or not at all, readable by their owner only. Throws usage OUT_NOT_WRITABLE
 * at once when the file cannot be written, before anything is done that it should tell of.
 */
export function outFile(name: string): (text: string) => Promise<void> {
  const file = path.resolve(name);
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw notWritable(file, 'it is a directory', NOT_BEGUN);
  try {
    // Permissions do not tell: only making the file shows that it can be made.
    closeSync(openSync(beside, 'wx', 0o600));
    rmSync(beside);
  } catch (error) {
    throw notWritable(file, error, NOT_BEGUN);
  }
  return (text) => save(file, beside, text);
}

/** Written beside its place and moved there at the end: a reader never finds half of it. */
async function save(file: string, beside: string, text: string): Promise<void> {
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw notWritable(file, error, DONE_ALREADY);
  }
}

const NOT_BEGUN = 'Nothing was changed.';
const DONE_ALREADY = 'The command was carried out; only the file that tells of it was not written.';

const notWritable = (file: string, reason: unknown, unchanged: string): Problem =>
  usage(
    'OUT_NOT_WRITABLE',
    `${file} cannot be written: ${typeof reason === 'string' ? reason : (fileTrouble(reason, 'writing') ?? String(reason))}.`,
    {
      unchanged,
      fix: '--out FILE, in a directory that you may write to and that has room: ls -ld DIRECTORY; df -h DIRECTORY',
    },
  );
