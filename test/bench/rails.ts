import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayResult } from '../../src/domain/gateway-result.ts';
import { officeFacts } from '../../src/commands/office-day.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { applyReport, keepReport, reportsKeeper } from '../../src/operations/take-report.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { listenForResults } from '../../src/server/results.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aTakingRail, ORIGIN, payByDaraja, resultOf } from './a-long-batch.ts';
import { aBenchOffice, inScratch, type BenchOffice } from './an-office.ts';
import { middle, printFigure } from './floor.ts';

const RUNS = 5;
const EACH = 200;
const REPORTS = 400;
const AT_ONCE = 20;
const IDLE_SECONDS = 20;

/** Payments through a rail against bare executions, reports that are kept against a bare handler, and what a worker costs that has nothing to do. */
export async function measureRails(): Promise<void> {
  await inScratch(measurePayments);
  await inScratch(measureReports);
  await inScratch(measureIdleWorker);
}

async function measurePayments(directory: string): Promise<void> {
  const open = async (name: string, method: 'cash' | 'mpesa') => {
    const office = await aBenchOffice(`sqlite:${path.join(directory, `${name}.db`)}`, {
      ...{ funds: 10, payments: (RUNS + 1) * EACH, amountMinor: 20_000, method },
    });
    return { office, store: await openStore(office.url, { clock: () => new Date() }) };
  };
  const [cash, mpesa] = [await open('cash', 'cash'), await open('mpesa', 'mpesa')];
  await payByDaraja(mpesa.store);
  const bare = await executor(cash.store, cash.office);
  const carried = await carrier(mpesa.store, mpesa.office);
  await rate(bare, 0);
  await rate(carried, 0);
  const rates: { bare: number; carried: number }[] = [];
  for (let run = 1; run <= RUNS; run += 1)
    rates.push({ bare: await rate(bare, run), carried: await rate(carried, run) });
  await cash.store.close();
  await mpesa.store.close();
  printFigure({
    name: 'single payments through a rail a second, reserved, sent, reported and posted / bare executions',
    database: 'sqlite',
    value: middle(rates.map(({ carried }) => carried)),
    floor: middle(rates.map(({ bare }) => bare)),
    ratio: middle(rates.map(({ bare, carried }) => carried / bare)),
    // Five durable transactions against one; a batch shares them (see batches.ts).
    limit: null,
    goal: null,
    runs: RUNS,
  });
}

type Pay = (paymentId: string) => Promise<void>;
interface Payer {
  readonly office: BenchOffice;
  readonly pay: Pay;
}

async function executor(store: Store, office: BenchOffice): Promise<Payer> {
  const { dayAt } = await officeFacts(store);
  const pay: Pay = async (paymentId) => {
    await executePayment(store, office.executor, { paymentId, gatewayReference: null, dayAt });
  };
  return { office, pay };
}

/** The whole way of an order: T1, sent, T2, a report that is kept, and T3; the gateway itself takes no time. */
async function carrier(store: Store, office: BenchOffice): Promise<Payer> {
  const { dayAt } = await officeFacts(store);
  const sending = aTakingRail();
  const reader = { read: ({ raw }: { raw: string }) => JSON.parse(raw) as GatewayResult, dayAt, origin: ORIGIN };
  const pay: Pay = async (paymentId) => {
    const executed = await executePayment(store, office.executor, { paymentId, gatewayReference: null, dayAt });
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    await sendAttempt(store, executed.attempt.id, sending);
    const body = JSON.stringify(resultOf(executed.attempt, executed.before.payment));
    const message = await keepReport(store, {
      token: executed.attempt.resultToken,
      about: 'result',
      body,
      remote: '127.0.0.1',
    });
    const { outcome } = await applyReport(store, message, reader);
    if (outcome !== 'applied') throw new Error(`the report was ${outcome}`);
  };
  return { office, pay };
}

