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

  test('is read ahead by as many inserts as may be under way, and no more', async () => {
    const seen: string[] = [];
    function* rows() {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        seen.push(`read ${name}`);
        yield { name, flag: false };
      }
    }
    const answers: (() => void)[] = [];
    const inserted = insertManyRows(PLAN, rows(), {
      ...{ atOnce: 1, ahead: 2 },
      insert: (_sql, values) => {
        seen.push(`insert ${String(values[0])}`);
        return new Promise<number>((resolve) => answers.push(() => resolve(1)));
      },
    });
    const turns = async (): Promise<string[]> => {
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return seen.splice(0);
    };
    expect(await turns()).toEqual(['read a', 'insert a', 'read b', 'insert b', 'read c', 'insert c']);
    answers.shift()?.();
    expect(await turns()).toEqual(['read d', 'insert d']);
    for (let left = 4; left > 0; left -= 1) {
      answers.shift()?.();
      await turns();
    }
    expect(await inserted).toBe(5);
  });

  test('fails as the first insert that fails, and lets no later one fail unheard', async () => {
    const rows = Array.from({ length: 4 }, (_, at) => ({ name: `k${at}`, flag: false }));
    const sent: number[] = [];
    const inserted = insertManyRows(PLAN, rows, {
      ...{ atOnce: 1, ahead: 2 },
      insert: async (_sql, values) => {
        sent.push(values.length);
        await new Promise((resolve) => setTimeout(resolve, 5 - sent.length));
        throw new Error(`no ${String(values[0])}`);
      },
    });
    await expect(inserted).rejects.toThrow('no k0');
    expect(sent.length).toBeLessThan(4);
  });
});
