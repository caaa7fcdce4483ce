import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateStore, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { newPostgresDatabase } from '../support/databases.ts';

let url: string;
let store: Store;
let administrator: pg.Client;

beforeAll(async () => {
  url = await newPostgresDatabase();
  await migrateStore(url, { now: new Date('2026-10-01T06:00:00.000Z'), create: true, onlyLook: false });
  store = await openStore(url, { clock: () => new Date() });
  administrator = new pg.Client(url);
  await administrator.connect();
});
afterAll(async () => {
  await store.close();
  await administrator.end();
});

/** The server ends the connection of a transaction, as it does when it is stopped. */
async function endConnectionOf(tx: Tx): Promise<void> {
  const { rows } = await tx.db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  await administrator.query('select pg_terminate_backend($1, 10000)', [rows[0]?.pid]);
}

for (const access of ['read', 'write'] as const) {
  test(`a server that goes while nothing is asked of it is said to be gone (${access})`, async () => {
    const asked = store[access](async (tx) => {
      await endConnectionOf(tx);
      // Time for its last words to arrive.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.db.execute(sql`select 1`);
    });
    await expect(asked).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('terminating connection due to administrator command'),
    });
    await expect(store.read((tx) => tx.db.select().from(tx.t.funds))).resolves.toEqual([]);
  });
}
