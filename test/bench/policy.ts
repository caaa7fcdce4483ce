import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { Actor } from '../../src/domain/access.ts';
import { weekdayOf } from '../../src/domain/policy.ts';
import { replayPolicy } from '../../src/operations/replay-policy.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { openStore } from '../../src/store/open.ts';
import { executedPayments } from '../../src/store/policy-replay.ts';
import type { Store } from '../../src/store/store.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { buildIfStale } from '../support/build.ts';
import { actorOf } from '../support/people.ts';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { aBenchOffice, inScratch, type BenchOffice } from './an-office.ts';
import { execute } from './executions.ts';
import { middle, printFigure } from './floor.ts';
import { fillPayments } from './long-payments.ts';
import { anInstallation, timeTool } from './start-up.ts';

const RUNS = 11;
const EACH = 200;
const LISTS = 31;
const REPLAYED = 100_000;
const REPLAYS = 7;

/** Every rule there is, under which the bench's payments still pass: small amounts in cash, at any hour of the week. */
const FULL = `
[[approval]]
up_to = "500,000"
approvers = 1
[[approval]]
up_to = "1,000,000"
approvers = 1
roles = ["cfo"]
[[approval]]
approvers = 2
roles = ["cfo"]
[cfo]
above = "500,000"
[limits.cash]
per_payment = "50,000"
per_day = "900,000,000"
[limits.mpesa]
per_payment = "250,000"
per_day = "500,000"
[otp]
above = "900,000"
[[hours]]
days = ["mon-fri"]
from = "00:00"
to = "24:00"
[[hours]]
days = ["sat-sun"]
from = "00:00"
to = "24:00"
[variance]
percent = "5"
[stale]
statement_days = 3
`;

/** What a full policy costs executions and `fund list`, and what a replay costs beside reading the same payments. */
export async function measurePolicy(): Promise<void> {
  await buildIfStale();
  await inScratch((directory) =>
    measureOn('sqlite', directory, async (name) => `sqlite:${path.join(directory, `${name}.db`)}`),
  );
  const server = await startPostgres({ durable: true });
  try {
    await inScratch((directory) => measureOn('postgres', directory, () => createDatabase(server.url)));
  } finally {
    await server.stop();
  }
}

type DatabaseOf = (name: string) => Promise<string>;

async function measureOn(database: Dialect, directory: string, databaseOf: DatabaseOf): Promise<void> {
  await measureExecutions(database, databaseOf);
  await measureReplay(database, databaseOf);
  if (database === 'sqlite') await measureLists(directory);
}

/** Executions a second with the policy and without, in two offices that are the same but for it, in turn. */
async function measureExecutions(database: Dialect, databaseOf: DatabaseOf): Promise<void> {
  const size = { funds: 10, payments: (RUNS + 1) * EACH };
  const sides = await Promise.all(
    ['off', 'on'].map(async (name) => aSide(await databaseOf(name), size, name === 'on')),
  );
  const [off, on] = sides;
  if (off === undefined || on === undefined) throw new Error('no office');
  for (const side of sides) await rateOf(side, 0);
  const rates: { off: number; on: number }[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    // In turn, and each as often first.
    const first = run % 2 === 0 ? await rateOf(off, run) : null;
    const rate = await rateOf(on, run);
    rates.push({ on: rate, off: first ?? (await rateOf(off, run)) });
  }
  for (const { store } of sides) await store.close();
  printFigure({
    name: 'executions a second with a full policy / without one',
    database,
    value: middle(rates.map((rate) => rate.on)),
    floor: middle(rates.map((rate) => rate.off)),
    ratio: middle(rates.map((rate) => rate.on / rate.off)),
    limit: 0.85,
    goal: 0.95,
    runs: RUNS,
  });
}

interface Side {
  readonly store: Store;
  readonly office: BenchOffice;
}

async function aSide(url: string, size: { funds: number; payments: number }, ruled: boolean): Promise<Side> {
  const office = await aBenchOffice(url, size);
  const store = await openStore(url, { clock: () => new Date() });
  if (ruled) await rule(store);
  return { store, office };
}

async function rule(store: Store): Promise<void> {
  await setPolicy(store, await actorOf(store, 'root-admin'), { text: FULL, reason: 'measured' });
}

async function rateOf({ store, office }: Side, run: number): Promise<number> {
  const start = performance.now();
  for (const paymentId of office.paymentIds.slice(run * EACH, (run + 1) * EACH))
    await execute(store, office, paymentId);
  return (EACH * 1000) / (performance.now() - start);
}

/** The whole process of `fund list`, with the policy and without. */
async function measureLists(directory: string): Promise<void> {
  const file = path.join(directory, 'list.db');
  const off = await anInstallation(directory, `sqlite:${file}`, { funds: 20, payments: 0 });
  const ruled = path.join(directory, 'ruled.db');
  copyFileSync(file, ruled);
  const store = await openStore(`sqlite:${ruled}`, { clock: () => new Date() });
  await rule(store);
  await store.close();
  const on = { ...off.env, TREASURY_DATABASE_URL: `sqlite:${ruled}` };
  for (const env of [off.env, on]) timeTool(env, 'fund', 'list');
  const times: { off: number; on: number }[] = [];
  for (let run = 0; run < LISTS; run += 1)
    times.push({ off: timeTool(off.env, 'fund', 'list'), on: timeTool(on, 'fund', 'list') });
  printFigure({
    name: 'fund list, whole process, ms with a full policy / without one',
    database: 'sqlite',
    value: middle(times.map((time) => time.on)),
    floor: middle(times.map((time) => time.off)),
    ratio: middle(times.map((time) => time.on / time.off)),
    limit: 1.05,
    goal: 1,
    runs: LISTS,
  });
}

/** Payments of two years, replayed under the policy, against only reading what a replay reads of them. */
async function measureReplay(database: Dialect, databaseOf: DatabaseOf): Promise<void> {
  const office = await aBenchOffice(await databaseOf('replay'), { funds: 10, payments: 0 });
  await fillPayments(office, REPLAYED);
  const store = await openStore(office.url, { clock: () => new Date() });
  const auditor = await actorOf(store, 'david');
  const times: { read: number; replay: number }[] = [];
  for (let run = 0; run <= REPLAYS; run += 1) {
    const read = await timeMs(() => readAll(store));
    const replay = await timeMs(() => replayAll(store, auditor));
    if (run > 0) times.push({ read, replay });
  }
  await store.close();
  printFigure({
    name: `policy test over ${REPLAYED.toLocaleString('en')} payments, ms / reading them`,
    database,
    value: middle(times.map((time) => time.replay)),
    floor: middle(times.map((time) => time.read)),
    ratio: middle(times.map((time) => time.replay / time.read)),
    limit: 3,
    goal: 1.5,
    runs: REPLAYS,
  });
}

async function timeMs(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const count = await work();
  if (count !== REPLAYED) throw new Error(`${count} payments were seen`);
  return performance.now() - start;
}

const readAll = (store: Store): Promise<number> =>
  store.read(async (tx) => {
    let count = 0;
    for await (const page of executedPayments(tx, new Date(0), null)) count += page.length;
    return count;
  });

async function replayAll(store: Store, auditor: Actor): Promise<number> {
  const { replayed } = await replayPolicy(store, auditor, {
    ...{ text: FULL, since: new Date(0), until: null, limit: 50 },
    clock: (at) => {
      const date = at.toISOString().slice(0, 10);
      return { date, weekday: weekdayOf(date), minute: at.getUTCHours() * 60 + at.getUTCMinutes() };
    },
  });
  return replayed.count;
}
