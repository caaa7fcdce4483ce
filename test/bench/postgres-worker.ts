import { once } from 'node:events';
import { openStore } from '../../src/store/open.ts';
import { execute } from './executions.ts';
import type { WorkerRun, WorkerStart } from './postgres.ts';

const [{ office, connections }] = (await once(process, 'message')) as [WorkerStart];
const store = await openStore(office.url, { clock: () => new Date(), connections });
process.on('message', (run: WorkerRun) => void work(run));
process.send?.('ready');

/** Executes payments over all connections at once until the time is over or none is left; answers executions a second. */
async function work({ paymentIds, forMs }: WorkerRun): Promise<void> {
  const start = performance.now();
  let next = 0;
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - start < forMs) {
      const paymentId = paymentIds[next];
      next += 1;
      if (paymentId === undefined) return;
      await execute(store, { ...office, paymentIds }, paymentId);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  process.send?.((done * 1000) / (performance.now() - start));
}
