import Database from 'better-sqlite3';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { executePayment } from '../../src/operations/execute-payment.ts';
import type { OfficeDay } from '../../src/operations/judge-execution.ts';
import { keptHeads } from '../../src/gateways/kept-heads.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { aBenchOffice, inScratch, type BenchOffice } from './an-office.ts';
import { durableCommitsPerSecond, middle, printFigure } from './floor.ts';
import { recordStatements, type Recorded } from './recorded-statements.ts';

const RUNS = 7;
const EACH = 300;
const WARM_UP = 100;

/** Executions a second of one process on SQLite, against one-row durable commits and against the same statements by hand. */
export async function measureExecutions(): Promise<void> {
  await inScratch(async (directory) => {
    const file = path.join(directory, 'office.db');
    const office = await aBenchOffice(`sqlite:${file}`, { funds: 10, payments: WARM_UP + RUNS * EACH });
    const copies = { recorded: path.join(directory, 'recorded.db'), hand: path.join(directory, 'hand.db') };
    for (const copy of Object.values(copies)) copyFileSync(file, copy);
    const statements = await recordStatements(
      copies.recorded,
      (store, one) => execute(store, office, one),
      office.paymentIds,
    );
    const heads = keptHeads(path.join(directory, 'heads'), (why) => process.stderr.write(`${why}\n`));
    const tool = await openStore(office.url, { clock: () => new Date(), heads });
    const hand = byHand(copies.hand);
    await rateOf(tool, office, { from: 0, count: WARM_UP });
    hand.replay(statements.slice(0, WARM_UP));
    const rates: { commits: number; tool: number; hand: number }[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const from = WARM_UP + run * EACH;
      const commits = durableCommitsPerSecond(directory, 500);
      rates.push({
        commits,
        tool: await rateOf(tool, office, { from, count: EACH }),
        hand: hand.replay(statements.slice(from, from + EACH)),
      });
    }
    await tool.close();
    hand.close();
    const value = middle(rates.map((rate) => rate.tool));
    const commits = middle(rates.map((rate) => rate.commits));
    const byHandRate = middle(rates.map((rate) => rate.hand));
    const ratios = {
      commits: middle(rates.map((rate) => rate.tool / rate.commits)),
      hand: middle(rates.map((rate) => rate.tool / rate.hand)),
    };
    const shared = { database: 'sqlite', value, runs: RUNS } as const;
    printFigure({
      name: 'executions a second / one-row durable commits',
      ...shared,
      floor: commits,
      ratio: ratios.commits,
      limit: 0.62,
      goal: 0.7,
    });
    printFigure({
      name: 'executions a second / the same statements by hand',
      ...shared,
      floor: byHandRate,
      ratio: ratios.hand,
      limit: 0.9,
      goal: null,
    });
  });
}

/** Executes one payment as the cashier of the office. */
export async function execute(store: Store, office: BenchOffice, paymentId: string): Promise<void> {
  const done = await executePayment(store, office.executor, { paymentId, gatewayReference: null, dayAt });
  if (done.state !== 'paid') throw new Error(`payment ${paymentId} was not paid`);
}

const dayAt = (now: Date): OfficeDay => {
  const date = now.toISOString().slice(0, 10);
  return {
    start: new Date(`${date}T00:00:00.000Z`),
    date,
    year: now.getUTCFullYear(),
    minute: now.getUTCHours() * 60 + now.getUTCMinutes(),
  };
};

async function rateOf(
  store: Store,
  office: BenchOffice,
  { from, count }: { from: number; count: number },
): Promise<number> {
  const start = performance.now();
  for (const paymentId of office.paymentIds.slice(from, from + count)) await execute(store, office, paymentId);
  return (count * 1000) / (performance.now() - start);
}

/** The floor: the statements that executions were seen to send, each prepared once with the driver, in transactions like theirs. */
function byHand(file: string) {
  const raw = new Database(file);
  raw.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON',
  );
  const prepared = new Map<string, Database.Statement>();
  const statementOf = ({ sql, raw: plain }: Recorded): Database.Statement => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = raw.prepare(sql);
      if (plain) statement.raw();
      prepared.set(sql, statement);
    }
    return statement;
  };
  const [begin, commit] = [raw.prepare('BEGIN IMMEDIATE'), raw.prepare('COMMIT')];
  const replay = (executions: readonly (readonly Recorded[])[]): number => {
    const start = performance.now();
    for (const execution of executions) {
      begin.run();
      for (const one of execution) {
        if (one.reads) statementOf(one).all(...one.parameters);
        else statementOf(one).run(...one.parameters);
      }
      commit.run();
    }
    return (executions.length * 1000) / (performance.now() - start);
  };
  return { replay, close: () => raw.close() };
}
