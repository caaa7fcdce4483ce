import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { INVARIANTS, judgeInvariants } from '../../src/store/invariants.ts';
import { sqlitePath } from '../../src/store/open.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  beforeAll(async () => {
    office = await aPayingOffice(open);
  });

  /** What the invariants ask the database, statement by statement. */
  async function statements(): Promise<string[]> {
    const asked: string[] = [];
    office.fault.strike = (sql) => void asked.push(sql);
    await office.store.read((tx) => judgeInvariants(tx, INVARIANTS, null));
    office.fault.strike = null;
    return asked.filter((sql) => sql.includes('audit_events'));
  }

  test('no invariant looks through all events of an action once for each row', async () => {
    const asked = await statements();
    expect(asked.length).toBeGreaterThan(15);
    if (dialect === 'postgres') {
      // Its planner knows how many rows there are; the same words are asked of both.
      for (const sql of asked)
        expect(sql).not.toMatch(/count\(\*\) from audit_events e where e\.subject = \S+ and e\.action = [$']/);
      return;
    }
    const raw = new Database(sqlitePath(office.url), { readonly: true });
    const slow = asked.filter((sql) => {
      const plan = raw.prepare(`explain query plan ${sql}`).all(...nulls(sql)) as {
        id: number;
        parent: number;
        detail: string;
      }[];
      const within = (id: number): boolean => {
        const step = plan.find((one) => one.id === id);
        return step !== undefined && (step.detail.startsWith('CORRELATED') || within(step.parent));
      };
      return plan.some(({ parent, detail }) => detail.includes('audit_events_action (action=?)') && within(parent));
    });
    raw.close();
    expect(slow).toEqual([]);
  });
});

const nulls = (sql: string): null[] => Array.from({ length: sql.split('?').length - 1 }, () => null);
