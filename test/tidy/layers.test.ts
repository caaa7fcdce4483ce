import { expect, test } from 'vitest';
import { importsOf, sourceFiles } from './source.ts';

/** What each folder may import besides itself, packages and Node; `src/main.ts` and `src/main` may import everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  store: ['domain'],
  terminal: ['domain'],
  gateways: ['domain'],
  statements: ['domain'],
  documents: ['domain', 'store', 'statements'],
  server: ['domain'],
  operations: ['domain', 'store', 'gateways', 'statements'],
  commands: ['domain', 'store', 'gateways', 'statements', 'operations', 'documents', 'terminal', 'server'],
};

const folderOf = (file: string): string => file.split('/')[1] ?? '';

test('imports point one way: domain, store, operations, commands, main', () => {
  const wrong = sourceFiles('src').flatMap((file) => {
    const folder = folderOf(file.name);
    const allowed = MAY_IMPORT[folder];
    if (allowed === undefined) return [];
    return importsOf(file)
      .filter(
        (target) => target.startsWith('src/') && folderOf(target) !== folder && !allowed.includes(folderOf(target)),
      )
      .map((target) => `${file.name} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test('the domain imports no package and nothing of Node', () => {
  const wrong = sourceFiles('src/domain').flatMap((file) =>
    importsOf(file)
      .filter((target) => !target.startsWith('src/domain/'))
      .map((target) => `${file.name} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

/** Libraries with a trap each: one folder knows them, and everybody else asks that folder. */
const KEEPERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:chalk|inquirer|@inquirer\/.*|cli-table3|string-width|uqr)$/, /^src\/terminal\//],
  [/^commander$/, /^src\/commands\/(?:program|help)\.ts$/],
  [/^(?:nodemailer|argon2|otpauth|smol-toml)$/, /^src\/gateways\//],
  [/^(?:better-sqlite3|pg|drizzle-orm(?:\/.*)?)$/, /^src\/store\//],
  [/^zod(?:\/.*)?$/, /^src\/(?:documents\/schemas\/|commands\/(?:schema\.ts$|demo\/))/],
  [/^env-paths$/, /^src\/main\//],
  [/^(?:hono(?:\/.*)?|@hono\/.*)$/, /^src\/(?:server|gateways\/mpesa\/simulator)\//],
  [/^read-excel-file(?:\/.*)?$/, /^src\/statements\/workbook\.ts$/],
  [/^saxes$/, /^src\/statements\/xml\.ts$/],
];

test('each heavy or tricky library has one keeper', () => {
  const wrong = sourceFiles('src').flatMap((file) =>
    importsOf(file)
      .filter((target) => KEEPERS.some(([library, keeper]) => library.test(target) && !keeper.test(file.name)))
      .map((target) => `${file.name} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('nobody but the store asks the database', () => {
  const wrong = sourceFiles('src')
    .filter(({ name, text }) => !name.startsWith('src/store/') && /\b(?:tx|this)\.(?:db|t)\b/.test(text))
    .map(({ name }) => name);
  expect(wrong).toEqual([]);
});

/** Loading these takes tens of milliseconds, so nothing loads them before it needs them. */
const SLOW =
  /^(?:inquirer|@inquirer\/.*|nodemailer|argon2|zod|csv-parse(?:\/.*)?|read-excel-file(?:\/.*)?|libphonenumber-js(?:\/.*)?|smol-toml|env-paths|otpauth|chalk|saxes|uqr)$/;

test('slow libraries are loaded when they are needed, never at the top of a file', () => {
  const wrong = sourceFiles('src')
    // The play behind `demo`, and each parser, are themselves loaded only when they are wanted.
    .filter(({ name }) => !/^src\/(?:documents\/schemas\/|commands\/demo\/|statements\/xml\.ts$)/.test(name))
    .flatMap(({ name, text }) =>
      [...text.matchAll(/^import (?!type )(?:[^;]*?from )?'([^']+)'/gm)]
        .filter(([, target = '']) => SLOW.test(target))
        .map(([, target]) => `${name} imports ${target} at the top`),
    );
  expect(wrong).toEqual([]);
});

test('nothing but the schema command, and --fields of what writes, loads the schemas of documents', () => {
  const wrong = sourceFiles('src').filter(
    (file) =>
      !/^src\/(?:documents\/schemas\/|commands\/(?:schema|known-fields)\.ts)/.test(file.name) &&
      importsOf(file).some((target) => target.startsWith('src/documents/schemas/')),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
