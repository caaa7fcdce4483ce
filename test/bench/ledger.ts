import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { listEntries, type EntryFilter } from '../../src/store/ledger.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { buildIfStale } from '../support/build.ts';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { inScratch } from './an-office.ts';
import { middle, printFigure } from './floor.ts';
import { fillBooks } from './long-books.ts';
import { anInstallation, timeTool } from './start-up.ts';

const RUNS = 11;
const QUERIES_A_RUN = 20;
const SHORT = 10_000;
const LONG = 1_000_000;
const LONGEST = 10_000_000;
const PAGE = { limit: 50, after: null };
const DAY_MS = 24 * 60 * 60 * 1000;

/** A page of 50 entries of long books against the same page of short ones: as a query, and as a whole process. */
export async function measureLedger({ large }: { large: boolean }): Promise<void> {
  await buildIfStale();
  const entries = large ? [LONG, LONGEST] : [LONG];
  await inScratch(async (directory) => {
    await measureLengths('sqlite', { directory, entries, databaseOf: async (home) => `sqlite:${home}/office.db` });
  });
  const server = await startPostgres({ durable: true });
  try {
    await inScratch(async (directory) => {
      await measureLengths('postgres', { directory, entries, databaseOf: () => createDatabase(server.url) });
    });
  } finally {
    await server.stop();
  }
}

type Installation = Awaited<ReturnType<typeof anInstallation>>;

interface Lengths {
  readonly directory: string;
  readonly entries: readonly number[];
  databaseOf(home: string): Promise<string>;
}

async function measureLengths(database: 'sqlite' | 'postgres', lengths: Lengths): Promise<void> {
  const books = async (entries: number): Promise<Installation> => {
    const home = path.join(lengths.directory, String(entries));
    mkdirSync(home);
    const installation = await anInstallation(home, await lengths.databaseOf(home), { funds: 20, payments: 0 });
    await fillBooks(installation.office, entries);
    return installation;
  };
  const short = await books(SHORT);
  for (const entries of lengths.entries) {
    const long = await books(entries);
    await measureQueries(database, { short, long, entries });
    measureProcesses(database, { short, long, entries });
  }
}

interface Pair {
  readonly short: Installation;
  readonly long: Installation;
  readonly entries: number;
}

const millions = (entries: number): string => `${entries.toLocaleString('en')} / ${SHORT.toLocaleString('en')} entries`;

/** Queries of the one open store, then of the other, in turn. */
async function measureQueries(database: 'sqlite' | 'postgres', { short, long, entries }: Pair): Promise<void> {
  const clock = () => new Date();
  const [few, many] = await Promise.all([short, long].map(({ office }) => openStore(office.url, { clock })));
  if (few === undefined || many === undefined) throw new Error('no store');
  try {
    for (const { name, limit, filterOf } of QUERIES) {
      const [fewFilter, manyFilter] = [filterOf(short), filterOf(long)];
      for (let run = 0; run < 2; run += 1) await Promise.all([pageMs(few, fewFilter), pageMs(many, manyFilter)]);
      const times: { few: number; many: number }[] = [];
      for (let run = 0; run < RUNS; run += 1)
        times.push({ few: await pageMs(few, fewFilter), many: await pageMs(many, manyFilter) });
      printFigure({
        name: `ledger list${name}, query, ms at ${millions(entries)}`,
        database,
        value: middle(times.map((time) => time.many)),
        floor: middle(times.map((time) => time.few)),
        ratio: middle(times.map((time) => time.many / time.few)),
        limit,
        goal: limit === null ? null : 1.05,
        runs: RUNS,
      });
    }
  } finally {
    await Promise.all([few.close(), many.close()]);
  }
}

interface Query {
  readonly name: string;
  readonly limit: number | null;
  filterOf(installation: Installation): EntryFilter;
}

const QUERIES: readonly Query[] = [
  { name: '', limit: 1.1, filterOf: () => ({}) },
  { name: ' --fund', limit: 1.1, filterOf: ({ office }) => ({ fundId: office.fundIds[0] }) },
  { name: ' --kind replenishment', limit: 1.1, filterOf: () => ({ kind: 'replenishment' }) },
  { name: ' --type credit', limit: 1.1, filterOf: () => ({ type: 'credit' }) },
  { name: ' --since 729d', limit: 1.1, filterOf: () => ({ since: new Date(Date.now() - 729 * DAY_MS) }) },
  // A hundred times the entries lie in a short period too, and these are counted.
  { name: ' --since 20d', limit: null, filterOf: () => ({ since: new Date(Date.now() - 20 * DAY_MS) }) },
];

/** Milliseconds of one page, the mean of a few. */
async function pageMs(store: Store, filter: EntryFilter): Promise<number> {
  const start = performance.now();
  for (let query = 0; query < QUERIES_A_RUN; query += 1)
    await store.read((tx) =>
      listEntries(tx, filter, PAGE, [{ role: 'cfo', companyId: null, regionId: null, branchId: null }]),
    );
  return (performance.now() - start) / QUERIES_A_RUN;
}

function measureProcesses(database: 'sqlite' | 'postgres', { short, long, entries }: Pair): void {
  const list = ({ env }: Installation): number => timeTool(env, 'ledger', 'list', '--limit', '50');
  for (const installation of [short, long]) list(installation);
  const times: { few: number; many: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push({ few: list(short), many: list(long) });
  printFigure({
    name: `ledger list, whole process, ms at ${millions(entries)}`,
    database,
    value: middle(times.map((time) => time.many)),
    floor: middle(times.map((time) => time.few)),
    ratio: middle(times.map((time) => time.many / time.few)),
    limit: 1.1,
    goal: 1.05,
    runs: RUNS,
  });
}
