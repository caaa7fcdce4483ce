import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';

/** Opens a file with better-sqlite3; nothing is set or checked yet. */
export const connect = (file: string, options: Omit<Database.Options, 'nativeBinding'> = {}): Database.Database =>
  new Database(file, { ...options, nativeBinding: (addon ??= addonFile()) });

let addon: string | undefined;

/**
 * The compiled part of better-sqlite3, which its JavaScript looks for beside itself; ours is in the bundle, because finding
 * and loading its fifteen files takes as long as everything else it does. Throws when no build fits this machine.
 */
function addonFile(): string {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('better-sqlite3/package.json'));
  const { platform, arch } = process;
  // Compiled on this machine, or prebuilt: on Linux for glibc, else for musl, where the first cannot be loaded.
  const files = ['build/Release/better_sqlite3', `prebuilds/${platform}-${arch}`, `prebuilds/${platform}musl-${arch}`]
    .map((name) => join(folder, `${name}.node`))
    .filter((file) => existsSync(file));
  let reason: unknown;
  for (const file of files) {
    try {
      require(file);
      return file;
    } catch (error) {
      reason ??= error;
    }
  }
  throw new Error(`better-sqlite3 has no build for ${platform}-${arch}`, { cause: reason });
}
