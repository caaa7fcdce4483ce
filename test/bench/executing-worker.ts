import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keptHeads } from '../../src/gateways/kept-heads.ts';
import { openStore } from '../../src/store/open.ts';
import { execute } from './executions.ts';
import type { Served, WorkerRun, WorkerStart } from './executing-workers.ts';

// A process that executes payments for executing-workers.ts.

const [{ office, connections }] = (await once(process, 'message')) as [WorkerStart];
const directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-heads-'));
const heads = keptHeads(directory, (why) => process.stderr.write(`${why}\n`));
const store = await openStore(office.url, { clock: () => new Date(), connections, heads });
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
process.on('message', (run: WorkerRun) => void work(run));
process.send?.('ready');

/** Executes payments over all connections at once until the time is over or none is left. */
async function work({ paymentIds, forMs }: WorkerRun): Promise<void> {
  const start = performance.now();
  let next = 0;
  let done = 0;
  let refused = 0;
  let longestMs = 0;
  const one = async (): Promise<void> => {
    for (let now = start; now - start < forMs;) {
      const paymentId = paymentIds[next];
      next += 1;
      if (paymentId === undefined) return;
      await execute(store, { ...office, paymentIds }, paymentId).then(
        () => (done += 1),
        () => (refused += 1),
      );
      longestMs = Math.max(longestMs, performance.now() - now);
      now = performance.now();
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  process.send?.({ done, refused, longestMs, perSecond: (done * 1000) / (performance.now() - start) } satisfies Served);
}