async function rate({ office, pay }: Payer, run: number): Promise<number> {
  const start = performance.now();
  for (const paymentId of office.paymentIds.slice(run * EACH, (run + 1) * EACH)) await pay(paymentId);
  return (EACH * 1000) / (performance.now() - start);
}

async function measureReports(directory: string): Promise<void> {
  const office = await aBenchOffice(`sqlite:${path.join(directory, 'office.db')}`, { funds: 1, payments: 1 });
  const store = await openStore(office.url, { clock: () => new Date() });
  const listen = (take: (body: string, count: number) => Promise<void>) => {
    let count = 0;
    return listenForResults({
      ...{ host: '127.0.0.1', port: 0, now: () => performance.now(), known: async () => true },
      keep: ({ body }) => take(body, (count += 1)),
      failed: (error) => {
        throw error;
      },
    });
  };
  const bare = await listen(async () => undefined);
  const keep = reportsKeeper(store);
  let kept = 0;
  const durable = await listen(async (body) => {
    await keep({ token: null, about: 'result', body, remote: '127.0.0.1' });
    kept += 1;
  });
  const rates: { bare: number; durable: number }[] = [];
  for (let run = 0; run <= RUNS; run += 1)
    rates.push({ bare: await reports(bare.port, `b${run}`), durable: await reports(durable.port, `d${run}`) });
  await bare.close();
  await durable.close();
  const stored = await store.read((tx) => tx.db.select().from(tx.t.gatewayMessages));
  await store.close();
  if (stored.length !== kept || kept !== REPORTS * (RUNS + 1))
    throw new Error(`${kept} were answered, ${stored.length} are kept`);
  const measured = rates.slice(1);
  printFigure({
    name: 'reports kept durably and answered a second / a bare handler on the same server',
    database: 'sqlite',
    value: middle(measured.map(({ durable }) => durable)),
    floor: middle(measured.map(({ bare }) => bare)),
    ratio: middle(measured.map(({ bare, durable }) => durable / bare)),
    limit: 0.3,
    goal: null,
    runs: RUNS,
  });
}

async function reports(port: number, name: string): Promise<number> {
  const start = performance.now();
  for (let from = 0; from < REPORTS; from += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, count) => {
        const url = `http://127.0.0.1:${port}/results/${'a'.repeat(32)}`;
        const answer = await fetch(url, {
          method: 'POST',
          body: JSON.stringify({ Result: `${name} ${from + count}` }),
        });
        if (answer.status !== 200) throw new Error(`answered with ${answer.status}`);
        await answer.text();
      }),
    );
  return (REPORTS * 1000) / (performance.now() - start);
}

/** Processor time of `worker run` while nothing is due, of one core. */
async function measureIdleWorker(directory: string): Promise<void> {
  const home = path.join(directory, 'demo');
  await new Promise<void>((resolve, reject) => {
    const demo = spawn(process.execPath, [TOOL, 'demo', '--dir', home], {
      env: toolEnvironment(directory),
      stdio: 'ignore',
    });
    demo.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`demo ended with ${code}`))));
  });
  const env = toolEnvironment(home);
  await new Promise<void>((resolve) => {
    const login = [TOOL, 'login', '--user', 'david', '--password-file', path.join(home, 'passwords', 'david')];
    spawn(process.execPath, login, { env, stdio: 'ignore' }).once('exit', () => resolve());
  });
  const worker = spawn(process.execPath, [TOOL, 'worker', 'run'], { env, stdio: 'ignore' });
  try {
    await pause(5_000);
    const before = cpuMs(worker.pid);
    await pause(IDLE_SECONDS * 1000);
    const value = (cpuMs(worker.pid) - before) / (IDLE_SECONDS * 1000);
    printFigure({
      name: 'an idle worker, of one core',
      database: 'sqlite',
      value,
      floor: 1,
      ratio: value,
      limit: 0.01,
      goal: null,
      runs: 1,
    });
  } finally {
    worker.kill('SIGTERM');
  }
}

/** Processor time that a process has used, as Linux tells it in hundredths of a second. Throws when it has ended. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
