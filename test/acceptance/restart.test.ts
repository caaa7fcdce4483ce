import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schedulePayment } from '../../src/operations/add-schedule.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { aCrashOffice, type CrashOffice } from './a-crash-office.ts';

/** The database's own server is stopped and started while others work: nothing is done twice, and nothing is left behind. */
let server: PostgresServer;
let office: CrashOffice;
beforeAll(async () => {
  server = await startPostgres({ durable: true });
  office = await aCrashOffice('postgres', { url: await server.createDatabase() });
});
afterAll(async () => {
  await office.expectProven();
  await office.close();
  await server.stop();
});

const AWAY =
  /does not answer \(.*\)\. Since .* EAT: it is tried again until the database answers\.|went away while the change was being saved/;
const BACK = /The database answers again; it was away since .* EAT\./;
const timesSaid = (pattern: RegExp, text: string): number => [...text.matchAll(new RegExp(pattern, 'g'))].length;

/** A payment that Carol has given her code for, due in a while. */
const dueIn = async (milliseconds: number): Promise<string> => {
  const payment = await office.ready({ method: 'mpesa' });
  const at = new Date(Date.now() + milliseconds);
  await schedulePayment(office.store, await office.actor('carol'), { payment, at, dayAt: office.facts.dayAt });
  return payment;
};

const beginWorker = async () => {
  const worker = office.begin('david', ['worker', 'run', '--json']);
  await worker.said(/Working/);
  return {
    ...worker,
    /** Ends it in order, and tells how it ended. */
    stopped: async () => {
      worker.signal('SIGTERM');
      return worker.ended;
    },
  };
};

for (const how of ['halt', 'crash'] as const)
  test(`a worker whose database is gone for a while (${how}) says so once, and goes on when it is back`, async () => {
    const worker = await beginWorker();
    await server[how]();
    await worker.said(AWAY);
    // Long enough for several tries, of which nothing is said.
    await pause(3_000);
    await server.restart();
    await worker.said(BACK);
    const ref = await dueIn(2_000);
    await office.deliver(await office.gateway.report());
    expect(await office.settled(ref)).toBe('success');
    const { code, stderr } = await worker.stopped();
    expect([code, timesSaid(AWAY, stderr), timesSaid(BACK, stderr)], stderr).toEqual([0, 1, 1]);
    await office.expectSound();
  });

test('SIGTERM ends a worker in order while its database is away', async () => {
  const worker = await beginWorker();
  await server.crash();
  await worker.said(AWAY);
  await pause(1_500);
  const begun = performance.now();
  const { code, signal, stdout } = await worker.stopped();
  expect([code, signal]).toEqual([0, null]);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, data: { failed: 0 } });
  expect(performance.now() - begun).toBeLessThan(20_000);
  await server.restart();
});

test('an order that was on its way when the database went is asked about, never sent again', async () => {
  const kept = office.gateway.keep('reply');
  const worker = await beginWorker();
  const ref = await dueIn(2_000);
  const before = office.gateway.orders;
  const release = await kept;
  await server.crash();
  release();
  await worker.said(AWAY);
  await server.restart();
  await worker.said(BACK);
  const report = await office.gateway.report();
  await office.passLeases();
  await pause(2_000);
  await office.deliver(report);
  expect(await office.settled(ref)).toBe('success');
  expect((await worker.stopped()).code).toBe(0);
  expect((await office.attempts(ref)).length).toBe(1);
  expect(office.gateway.orders - before).toBe(1);
});
