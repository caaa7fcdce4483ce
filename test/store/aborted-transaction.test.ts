import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateStore, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { newPostgresDatabase } from '../support/databases.ts';

let store: Store;

beforeAll(async () => {
  const url = await newPostgresDatabase();
  await migrateStore(url, { now: new Date('2026-10-01T06:00:00.000Z'), create: true, onlyLook: false });
  store = await openStore(url, { clock: () => new Date(), patienceMs: 0 });
});
afterAll(() => store.close());

const failWith = (tx: Tx, code: string): Promise<unknown> =>
  tx.db.execute(sql.raw(`do $$ begin raise exception sqlstate '${code}'; end $$`));

/** Statements travel together, and whoever waits for the second before the first hears of the second's failure only. */
async function failBeside(tx: Tx, code: string): Promise<unknown> {
  const first = failWith(tx, code);
  first.catch(() => undefined);
  await tx.db.execute(sql`select 1`);
  return first;
}

describe('a statement that fails because one before it failed', () => {
  for (const [code, why] of [
    ['55P03', 'a lock that it did not get'],
    ['57014', 'a statement that took too long'],
  ] as const) {
    test(`is told as ${why}`, async () => {
      const asked = store.write((tx) => failBeside(tx, code));
      await expect(asked).rejects.toMatchObject({ code: 'DATABASE_BUSY', details: { retryable: true } });
    });
  }

  test('is tried again after a deadlock', async () => {
    let tries = 0;
    const asked = store.write(async (tx) => {
      tries += 1;
      if (tries === 1) await failBeside(tx, '40P01');
      return tries;
    });
    expect(await asked).toBe(2);
  });

  test('is told as what it is, where that is nothing known', async () => {
    const asked = store.write((tx) => failBeside(tx, '22012'));
    await expect(asked).rejects.toMatchObject({ code: '22012' });
  });
});

describe('a COMMIT after a failure that nobody waited for', () => {
  test('saves nothing, and says why', async () => {
    const asked = store.write(async (tx) => {
      failWith(tx, '55P03').catch(() => undefined);
    });
    await expect(asked).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
  });

  test('is tried again after a deadlock', async () => {
    let tries = 0;
    const asked = store.write(async (tx) => {
      tries += 1;
      if (tries === 1) failWith(tx, '40P01').catch(() => undefined);
      return tries;
    });
    expect(await asked).toBe(2);
  });
});

test('what failed in one transaction is nothing to the next on its connection', async () => {
  await expect(store.write((tx) => failWith(tx, '55P03'))).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
  await expect(store.write((tx) => failBeside(tx, '22012'))).rejects.toMatchObject({ code: '22012' });
});
