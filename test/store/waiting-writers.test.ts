import { sql } from 'drizzle-orm';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migrateStore, openStore } from '../../src/store/open.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { newPostgresDatabase } from '../support/databases.ts';

/** One wait for a lock ends after five seconds. */
const LONGER_THAN_ONE_WAIT_MS = 5_600;
const clock = () => new Date();

const takeTurn = (tx: Tx): Promise<unknown> => tx.db.execute(sql`select pg_advisory_xact_lock(1)`);

test('on Postgres a writer waits for its turn as long as its patience lasts, not only as long as one wait for a lock', async () => {
  const url = await newPostgresDatabase();
  await migrateStore(url, { now: clock(), create: true, onlyLook: false });
  const holding = await openStore(url, { clock });
  const patient = await openStore(url, { clock });
  const impatient = await openStore(url, { clock, patienceMs: 1000 });
  try {
    const held = Promise.withResolvers<undefined>();
    const holder = holding.write(async (tx) => {
      await takeTurn(tx);
      held.resolve(undefined);
      await pause(LONGER_THAN_ONE_WAIT_MS);
    });
    await held.promise;
    const turns = await Promise.allSettled([
      patient.write(async (tx) => [await takeTurn(tx), 'its turn'].at(-1)),
      impatient.write(takeTurn),
      patient.write(takeTurn, { patience: 'none' }),
    ]);
    await holder;
    const busy = { status: 'rejected', reason: { code: 'DATABASE_BUSY' } };
    expect(turns).toMatchObject([{ status: 'fulfilled', value: 'its turn' }, busy, busy]);
  } finally {
    await Promise.all([holding, patient, impatient].map((store) => store.close()));
  }
});
