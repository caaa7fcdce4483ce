import { defineConfig, type Plugin } from 'rolldown';

/** What `--version` needs. */
const START = /src\/(?:main\/version|terminal\/(?:standard-)?output)\./;

/** What every command needs. */
const FRAME = new RegExp(
  [
    'src/main/(?!version|out-file)',
    'src/commands/(?:program|print|fields|input|global-flags|catalog)\\.',
    'src/domain/',
    'src/documents/(?:envelope|money)',
    'src/terminal/(?!card|output|standard-output)',
    'node_modules/commander/',
    'no-programs',
  ].join('|'),
);

/** What every command with a database needs: Drizzle for this one, the tables, and who is logged in. */
const BOOKS = new RegExp(
  [
    'src/store/(?:audit-chain|audit-hash|open|naming|office|paging|references|schema-age|scope|sessions|store|tables|transaction|compiled|turn)\\.',
    'src/store/sqlite/(?:open|connect|engine|statement|writing|columns|schema|schema-version|[a-z]+-tables)\\.',
    'src/operations/authenticate',
    'node_modules/drizzle-orm/(?!node-postgres|pg-core)',
    'node_modules/drizzle-orm/pg-core/columns/enum',
    'node_modules/better-sqlite3/',
  ].join('|'),
);

/** Commander can start other programs as subcommands; ours has none, and what it would need takes 6 ms to load. */
const NO_PROGRAMS: Plugin = {
  name: 'no-programs',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') === true ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export default {};' : null),
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
  plugins: [NO_PROGRAMS],
  external: ['argon2', 'pg-native'],
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    cleanDir: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'start', test: START },
        { name: 'frame', test: FRAME },
        { name: 'books', test: BOOKS },
      ],
    },
  },
});
