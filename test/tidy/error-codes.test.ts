import path from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, sourceFiles } from './source.ts';

/** Words in capitals that are no codes of ours: variables of the environment, and what other programs call their errors. */
const OTHERS = /^(?:TREASURY_|XDG_|SSH_|SQLITE_|EAI_|ERR_|NODE_|LC_|NO_COLOR|FORCE_COLOR)/;

/** Codes of errors and checks, wherever the source says one. */
function codesOf(text: string): string[] {
  const words = [...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map(([, word = '']) => word);
  const problems = [...text.matchAll(/new Problem\(\s*'\w+',\s*'([A-Z]+)'/g)].map(([, word = '']) => word);
  const missing = [...text.matchAll(/notFound\(\s*'([a-z ]+)'/g)].map(
    ([, noun = '']) => `${noun.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`,
  );
  return [...words, ...problems, ...missing].filter((word) => !OTHERS.test(word));
}

test('the list of error codes is the one of the source (made anew by: npx vitest run test/tidy -u)', async () => {
  const files = sourceFiles('src').filter(({ name }) => name !== 'src/documents/error-codes.ts');
  const codes = [...new Set(['BUG', ...files.flatMap((file) => codesOf(codeOf(file)))])].toSorted();
  const list = [
    '/** Every code of an error or failing check; a test compares this list with the source. */',
    'export const ERROR_CODES: readonly string[] = [',
    ...codes.map((code) => `  '${code}',`),
    '];',
    '',
  ].join('\n');
  await expect(list).toMatchFileSnapshot(path.resolve(import.meta.dirname, '../../src/documents/error-codes.ts'));
});
