import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';

/** Opens a file with better-sqlite3; nothing is set or checked yet. */
export function connect(file: string, options: Omit<Database.Options, 'nativeBinding'> = {}): Database.Database {
  let reason: unknown;
  for (const nativeBinding of (addons ??= installedAddons())) {
    try {
      return new Database(file, { ...options, nativeBinding });
    } catch (error) {
      if (!wasMadeForAnother(error)) throw error;
      reason ??= error;
    }
  }
  throw new Error(`better-sqlite3 has no build for ${process.platform}-${process.arch}`, { cause: reason });
}

let addons: readonly string[] | undefined;

/**
 * The compiled part of better-sqlite3, which its JavaScript looks for beside itself. Ours is in the bundle: to find and load
 * its fifteen files takes as long as everything else it does. What was compiled on this machine comes first, then what is
 * prebuilt: on Linux for glibc, then for musl.
 */
function installedAddons(): string[] {
  const { platform, arch } = process;
  const names = ['build/Release/better_sqlite3', `prebuilds/${platform}-${arch}`, `prebuilds/${platform}musl-${arch}`];
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const files = names.map((name) => join(folder, 'node_modules/better-sqlite3', `${name}.node`)).filter(existsSync);
    if (files.length > 0 || folder === dirname(folder)) return files;
  }
}

const wasMadeForAnother = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_FAILED';
