import path from 'node:path';
import { aBenchOffice, inScratch } from './an-office.ts';
import { runWorkers, startWorkers, type Served } from './executing-workers.ts';
import { middle, printFigure } from './floor.ts';

const RUNS = 5;
const PROCESSES = 8;
const FOR_MS = 3000;
const PAYMENTS = 12_000;

/** Eight processes that all execute payments on one SQLite file as fast as they can: who is served least, and how long anybody waited. */
export async function measureWriters(): Promise<void> {
  await inScratch(async (directory) => {
    const office = await aBenchOffice(`sqlite:${path.join(directory, 'office.db')}`, {
      funds: PROCESSES,
      payments: PAYMENTS,
    });
    const workers = await startWorkers(PROCESSES, office, 1);
    try {
      const share = Math.floor(PAYMENTS / (RUNS + 1));
      await runWorkers(workers, { paymentIds: office.paymentIds.slice(0, share), forMs: 500 });
      const runs: Served[][] = [];
      for (let run = 1; run <= RUNS; run += 1) {
        runs.push(
          await runWorkers(workers, {
            paymentIds: office.paymentIds.slice(run * share, (run + 1) * share),
            forMs: FOR_MS,
          }),
        );
      }
      printFairness(runs);
    } finally {
      for (const worker of workers) worker.kill();
    }
  });
}

function printFairness(runs: readonly Served[][]): void {
  const least = runs.map((served) => Math.min(...served.map(({ done }) => done)));
  const most = runs.map((served) => Math.max(...served.map(({ done }) => done)));
  const shared = { database: 'sqlite', runs: runs.length } as const;
  const ratio = middle(least.map((done, run) => done / (most[run] ?? Number.NaN)));
  printFigure({
    name: '8 writers: least served / most served',
    ...shared,
    value: middle(least),
    floor: middle(most),
    ratio,
    limit: 0.3,
    goal: 0.5,
  });
  const all = runs.flat();
  const refused = all.reduce((sum, served) => sum + served.refused, 0);
  printFigure({
    name: '8 writers: refused',
    ...shared,
    value: refused,
    floor: all.reduce((sum, { done }) => sum + done, 0),
    ratio: refused,
    limit: 0,
    goal: 0,
  });
  const longestMs = Math.max(...all.map((served) => served.longestMs));
  printFigure({
    name: '8 writers: longest wait in ms / 1,000 ms',
    ...shared,
    value: longestMs,
    floor: 1000,
    ratio: longestMs / 1000,
    limit: null,
    goal: 1,
  });
}
