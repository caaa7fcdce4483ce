import { execa } from 'execa';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

export interface PgbenchOptions {
  /** 100,000 accounts, 10 tellers and 1 branch each; fewer than `clients` makes them queue for a branch. */
  readonly scale?: number;
  readonly clients?: number;
  readonly seconds?: number;
  /** Prepared statements instead of simple queries. */
  readonly prepared?: boolean;
  /** Keeps the tables of the last run. */
  readonly reuse?: boolean;
}

export interface PgbenchResult {
  /** Transactions a second, without the time to connect. */
  readonly tps: number;
  readonly transactions: number;
  /** `pgbench` itself, or `pg` when it is not installed: the same transaction sent from this process. */
  readonly tool: 'pgbench' | 'pg';
}

type Settings = Required<PgbenchOptions>;

/** Runs the tpcb-like load of pgbench on the database of that URL; its pgbench_* tables are made anew and left there. */
export async function pgbench(url: string, options: PgbenchOptions = {}): Promise<PgbenchResult> {
  const settings = { scale: 16, clients: 16, seconds: 10, prepared: false, reuse: false, ...options };
  const binary = findPgbench();
  return binary === undefined ? runByHand(url, settings) : runBinary(binary, url, settings);
}

/** The pgbench on the PATH, or the newest of Debian's; undefined when none is installed. */
function findPgbench(): string | undefined {
  if (spawnSync('pgbench', ['--version']).status === 0) return 'pgbench';
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => path.join(root, version, 'bin', 'pgbench')).find((file) => existsSync(file));
}

async function runBinary(binary: string, url: string, settings: Settings): Promise<PgbenchResult> {
  if (!settings.reuse) await execa(binary, ['-i', '-q', '-s', String(settings.scale), url]);
  const mode = settings.prepared ? 'prepared' : 'simple';
  const load = ['-n', '-c', settings.clients, '-j', 2, '-T', settings.seconds, '-M', mode, url].map(String);
  const { stdout } = await execa(binary, load);
  const [, tps] = /^tps = ([\d.]+) \((?:without|excluding)/m.exec(stdout) ?? [];
  const [, transactions] = /^number of transactions actually processed: (\d+)/m.exec(stdout) ?? [];
  if (tps === undefined || transactions === undefined) throw new Error(`pgbench said nothing of its speed:\n${stdout}`);
  return { tps: Number(tps), transactions: Number(transactions), tool: 'pgbench' };
}

/** The same tables and rows as `pgbench -i`. */
async function runByHand(url: string, settings: Settings): Promise<PgbenchResult> {
  const clients = Array.from({ length: settings.clients }, () => new pg.Client({ connectionString: url }));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const [first] = clients;
    if (first === undefined) throw new Error('A load needs at least one client.');
    if (!settings.reuse) await createTables(first, settings.scale);
    const start = performance.now();
    const until = start + settings.seconds * 1000;
    const counts = await Promise.all(clients.map((client) => transactUntil(client, until, settings)));
    const transactions = counts.reduce((sum, count) => sum + count, 0);
    return { tps: (transactions * 1000) / (performance.now() - start), transactions, tool: 'pg' };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function createTables(client: pg.Client, scale: number): Promise<void> {
  await client.query(`
    DROP TABLE IF EXISTS pgbench_history, pgbench_accounts, pgbench_tellers, pgbench_branches;
    CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100);
    CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
    CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
    CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    INSERT INTO pgbench_branches (bid, bbalance) SELECT b, 0 FROM generate_series(1, ${scale}) b;
    INSERT INTO pgbench_tellers (tid, bid, tbalance) SELECT t, (t - 1) / 10 + 1, 0 FROM generate_series(1, ${scale} * 10) t;
    INSERT INTO pgbench_accounts (aid, bid, abalance, filler)
      SELECT a, (a - 1) / 100000 + 1, 0, '' FROM generate_series(1, ${scale} * 100000) a;
    ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid);
    ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid);
    ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)`);
  for (const table of ['branches', 'tellers', 'accounts']) await client.query(`VACUUM ANALYZE pgbench_${table}`);
}

async function transactUntil(client: pg.Client, until: number, settings: Settings): Promise<number> {
  let done = 0;
  while (performance.now() < until) {
    await transact(client, settings);
    done += 1;
  }
  return done;
}

/** The script of pgbench's tpcb-like, statement by statement, each its own round trip as pgbench sends them. */
async function transact(client: pg.Client, { scale, prepared }: Settings): Promise<void> {
  const aid = randomInt(1, 100_000 * scale + 1);
  const bid = randomInt(1, scale + 1);
  const tid = randomInt(1, 10 * scale + 1);
  const delta = randomInt(-5000, 5001);
  const send = async (name: string, text: string, values: number[]): Promise<void> => {
    await client.query(prepared ? { name, text, values } : { text: inlined(text, values) });
  };
  await client.query('BEGIN');
  await send('a', 'UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2', [delta, aid]);
  await send('s', 'SELECT abalance FROM pgbench_accounts WHERE aid = $1', [aid]);
  await send('t', 'UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2', [delta, tid]);
  await send('b', 'UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2', [delta, bid]);
  const history =
    'INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)';
  await send('h', history, [tid, bid, aid, delta]);
  await client.query('END');
}

/** Simple queries carry their values in the text, as pgbench's do; they are our own numbers. */
function inlined(text: string, values: readonly number[]): string {
  return text.replaceAll(/\$(\d)/g, (_placeholder, place: string) => `(${values[Number(place) - 1]})`);
}
