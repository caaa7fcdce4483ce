import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loads the chunks of the bundle with what V8 made of them in earlier runs. Node's own compile cache keeps what is compiled
 * while a file is loaded; the functions that a command then calls would be compiled again in each process, which takes as
 * long as everything else a short command does. Answers what is to be called when a command has worked: after its first
 * time, what it needed is kept.
 */
export function keepCompiledCode(dist: string, env: Environment): (command: string) => void {
  const folder = folderFor(dist, env);
  if (folder === undefined) return () => undefined;
  const loaded = new Map<string, Script>();
  const { extensions } = createRequire(join(dist, 'main.cjs'));
  // oxlint-disable-next-line typescript/no-deprecated -- the one way to say how a required file is compiled
  extensions['.cjs'] = (module, file) => {
    const script = compile(file, keptFor(folder, file));
    loaded.set(keptFor(folder, file), script);
    const run = script.runInThisContext() as Wrapped;
    run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  };
  return (command) => {
    const seen = join(folder, command.replaceAll(' ', '-'));
    if (existsSync(seen)) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [kept, script] of loaded) writeWhole(kept, script.createCachedData());
      writeWhole(seen, new Uint8Array());
    } catch {
      // A full disk, or a folder of somebody else: the next run compiles again.
    }
  };
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
  require: NodeJS.Require,
  module: NodeJS.Module,
  filename: string,
  dirname: string,
) => void;

/** V8 refuses code that another version of it or another source made, and compiles anew. */
function compile(file: string, kept: string): Script {
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
  return new Script(source, {
    filename: file,
    cachedData: existsSync(kept) ? readFileSync(kept) : undefined,
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
