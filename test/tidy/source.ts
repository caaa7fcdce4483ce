import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PROJECT = path.resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the root of the project: `src/domain/money.ts`. */
  readonly name: string;
  readonly text: string;
}

/** Every TypeScript file below a folder of the project. */
export const sourceFiles = (folder: string): SourceFile[] =>
  readdirSync(path.join(PROJECT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ name: path.relative(PROJECT, file), text: readFileSync(file, 'utf8') }));

/** What a file imports, statically or when needed: packages by name, files from the root of the project. */
export const importsOf = ({ name, text }: SourceFile): string[] =>
  [...text.matchAll(/(?:from\s+|import\(\s*|import\s+)'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? path.join(path.dirname(name), target) : target,
  );

/** A file without its comments, so that a rule may be named in one. */
export const codeOf = ({ text }: SourceFile): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');

/** The text of a file of the project. */
export const projectFile = (name: string): string => readFileSync(path.join(PROJECT, name), 'utf8');
