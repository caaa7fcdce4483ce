import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { BenchOffice } from './an-office.ts';

/** What a worker is told at first, and then the payments it may execute in one run. */
export interface WorkerStart {
  readonly office: Omit<BenchOffice, 'paymentIds'>;
  readonly connections: number;
}
export interface WorkerRun {
  readonly paymentIds: readonly string[];
  readonly forMs: number;
}

/** What a worker got done in one run. */
export interface Served {
  readonly done: number;
  readonly refused: number;
  readonly longestMs: number;
  readonly perSecond: number;
}

/** Starts processes that each open the office with so many connections. */
export async function startWorkers(
  count: number,
  { paymentIds: _all, ...office }: BenchOffice,
  connections: number,
): Promise<ChildProcess[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const worker = fork(new URL('executing-worker.ts', import.meta.url), {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const start: WorkerStart = { office, connections };
      worker.send(start);
      await once(worker, 'message');
      return worker;
    }),
  );
}

/** All workers execute at once, each payments of its own, until the time is over. */
export async function runWorkers(workers: readonly ChildProcess[], run: WorkerRun): Promise<Served[]> {
  return Promise.all(
    workers.map(async (worker, own): Promise<Served> => {
      const paymentIds = run.paymentIds.filter((_id, at) => at % workers.length === own);
      worker.send({ ...run, paymentIds });
      const [served] = (await once(worker, 'message')) as [Served];
      return served;
    }),
  );
}
