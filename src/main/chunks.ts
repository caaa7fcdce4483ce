import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Chunks {
  /** What a chunk of the build exports. */
  load(name: string): unknown;
  /** Told which command has worked: what it needed is kept after its first time. */
  keepFor(command: string): void;
}

/**
 * Loads the chunks of the build as CommonJS, with what V8 made of them in earlier runs. Node's own compile cache keeps what
 * is compiled while a file is loaded; the functions that a command then calls would be compiled again in each process, which
 * takes as long as everything else a short command does. Node would also look for each chunk in places where none is.
 */
export function chunksOf(dist: string, env: Environment): Chunks {
  const folder = folderFor(dist, env);
  const scripts = new Map<string, Script>();
  const modules = new Map<string, { exports: unknown }>();
  const require = createRequire(join(dist, 'main.cjs'));
  const load = (name: string): unknown => {
    const file = join(dist, name);
    const loaded = modules.get(file) ?? require.cache[file];
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const script = compile(file, folder && keptFor(folder, file));
    scripts.set(file, script);
    const run = script.runInThisContext() as Wrapped;
    try {
      run(module.exports, (id) => (id.startsWith('./') ? load(id) : require(id)), module, file, dist);
    } catch (error) {
      // Whoever tries again must not get half of it.
      modules.delete(file);
      throw error;
    }
    return module.exports;
  };
  const keepFor = (command: string): void => {
    if (folder === undefined) return;
    const seen = join(folder, command.replaceAll(' ', '-'));
    if (existsSync(seen)) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [file, script] of scripts) writeWhole(keptFor(folder, file), script.createCachedData());
      writeWhole(seen, new Uint8Array());
    } catch {
      // A full disk, or a folder of somebody else: the next run compiles again.
    }
  };
  return { load, keepFor };
}

/** Beside the build, or in the person's own cache: never in /tmp, where others could plant theirs. */
function folderFor(dist: string, env: Environment): string | undefined {
  const build = `${process.version}-${process.arch}`;
  try {
    accessSync(dist, constants.W_OK);
    return join(dist, '.compiled', build);
  } catch {
    const { HOME: home, XDG_CACHE_HOME: cache = home && join(home, '.cache') } = env;
    return cache ? join(cache, 'treasury', 'compiled', build) : undefined;
  }
}

/** The name of a chunk tells its content apart from that of every other release. */
const keptFor = (folder: string, file: string): string => join(folder, `${basename(file)}.code`);

type Wrapped = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** V8 refuses code that another version of it or another source made, and compiles anew. */
function compile(file: string, kept: string | undefined): Script {
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
  return new Script(source, {
    filename: file,
    cachedData: kept !== undefined && existsSync(kept) ? readFileSync(kept) : undefined,
  });
}

/** V8 does not check every byte of what it gets: nobody may ever find half a file. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const fresh = `${file}.${process.pid}`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}
