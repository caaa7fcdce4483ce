import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { steadyPlan } from '../../src/store/sqlite/steady-plan.ts';
import type { PlanParameter } from '../../src/store/statement-plan.ts';

const steady = (sql: string, ...parameters: PlanParameter[]) => {
  const plan = steadyPlan({ sql, parameters, columns: [], absent: [] });
  return { sql: plan.sql, parameters: plan.parameters };
};

test('what is given stands behind a sign, so that SQLite does not plan by its value', () => {
  expect(steady('select a from t where a = ? limit ?', { name: 'a' }, { name: 'limit' })).toEqual({
    sql: 'select a from t where a = +? limit +?',
    parameters: [{ name: 'a' }, { name: 'limit' }],
  });
});

test('what never changes stands in the statement, and its place is gone', () => {
  const mixed = steady(
    'select a from t where a = ? and b = ? and c = ? and d = ? and e = ?',
    { value: "it's" },
    { name: 'b' },
    { value: 7 },
    { value: true },
    { value: null },
  );
  expect(mixed).toEqual({
    sql: "select a from t where a = 'it''s' and b = +? and c = 7 and d = 1 and e = null",
    parameters: [{ name: 'b' }],
  });
});

test('a mark within quotes is a character', () => {
  expect(steady(`select "a?" from t where b = 'who''s ?' and c = ?`, { name: 'c' }).sql).toBe(
    `select "a?" from t where b = 'who''s ?' and c = +?`,
  );
});

test('what is inserted stays as it is', () => {
  const insert = { sql: 'insert into t values (?)', parameters: [{ name: 'a' }], columns: null, absent: [] };
  expect(steadyPlan(insert)).toBe(insert);
});

test('a statement with more places than parameters is a mistake', () => {
  expect(() => steady('select a from t where a = ? and b = ?', { name: 'a' })).toThrow(/more places than parameters/);
});

test('an index of some rows only serves a value that never changes', () => {
  const database = new Database(':memory:');
  database.exec("create table t (a text, s text) strict; create index waiting on t (a) where s = 'waiting'");
  const plan = steadyPlan({
    sql: 'select a from t where s = ? and a = ?',
    parameters: [{ value: 'waiting' }, { name: 'a' }],
    columns: [],
    absent: [],
  });
  expect(database.prepare(`explain query plan ${plan.sql}`).all('x')).toMatchObject([
    { detail: expect.stringContaining('waiting') },
  ]);
  database.close();
});
