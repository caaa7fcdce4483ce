import { describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import { isReadByAll } from '../../src/commands/read-by-all.ts';

describe('what everybody may read', () => {
  test('lets in whoever is logged in, with any role', async () => {
    const verbs = CATALOG.flatMap(({ nouns }) => nouns).flatMap(({ name, verbs: all }) =>
      all.map((verb) => ({ line: `treasury ${name} ${verb.name} REF`, verb })),
    );
    const read = verbs.filter(({ line }) => isReadByAll(line));
    expect(read.length).toBeGreaterThan(10);
    for (const { line, verb } of read) {
      const { access, writes } = (await verb.load()).command;
      expect({ line, access, writes }).toEqual({ line, access: 'books.read', writes: false });
    }
  });

  test('is neither what needs a role nor what changes anything', () => {
    for (const line of ['treasury payment execute pay_1', 'treasury change show chg_1', 'treasury user show carol'])
      expect(isReadByAll(line)).toBe(false);
    expect(isReadByAll('treasury payment show pay_1')).toBe(true);
  });
});
