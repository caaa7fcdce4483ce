import { expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import { sourceFiles } from './source.ts';

const COMMANDS = await Promise.all(
  CATALOG.flatMap(({ commands, nouns }) => [...commands, ...nouns.flatMap((noun) => noun.verbs)]).map(
    async ({ load }) => (await load()).command,
  ),
);

/** An option through which something secret comes. */
const SECRET = /--(?:[a-z]+-)*(?:password|code|secret|pin)-(?:stdin|file)/;

test('a command that is given something secret says when it takes no idempotency key', () => {
  const silent = COMMANDS.filter(
    ({ access, options = [], refusesKey }) =>
      access !== 'open' && refusesKey === undefined && options.some(({ flags }) => SECRET.test(flags)),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('what comes from files and standard input is either secret or read where a key can take its hash', () => {
  const readers = sourceFiles('src/commands').filter(({ text }) => /\b(?:readStdin|readListFile)\(/.test(text));
  expect(readers.map(({ name }) => name).toSorted()).toEqual([
    'src/commands/context.ts',
    'src/commands/payment/give-code.ts',
    'src/commands/secret-input.ts',
    'src/commands/user/totp/own-secrets.ts',
  ]);
});

test('an argument whose content counts is read with readText, or as bytes from the file that was opened', () => {
  const declared = sourceFiles('src/commands').filter(({ text }) => /\bfile: \{ mostBytes:/.test(text));
  expect(declared.length).toBeGreaterThan(0);
  const read = (text: string): boolean =>
    text.includes(
      /whole: true/.test(text)
        ? 'context.readBytes('
        : /binary: true/.test(text)
          ? 'openStatementFile(context, '
          : 'context.readText(',
    );
  expect(declared.filter(({ text }) => !read(text)).map(({ name }) => name)).toEqual([]);
});
