import { isBuiltin } from 'node:module';
import { defineConfig, type Plugin } from 'rolldown';

/** What every command needs. */
const FRAME = new RegExp(
  [
    'src/main/(?!version|out-file)',
    'src/commands/(?:program|print|fields|input|global-flags|catalog)\\.',
    'src/domain/',
    'src/documents/(?:envelope|money)',
    'src/terminal/(?!card|output)',
    'node_modules/commander/',
    'no-programs',
  ].join('|'),
);

/** What every command with a database needs; Drizzle's own files import each other across its halves. */
const BOOKS = new RegExp(
  [
    'src/store/(?!postgres/|sqlite/(?:prepare|migrate)\\.)',
    'src/operations/authenticate',
    'node_modules/drizzle-orm/(?!node-postgres|pg-core)',
    'node_modules/drizzle-orm/pg-core/(?:columns/|utils/|foreign-keys|primary-keys|table\\.|unique-constraint)',
  ].join('|'),
);

/**
 * Takes Node's own modules as they are: to import one, Node makes an ES module of it and for that looks at every property,
 * so that `node:fs` alone loads all streams. That is a fifth of the time of a short command.
 */
const PLAIN_BUILTINS: Plugin = {
  name: 'plain-builtins',
  renderChunk: (code) =>
    code.replaceAll(BUILTIN_IMPORT, (line, clause: string, name: string) =>
      isBuiltin(name) ? plainly(clause, name) : line,
    ),
};

/** Commander can start other programs as subcommands; ours has none, and what it would need takes 6 ms to load. */
const NO_PROGRAMS: Plugin = {
  name: 'no-programs',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') === true ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export default {};' : null),
};

/** An import as rolldown writes it: one line, at the top of a chunk. */
const BUILTIN_IMPORT = /^import (.+) from "([\w:/]+)";$/gm;

/** `path, { join as joined }` or `* as path`, without the import. */
const plainly = (clause: string, name: string): string => {
  const module = `globalThis.process.getBuiltinModule("${name}")`;
  const [, whole, , named] = /^(?:\* as )?([\w$]+)?(, )?(\{.*\})?$/.exec(clause) ?? [];
  return [
    ...(whole === undefined ? [] : [`const ${whole} = ${module};`]),
    ...(named === undefined ? [] : [`const ${named.replaceAll(' as ', ': ')} = ${module};`]),
  ].join(' ');
};

/**
 * One code-split bundle: start-up time is a feature, and unbundled drizzle-orm alone costs 440 ms. What every command needs
 * is one chunk, and what every command with a database needs another: each file more to load costs a millisecond.
 */
export default defineConfig({
  input: { main: 'src/main.ts' },
  preserveEntrySignatures: false,
  // A driver may also be loaded with the migrations that need it.
  checks: { ineffectiveDynamicImport: false },
  platform: 'node',
  plugins: [PLAIN_BUILTINS, NO_PROGRAMS],
  external: ['better-sqlite3', 'argon2', 'pg-native'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'frame', test: FRAME },
        { name: 'books', test: BOOKS },
      ],
    },
  },
});
