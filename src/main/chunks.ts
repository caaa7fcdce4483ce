import { accessSync, closeSync, constants, existsSync, fstatSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, readSync, renameSync, writeSync } from 'node:fs';
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
export function chunksOf(dist: string, { entry, env }: { entry: string; env: Environment }): Chunks {
  const folder = folderFor(dist, entry, env);
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

/**
 * Beside the build, or in the person's own cache: never in /tmp, where others could plant theirs. The entry's name tells the
 * content of the whole build: V8 itself only looks at how long a source is.
 */
function folderFor(dist: string, entry: string, env: Environment): string | undefined {
  const build = join(`${process.version}-${process.arch}`, entry);
  try {
    accessSync(dist, constants.W_OK);
    return join(dist, '.compiled', build);
  } catch {
    const { HOME: home, XDG_CACHE_HOME: cache = home && join(home, '.cache') } = env;
    return cache ? join(cache, 'treasury', 'compiled', build) : undefined;
  }
}

const keptFor = (folder: string, file: string): string => join(folder, `${basename(file)}.code`);

type Wrapped = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** V8 refuses code that another version of it or another source made, and compiles anew. */
const compile = (file: string, kept: string | undefined): Script =>
  new Script(wrapped(file), {
    filename: file,
    cachedData: kept !== undefined && existsSync(kept) ? readFileSync(kept) : undefined,
  });

const [BEFORE, AFTER] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];

/** The source as the body of a function. To put texts of this size together would copy them once more. */
function wrapped(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(BEFORE.length + size + AFTER.length);
    bytes.write(BEFORE);
    for (let read = 0; read < size;) {
      const more = readSync(descriptor, bytes, BEFORE.length + read, size - read, null);
      if (more === 0) throw new Error(`${file} became shorter while it was read`);
      read += more;
    }
    bytes.write(AFTER, BEFORE.length + size);
    return bytes.toString();
  } finally {
    closeSync(descriptor);
  }
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
