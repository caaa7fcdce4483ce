import { describe, expect, test } from 'vitest';
import { insertManyRows, insertText } from '../../src/store/many-rows.ts';
import type { StatementPlan } from '../../src/store/statement-plan.ts';

const plan = (sql: string): StatementPlan => ({
  ...{ sql, columns: null, absent: [] },
  parameters: [{ name: 'name' }, { name: 'flag', coding: 'bit' }],
});
const PLAN = plan('insert into "kinds" ("name", "flag") values ($1, $2)');

describe('an insert of many rows', () => {
  test('says the values of one as often, and numbers them on where they are numbered', () => {
    expect(insertText(PLAN, 3)).toBe('insert into "kinds" ("name", "flag") values ($1, $2), ($3, $4), ($5, $6)');
    expect(insertText(plan('insert into "kinds" ("name", "flag") values (?, ?)'), 2)).toBe(
      'insert into "kinds" ("name", "flag") values (?, ?), (?, ?)',
    );
  });

  test.each([
    'update kinds set name = ?',
    'insert into "kinds" ("name") values (?) on conflict do nothing',
    'insert into "kinds" ("name") values (lower(?))',
    'insert into "kinds" ("name") values (?), (?)',
  ])('is not made of %s', (sql) => {
    expect(() => insertText(plan(sql), 2)).toThrow('this cannot be made an insert of many');
  });

  test.each([
    [0, []],
    [1, [1]],
    [2, [2]],
    [3, [2, 1]],
    [4, [2, 2]],
  ])('of %i comes in as few statements as there need be', async (count, expected) => {
    const rows = Array.from({ length: count }, (_, at) => ({ name: `k${at}`, flag: at === 0 }));
    const sent: { rows: number; values: readonly unknown[] }[] = [];
    const inserted = await insertManyRows(PLAN, rows, {
      atOnce: 2,
      insert: (_sql, values, rows) => {
        sent.push({ rows, values });
        return rows;
      },
    });
    expect(inserted).toBe(count);
    expect(sent.map(({ rows }) => rows)).toEqual(expected);
    expect(sent.flatMap(({ values }) => values)).toEqual(rows.flatMap(({ name, flag }) => [name, flag ? 1 : 0]));
  });

  test('is not read ahead of what is inserted', async () => {
    const seen: string[] = [];
    function* rows() {
      for (const name of ['a', 'b', 'c', 'd']) {
        seen.push(`read ${name}`);
        yield { name, flag: false };
      }
    }
    await insertManyRows(PLAN, rows(), {
      atOnce: 2,
      insert: async (_sql, values) => {
        seen.push(`insert ${String(values[0])}`);
        return 2;
      },
    });
    expect(seen).toEqual(['read a', 'read b', 'insert a', 'read c', 'read d', 'insert c']);
  });
});
