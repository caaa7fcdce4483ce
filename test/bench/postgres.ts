import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { aBenchOffice, type BenchOffice } from './an-office.ts';
import { middle, printFigure } from './floor.ts';
import { pgbench } from './pgbench.ts';

const RUNS = 5;
const SECONDS = 4;
const CONNECTIONS = 16;
const WORKERS = 2;
const FUNDS = 100;
/** Enough that no run ends before its time. */
const PAYMENTS = 40_000;

/** What a worker is told, and then the payments it may execute in one run. */
export interface WorkerStart {
  readonly office: Omit<BenchOffice, 'paymentIds'>;
  readonly connections: number;
}
export interface WorkerRun {
  readonly paymentIds: readonly string[];
  readonly forMs: number;
}

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
    const { paymentIds, ...rest } = office;
    for (let at = 0; at < WORKERS; at += 1) workers.push(await startWorker({ office: rest, connections: CONNECTIONS / WORKERS }));
    const share = Math.floor(PAYMENTS / (RUNS + 1));
    await runWorkers(workers, paymentIds.slice(0, share), 1500);
    await pgbench(peer, { scale: FUNDS, clients: CONNECTIONS, seconds: 2 });
    const rates: { tool: number; peer: number }[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const { tps } = await pgbench(peer, { scale: FUNDS, clients: CONNECTIONS, seconds: SECONDS, reuse: true });
      rates.push({ peer: tps, tool: await runWorkers(workers, paymentIds.slice(run * share, (run + 1) * share), SECONDS * 1000) });
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

async function startWorker(start: WorkerStart): Promise<ChildProcess> {
  const worker = fork(new URL('postgres-worker.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  worker.send(start);
  await once(worker, 'message');
  return worker;
}

/** Executions a second of all workers together, each with payments of its own. */
async function runWorkers(workers: readonly ChildProcess[], paymentIds: readonly string[], forMs: number): Promise<number> {
  const rates = await Promise.all(
    workers.map(async (worker, own): Promise<number> => {
      const run: WorkerRun = { paymentIds: paymentIds.filter((_id, at) => at % workers.length === own), forMs };
      worker.send(run);
      const [rate] = (await once(worker, 'message')) as [number];
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
