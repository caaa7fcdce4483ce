import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { integer, sqliteTable, real } from 'drizzle-orm/sqlite-core';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { planOf } from '../../src/store/plan-of.ts';
import { planFor } from '../../src/store/plans.ts';
import { fillerOf, readerOf, type StatementPlan } from '../../src/store/statement-plan.ts';
import { PROJECT } from '../support/build.ts';

const AT = new Date('2026-10-18T06:06:03.950Z');
const plan = (change: Partial<StatementPlan>): StatementPlan => ({
  ...{ sql: 'select 1', parameters: [], columns: null, absent: [] },
  ...change,
});

describe('a plan', () => {
  test('encodes parameters as their columns are coded, in the order of the statement', () => {
    const fill = fillerOf(
      plan({
        parameters: [
          { name: 'at', coding: 'milliseconds' },
          { value: 'open' },
          { name: 'at', coding: 'instant text' },
          { name: 'flag', coding: 'bit' },
          { name: 'amount' },
        ],
      }),
    );
    expect(fill({ at: AT, flag: true, amount: 5 })).toEqual([AT.getTime(), 'open', '2026-10-18T06:06:03.950Z', 1, 5]);
    expect(fill({ at: AT, flag: false, amount: null })).toEqual([AT.getTime(), 'open', AT.toISOString(), 0, null]);
  });

  test('refuses to run without one of its parameters', () => {
    expect(() => fillerOf(plan({ parameters: [{ name: 'fundId' }] }))({})).toThrow('no value for the parameter fundId');
  });

  test('reads each column in its place, null as null, and what was not joined as null as a whole', () => {
    const read = readerOf(
      plan({
        columns: [
          { to: 'fund.code' },
          { to: 'fund.createdAt', coding: 'milliseconds' },
          { to: 'region.id' },
          { to: 'region.name' },
          { to: 'total', coding: 'number' },
          { to: 'open', coding: 'bit' },
          { to: 'sum', coding: 'sum' },
        ],
        absent: [{ name: 'region', column: 2 }],
      }),
    );
    expect(read(['NBI', AT.getTime(), 'r1', 'Nairobi', '12', 1, '-9223372036 -854775809'])).toEqual({
      fund: { code: 'NBI', createdAt: AT },
      region: { id: 'r1', name: 'Nairobi' },
      total: 12,
      open: true,
      sum: -9_223_372_036_854_775_809n,
    });
    expect(read(['NBI', null, null, null, null, 0, null])).toEqual({
      fund: { code: 'NBI', createdAt: null },
      region: null,
      total: null,
      open: false,
      sum: null,
    });
  });

  test('is not made of what it cannot say', () => {
    const table = sqliteTable('scales', { weight: real('weight'), count: integer('count') });
    const statement = (change: object) => ({ query: { sql: '', params: [] }, ...change });
    expect(() => planOf('weigh', statement({ fields: [{ path: ['weight'], field: table.weight }] }))).toThrow(
      'weigh: nobody knows how SQLiteReal is coded',
    );
    const doubled = sql`1`.mapWith((value: number) => value * 2);
    expect(() => planOf('double', statement({ fields: [{ path: ['two'], field: doubled }] }))).toThrow('double: ');
    expect(() => planOf('date', { query: { sql: '', params: [AT] } })).toThrow('date: a parameter');
    expect(() => planOf('deep', statement({ fields: [{ path: ['a', 'b', 'c'], field: table.count }] }))).toThrow(
      'deep: a > b > c',
    );
  });
});

test('a prebuilt plan is taken before anything is built; one of a write serves a read that would lock nothing', () => {
  const built = plan({ sql: 'select 2' });
  const never = () => {
    throw new Error('built');
  };
  expect(planFor({ of_two: JSON.stringify(built) }, 'read_of_two', never)).toEqual(built);
  expect(() => planFor({ of_two: JSON.stringify(built) }, 'of_three', never)).toThrow('built');
  expect(() => planFor(null, 'of_two', never)).toThrow('built');
});

test('the build makes a plan of every statement for both databases, and Postgres alone locks', () => {
  const output = execFileSync(process.execPath, [path.join(PROJECT, 'src/store/make-plans.ts')], { encoding: 'utf8' });
  const plans = JSON.parse(output) as Record<'sqlite' | 'postgres', Record<string, string>>;
  const names = (dialect: 'sqlite' | 'postgres') =>
    [...new Set(Object.keys(plans[dialect]).map((name) => name.replace(/^read_/, '')))].toSorted();
  expect(names('sqlite')).toEqual(names('postgres'));
  expect(names('sqlite')).toEqual(
    expect.arrayContaining(['find_session', 'execution_payment', 'insert_paymentExecutions', 'first_funds']),
  );
  expect(plans.postgres['execution_payment']).toContain('for update of');
  expect(plans.postgres['read_execution_payment']).not.toContain('for update');
  expect(plans.sqlite['read_execution_payment']).toBeUndefined();
  // Parameters say their column, so that a plan knows how to encode them.
  expect(plans.sqlite['consume_challenge']).toContain('"coding":"milliseconds"');
});
