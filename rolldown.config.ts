import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type ChunkingContext, defineConfig, type OutputOptions, type Plugin, type RolldownOptions } from 'rolldown';

/**
 * What is loaded together lies in one chunk, because each file more takes half a millisecond: these files with all that they
 * import, as far as no chunk before has it.
 */
const CHUNKS: Readonly<Record<string, readonly string[]>> = {
  // What every command needs.
  frame: ['src/main/run.ts', 'src/commands/listing.ts', 'src/terminal/table.ts'],
  // What puts SQL together, which statements with a plan of this build do not need.
  drizzle: ['src/store/sqlite/face.ts', 'src/store/plan-of.ts'],
  // What every command with a database needs: who is logged in, and a list.
  books: [
    'src/store/open.ts',
    'src/store/sqlite/open.ts',
    'src/operations/authenticate.ts',
    'src/commands/fund/list.ts',
  ],
  // What every payment needs besides.
  paying: ['src/commands/payment/execute.ts', 'src/store/office.ts'],
};

/**
 * What is not taken along. Drizzle's halves name each other's columns, but nobody who works on SQLite needs those of Postgres;
 * and the driver, and what runs a plan, are needed without Drizzle too.
 */
const LEFT_OUT = /drizzle-orm\/pg-core\/(?!columns\/enum)/;
const LEFT_OUT_OF: Readonly<Record<string, RegExp>> = {
  drizzle: /\/node_modules\/better-sqlite3\/|\/src\/store\/statement-plan\.ts$/,
};

/** Which of CHUNKS a module belongs to. */
const chunkOf = (id: string, bundle: ChunkingContext): string | null => {
  for (const [chunk, roots] of Object.entries(CHUNKS)) {
    members[chunk] ??= importedBy(
      roots.map((root) => path.resolve(root)),
      bundle,
      (id) => LEFT_OUT.test(id) || LEFT_OUT_OF[chunk]?.test(id) === true,
    );
    if (members[chunk].has(id)) return chunk;
  }
  return null;
};
const members: Record<string, ReadonlySet<string>> = {};

const importedBy = (
  roots: readonly string[],
  bundle: ChunkingContext,
  leftOut: (id: string) => boolean,
): ReadonlySet<string> => {
  const found = new Set(roots);
  // A set goes on to what is added while it is walked.
  for (const id of found) {
    for (const imported of bundle.getModuleInfo(id)?.importedIds ?? []) {
      if (!leftOut(imported)) found.add(imported);
    }
  }
  return found;
};

/** Commander can start other programs as subcommands; ours has none, and what it would need takes 6 ms to load. */
const NO_PROGRAMS: Plugin = {
  name: 'no-programs',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') === true ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export default {};' : null),
};

/**
 * Commander imports Node's modules as their defaults, and rolldown then copies every property of them; to inherit them says
 * the same at once (0.9 ms).
 */
const INHERITED: Plugin = {
  name: 'inherited',
  renderChunk: (code) =>
    code.replaceAll(
      /^(node_\w+) = require_rolldown_runtime\.__toESM\(\1, 1\);$/gm,
      '$1 = { __proto__: $1, default: $1 };',
    ),
};

/**
 * One character beyond Latin-1 makes V8 read and keep a whole chunk in two bytes a character, which takes 3 ms; in texts and
 * patterns an escape says the same.
 */
const ASCII: Plugin = {
  name: 'ascii',
  renderChunk: (code, { name }) =>
    name in CHUNKS
      ? code.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : null,
};

/** Whoever names something of Drizzle loads it; to know where it would be found takes nothing. */
const LAZY_DRIZZLE: Plugin = {
  name: 'lazy-drizzle',
  renderChunk: (code) =>
    code.replaceAll(
      /^const (require_drizzle\w*) = (require\("\.\/drizzle-[^"]+"\));$/gm,
      'const $1 = new Proxy({}, { get: (found, name) => (found.drizzle ??= $2)[name] });',
    ),
};

/** Puts the plans of all statements where the store of each database looks for them. */
let plans: Readonly<Record<string, object>> | undefined;
const PLANS: Plugin = {
  name: 'plans',
  load: (id) => {
    const [, dialect = ''] = /\/src\/store\/(\w+)\/prebuilt-plans\.ts$/.exec(id) ?? [];
    if (dialect === '') return null;
    plans ??= JSON.parse(
      execFileSync(process.execPath, ['src/store/make-plans.ts'], { encoding: 'utf8' }),
    ) as typeof plans;
    return { code: `export const prebuiltPlans = ${JSON.stringify(plans?.[dialect])};`, moduleType: 'js' };
  },
};

/** The name of what the first file loads, which holds the hash of everything that it loads in turn. */
let entry = '';
const TELL_ENTRY: Plugin = {
  name: 'tell-entry',
  generateBundle: (_options, bundle) => {
    entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry)?.fileName ?? '';
  },
};
const NAME_ENTRY: Plugin = {
  name: 'name-entry',
  renderChunk: (code) => {
    if (entry === '' || !code.includes('"app.cjs"')) throw new Error('nobody knows what the first file is to load');
    return code.replace('"app.cjs"', JSON.stringify(entry));
  },
};

const SHARED: RolldownOptions = {
  platform: 'node',
  external: ['argon2', 'pg-native'],
  // A driver may also be loaded with the migrations that need it.
  checks: { ineffectiveDynamicImport: false },
};

const OUTPUT: OutputOptions = {
  dir: 'dist',
  format: 'cjs',
  // Compiled code that is kept cannot import: Node's way to allow it is experimental, and says so to the user.
  dynamicImportInCjs: false,
  comments: { legal: true, annotation: false, jsdoc: false },
};

/**
 * What Node loads, one small file, and what that loads: one code-split bundle, because start-up time is a feature, and
 * unbundled drizzle-orm alone costs 440 ms.
 */
export default defineConfig([
  {
    ...SHARED,
    input: { app: 'src/main/app.ts' },
    preserveEntrySignatures: 'allow-extension',
    plugins: [PLANS, NO_PROGRAMS, INHERITED, LAZY_DRIZZLE, ASCII, TELL_ENTRY],
    output: {
      ...OUTPUT,
      entryFileNames: '[name]-[hash].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      cleanDir: true,
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [{ name: chunkOf, debugName: 'CHUNKS' }],
      },
    },
  },
  {
    ...SHARED,
    input: { main: 'src/main.ts' },
    plugins: [NAME_ENTRY],
    output: { ...OUTPUT, entryFileNames: '[name].cjs' },
  },
]);
