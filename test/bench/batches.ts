import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { officeFacts } from '../../src/commands/office-day.ts';
import type { OfficeDay } from '../../src/operations/judge-execution.ts';
import type { Sending } from '../../src/operations/send-attempt.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { openRail } from '../../src/main/rails.ts';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { aReadyBatch, aTakingRail, payBatch, payByDaraja, reportAll } from './a-long-batch.ts';
import { aBenchOffice, inScratch, type BenchOffice } from './an-office.ts';
import type { BatchStart } from './batch-worker.ts';
import { execute } from './executions.ts';
import { middle, printFigure, type Figure } from './floor.ts';
import type { SimulatorStart } from './simulator-worker.ts';

const RUNS = 3;
const ROWS = 1_000;
const WARMING = 100;
/** How long somebody at a counter takes between two payments, in milliseconds. */
const BETWEEN_MS = 20;
const AT_THE_COUNTER = 200;
/** As long as a batch can be. */
const ROWS_MEANWHILE = 2_000;

type Database = Exclude<Figure['database'], null>;

/**
 * A batch of a thousand M-Pesa payments against as many bare executions on the same database, with what its gateway reports
 * afterwards, and what a cashier at the counter waits meanwhile. The gateway itself takes no time; once it is another process that is
 * asked over HTTP.
 */
export async function measureBatches(): Promise<void> {
  await inScratch((directory) => measure('sqlite', `sqlite:${path.join(directory, 'office.db')}`, directory));
  const server = await startPostgres({ durable: true });
  try {
    const url = await createDatabase(server.url, 'office');
    await inScratch((directory) => measure('postgres', url, directory));
  } finally {
    await server.stop();
  }
}

interface Bench {
  readonly store: Store;
  readonly office: BenchOffice;
  readonly dayAt: (now: Date) => OfficeDay;
}

async function measure(database: Database, url: string, directory: string): Promise<void> {
  const payments = WARMING + (2 * RUNS + 1) * ROWS + 2 * AT_THE_COUNTER;
  const office = await aBenchOffice(url, { funds: 3, payments });
  const store = await openStore(url, { clock: () => new Date() });
  const gateway = await aGateway(path.join(directory, 'gateways'));
  try {
    await payByDaraja(store, gateway.url);
    const { dayAt } = await officeFacts(store);
    const bench = { store, office, dayAt };
    await measureRows(database, bench);
    await measureOverHttp(database, bench, gateway.sending);
    await measureCounter(database, bench);
  } finally {
    gateway.stop();
    await store.close();
  }
}

/** Daraja in a process of its own. */
async function aGateway(gatewaysDirectory: string) {
  const simulator = fork(new URL('simulator-worker.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  simulator.send({ gatewaysDirectory } satisfies SimulatorStart);
  const [{ url }] = (await once(simulator, 'message')) as [{ readonly url: string }];
  const machine = { places: { gatewaysDirectory }, now: () => new Date() };
  const sending: Sending = { ...aTakingRail(), openRail: (settings) => openRail(settings, machine) };
  return { url, sending, stop: () => simulator.disconnect() };
}

async function measureRows(database: Database, bench: Bench): Promise<void> {
  const { store, office } = bench;
  await timed(() => executeAll(bench, office.paymentIds.slice(0, WARMING)));
  await payBatch(bench, await aReadyBatch(bench, WARMING));
  const runs: { bare: number; paid: number; settled: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = WARMING + run * ROWS;
    const batchId = await aReadyBatch(bench, ROWS);
    const bareMs = await timed(() => executeAll(bench, office.paymentIds.slice(from, from + ROWS)));
    const paidMs = await timed(() => payBatch(bench, batchId));
    const settledMs = await timed(() => reportAll(store, bench.dayAt));
    const rate = (milliseconds: number) => (ROWS * 1000) / milliseconds;
    runs.push({ bare: rate(bareMs), paid: rate(paidMs), settled: rate(paidMs + settledMs) });
  }
  const print = (name: string, of: 'paid' | 'settled', limit: number | null) =>
    printFigure({
      ...{ name: `${name} / bare executions`, database, limit, goal: null, runs: RUNS },
      value: middle(runs.map((run) => run[of])),
      floor: middle(runs.map(({ bare }) => bare)),
      ratio: middle(runs.map((run) => run[of] / run.bare)),
    });
  print(`rows a second of a batch of ${ROWS.toLocaleString('en')} by M-Pesa`, 'paid', 0.6);
  print('the same until each is reported, kept and posted', 'settled', null);
}

async function measureOverHttp(database: Database, bench: Bench, sending: Sending): Promise<void> {
  const runs: { bare: number; paid: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = WARMING + (RUNS + run) * ROWS;
    const batchId = await aReadyBatch(bench, ROWS);
    const bareMs = await timed(() => executeAll(bench, bench.office.paymentIds.slice(from, from + ROWS)));
    const paidMs = await timed(() => payBatch(bench, batchId, sending));
    runs.push({ bare: (ROWS * 1000) / bareMs, paid: (ROWS * 1000) / paidMs });
  }
  printFigure({
    ...{ name: 'the same batch to a gateway in another process, over HTTP / bare executions', database },
    ...{ limit: null, goal: null, runs: RUNS },
    value: middle(runs.map(({ paid }) => paid)),
    floor: middle(runs.map(({ bare }) => bare)),
    ratio: middle(runs.map(({ paid, bare }) => paid / bare)),
  });
}

async function executeAll({ store, office }: Bench, paymentIds: readonly string[]): Promise<void> {
  for (const paymentId of paymentIds) await execute(store, office, paymentId);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A cashier pays cash from another fund, one payment after the other with a pause, while another process runs a batch. */
async function measureCounter(database: Database, bench: Bench): Promise<void> {
  const { office } = bench;
  const own = office.paymentIds.slice(-2 * AT_THE_COUNTER);
  const batchId = await aReadyBatch(bench, ROWS_MEANWHILE);
  const idle = await waitsOf(bench, own.slice(0, AT_THE_COUNTER), () => true);
  const worker = fork(new URL('batch-worker.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  worker.send({ url: office.url, executor: office.executor, batchId } satisfies BatchStart);
  await once(worker, 'message');
  let running = true;
  worker.once('message', () => (running = false));
  worker.send('go');
  const busy = await waitsOf(bench, own.slice(AT_THE_COUNTER), () => running);
  if (running) await once(worker, 'message');
  const [value, floor] = [p99(busy), p99(idle)];
  printFigure({
    name: `longest wait of a cashier in ms, 99 of ${busy.length} times, while a batch runs / in an idle office`,
    ...{ database, value, floor, ratio: value / floor, limit: 10, goal: null, runs: 1 },
  });
}

async function waitsOf(bench: Bench, paymentIds: readonly string[], goOn: () => boolean): Promise<number[]> {
  const waits: number[] = [];
  for (const paymentId of paymentIds) {
    if (!goOn()) break;
    waits.push(await timed(() => execute(bench.store, bench.office, paymentId)));
    await pause(BETWEEN_MS);
  }
  return waits;
}

function p99(waits: readonly number[]): number {
  const at = waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.99) - 1];
  if (at === undefined) throw new Error('the batch was over before anybody came to the counter');
  return at;
}
