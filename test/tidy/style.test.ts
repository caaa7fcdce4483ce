import { expect, test } from 'vitest';
import { VERSION } from '../../src/main/version.ts';
import { codeOf, projectFile, type SourceFile, sourceFiles } from './source.ts';

const SOURCES = sourceFiles('src');
const LONGEST_FILE = 300;
const LONGEST_FUNCTION = 70;

const naming = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.filter((file) => pattern.test(codeOf(file))).map(({ name }) => name);

const outside = (allowed: RegExp): SourceFile[] => SOURCES.filter(({ name }) => !allowed.test(name));

test('only main reads the clock', () => {
  expect(naming(outside(/^src\/main(?:\.ts|\/)/), /\bDate\.now\(|\bnew Date\(\)/)).toEqual([]);
});

test('chance comes in from main or from a cryptographic source', () => {
  // Waiting writers are spread over time, where nobody gains by guessing.
  expect(naming(outside(/^src\/store\/sqlite\/writing\.ts$/), /\bMath\.random\(/)).toEqual([]);
});

test('nobody writes to the console, and nobody but main ends the process', () => {
  expect(naming(outside(/^src\/terminal\//), /\bconsole\./)).toEqual([]);
  expect(naming(outside(/^src\/main\/app\.ts$/), /\bprocess\.exit\(/)).toEqual([]);
});

test('nothing is left to do, and nothing is any', () => {
  expect(SOURCES.filter(({ text }) => /\b(?:TODO|FIXME)\b/.test(text)).map(({ name }) => name)).toEqual([]);
  expect(
    naming(SOURCES, /:\s*any\s*(?:[;,)=|>[\]}]|$)|\bas any\s*(?:[;,)\]}]|$)|<any>|@ts-ignore|@ts-expect-error/m),
  ).toEqual([]);
});

test('folders and files are named by what they are about', () => {
  const vague = /(?:^|\/)(?:utils?|helpers?|common|types|misc|index)(?:\/|\.ts$)/;
  expect(SOURCES.filter(({ name }) => vague.test(name)).map(({ name }) => name)).toEqual([]);
  expect(SOURCES.filter(({ name }) => !/^src(?:\/[a-z0-9-]+)+\.ts$/.test(name)).map(({ name }) => name)).toEqual([]);
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  // The tables of an office are one room, told once for each database; and a list that a test writes is as long as it is.
  const long = outside(/^src\/(?:store\/(?:sqlite|postgres)\/schema|documents\/error-codes)\.ts$/)
    .map(({ name, text }) => ({ name, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE);
  expect(long).toEqual([]);
});

test(`no function is longer than ${LONGEST_FUNCTION} lines`, () => {
  expect(SOURCES.flatMap(longFunctions)).toEqual([]);
});

/** Functions begin on a line that ends with `{` and end at the brace with the same indentation. */
function longFunctions({ name, text }: SourceFile): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (!/(?:\bfunction\b.*|=>|\)(?:: [^=]+)?) \{$/.test(line) || /^\s*(?:if|for|while|switch|\} else)\b/.test(line))
      return [];
    const indent = /^ */.exec(line)?.[0] ?? '';
    const end = lines.findIndex((other, index) => index > at && other.startsWith(`${indent}}`));
    return end - at > LONGEST_FUNCTION ? [`${name}:${at + 1} has ${end - at} lines`] : [];
  });
}

test('every exported function says what it promises', () => {
  const silent = SOURCES.filter(({ name }) => !name.startsWith('src/documents/schemas/')).flatMap(({ name, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, at) => {
      const exported =
        /^export (?:async )?function \w+|^export const \w+[^=]*= (?:async )?(?:<.*>)?\(.*(?:=>|\($)/.test(line);
      return exported && !/\*\/\s*$/.test(lines[at - 1] ?? '') ? [`${name}:${at + 1}`] : [];
    });
  });
  expect(silent).toEqual([]);
});

test('the version is the one of the package', () => {
  expect((JSON.parse(projectFile('package.json')) as { version: string }).version).toBe(VERSION);
});
