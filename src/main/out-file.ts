import { randomBytes } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, usage } from '../domain/problem.ts';

/**
 * How the data of `--out FILE` are saved: whole or not at all, readable by their owner only. Throws usage OUT_NOT_WRITABLE
 * at once when the file cannot be written, before anything is done that it should tell of.
 */
export function outFile(name: string): (text: string) => Promise<void> {
  const file = path.resolve(name);
  const directory = path.dirname(file);
  try {
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw notWritable(file, error);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw notWritable(file, 'it is a directory');
  return (text) => save(file, path.join(directory, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`), text);
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
    throw notWritable(file, error);
  }
}

const notWritable = (file: string, reason: unknown): Problem =>
  usage('OUT_NOT_WRITABLE', `${file} cannot be written: ${reason instanceof Error ? reason.message : String(reason)}.`, {
    unchanged: 'The file was not written.',
  });
