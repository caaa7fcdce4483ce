import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStatements } from '../support/statements.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const FILES = readdirSync(FIXTURES).filter((name) => !name.endsWith('.golden'));

describe('what each file of our own says (made anew by: npx vitest run test/statements/golden -u)', () => {
  test.each(FILES)('%s', async (name) => {
    const read = await readStatements(readFileSync(path.join(FIXTURES, name)));
    await expect(`${JSON.stringify(read, null, 2)}\n`).toMatchFileSnapshot(path.join(FIXTURES, `${name}.golden`));
  });

  test.each(FILES)('%s says the same however it is cut into pieces', async (name) => {
    const file = readFileSync(path.join(FIXTURES, name));
    const whole = await readStatements(file, { pieceBytes: file.length });
    for (const pieceBytes of [1, 2, 7, 1000]) expect(await readStatements(file, { pieceBytes })).toEqual(whole);
  });
});
