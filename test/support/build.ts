import { execa } from 'execa';
import { existsSync, statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** The root of the project. */
export const PROJECT = path.resolve(import.meta.dirname, '../..');

const DIST = path.join(PROJECT, 'dist');

/**
 * Builds `dist` when a source is newer than it; throws with the bundler's message. The bundle is made beside `dist` and
 * put in its place at the end, so that a run of the tool or another test run hardly ever finds half of it.
 */
export async function buildIfStale(): Promise<void> {
  const main = path.join(DIST, 'main.cjs');
  if (existsSync(main) && statSync(main).mtimeMs >= (await newestSourceMs())) return;
  const fresh = `${DIST}.${process.pid}`;
  const old = `${fresh}.old`;
  try {
    await bundle(fresh);
    if (existsSync(DIST)) await rename(DIST, old);
    // Another test run may have put its own build there in this very moment: that one is as fresh.
    await rename(fresh, DIST).catch((error: unknown) => {
      if (!existsSync(main)) throw error;
    });
  } finally {
    await Promise.all([fresh, old].map((directory) => rm(directory, { recursive: true, force: true })));
  }
}

/** `preferLocal` runs rolldown under the project's Node, whatever the machine's is. */
async function bundle(directory: string): Promise<void> {
  const options = { cwd: PROJECT, all: true, reject: false, preferLocal: true } as const;
  const { failed, all } = await execa('rolldown', ['-c', '--dir', directory], options);
  if (failed) throw new Error(`The tool could not be built.\n${all}`);
}

async function newestSourceMs(): Promise<number> {
  const entries = await readdir(path.join(PROJECT, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const times = [...files, path.join(PROJECT, 'rolldown.config.ts')].map((file) => statSync(file).mtimeMs);
  return Math.max(...times);
}
