import type { ChildProcess } from 'node:child_process';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { aBenchOffice } from './an-office.ts';
import { runWorkers, startWorkers, type WorkerRun } from './executing-workers.ts';
import { middle, printFigure } from './floor.ts';
import { pgbench } from './pgbench.ts';

const RUNS = 5;
const SECONDS = 4;
const CONNECTIONS = 16;
const WORKERS = 2;
const FUNDS = 100;
/** Enough that no run ends before its time. */
const PAYMENTS = 40_000;

/**
 * Executions a second on a durable Postgres, 100 funds, 16 connections, against pgbench's tpcb-like on the same server with as many.
 * Two worker processes share the connections, as a cashier's command each would be a process of its own.
 */
export async function measurePostgres(): Promise<void> {
  const server = await startPostgres({ durable: true });
  const workers: ChildProcess[] = [];
  try {
    const peer = await createDatabase(server.url, 'peer');
    const office = await aBenchOffice(await createDatabase(server.url, 'office'), { funds: FUNDS, payments: PAYMENTS });
    const { paymentIds } = office;
    workers.push(...(await startWorkers(WORKERS, office, CONNECTIONS / WORKERS)));
    const share = Math.floor(PAYMENTS / (RUNS + 1));
    await rateOf(workers, { paymentIds: paymentIds.slice(0, share), forMs: 1500 });
    await pgbench(peer, { scale: FUNDS, clients: CONNECTIONS, seconds: 2 });
    const rates: { tool: number; peer: number }[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const { tps } = await pgbench(peer, { scale: FUNDS, clients: CONNECTIONS, seconds: SECONDS, reuse: true });
      rates.push({
        peer: tps,
        tool: await rateOf(workers, {
          paymentIds: paymentIds.slice(run * share, (run + 1) * share),
          forMs: SECONDS * 1000,
        }),
      });
    }
    printFigure({
      name: 'executions a second / pgbench tpcb-like',
      database: 'postgres',
      value: middle(rates.map(({ tool }) => tool)),
      floor: middle(rates.map((rate) => rate.peer)),
      ratio: middle(rates.map((rate) => rate.tool / rate.peer)),
      limit: 0.6,
      goal: 1,
      runs: RUNS,
    });
  } finally {
    for (const worker of workers) worker.kill();
    await server.stop();
  }
}

/** Executions a second of all workers together. */
async function rateOf(workers: readonly ChildProcess[], run: WorkerRun): Promise<number> {
  const served = await runWorkers(workers, run);
  const refused = served.reduce((sum, one) => sum + one.refused, 0);
  if (refused > 0) throw new Error(`${refused} executions were refused`);
  return served.reduce((sum, one) => sum + one.perSecond, 0);
}
