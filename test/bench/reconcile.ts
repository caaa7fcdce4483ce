import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../src/store/open.ts';
import { buildIfStale } from '../support/build.ts';
import { PASSWORD } from '../support/people.ts';
import { actorOf } from '../support/people.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aBenchOffice, inScratch } from './an-office.ts';
import { middle, printFigure } from './floor.ts';
import { fillPaidMonth, writeMonth } from './paid-month.ts';
import { timeTool } from './start-up.ts';

const RUNS = 5;
const LONG = Number(process.env['LINES'] ?? 1_000_000);
const SHORT = LONG / 10;
const MOST_MEGABYTES = 256;

/**
 * A month's statement against as many entries, as a whole process: the preview, and --auto with everything saved, against the
 * shell of SQLite importing the file and joining it with the entries twice.
 */
export async function measureReconcile(): Promise<void> {
  await buildIfStale();
  await inScratch(async (directory) => {
    const [short, long] = [
      await aMonth(path.join(directory, 'short'), SHORT),
      await aMonth(path.join(directory, 'long'), LONG),
    ];
    const preview = (month: Month): number => timeTool(month.env, 'reconcile', month.file, '--fund', 'F001', '--quiet');
    preview(short);
    const runs = Array.from({ length: RUNS }, () => ({
      preview: preview(long),
      short: preview(short),
      floor: floorMs(long, directory),
    }));
    const floor = middle(runs.map((run) => run.floor));
    const lines = LONG.toLocaleString('en');
    const figure = { database: 'sqlite' as const, runs: RUNS };
    printFigure({
      ...figure,
      name: `reconcile ${lines} lines against ${lines} entries, preview, ms / sqlite3 .import and two joins`,
      value: middle(runs.map((run) => run.preview)),
      floor,
      ratio: middle(runs.map((run) => run.preview / run.floor)),
      limit: 0.6,
      goal: 0.35,
    });
    printFigure({
      ...figure,
      name: `reconcile, preview, ms at ${lines} / ${SHORT.toLocaleString('en')} lines`,
      value: middle(runs.map((run) => run.preview)),
      floor: middle(runs.map((run) => run.short)),
      ratio: middle(runs.map((run) => run.preview / run.short)),
      limit: 8,
      goal: 7,
    });
    const peak = peakMegabytes(long);
    printFigure({
      ...figure,
      runs: 1,
      name: `reconcile, preview, peak MB at ${lines} lines / ${MOST_MEGABYTES}`,
      value: peak,
      floor: MOST_MEGABYTES,
      ratio: peak / MOST_MEGABYTES,
      limit: 1,
      goal: 0.6,
    });
    const auto = timeTool(long.env, 'reconcile', long.file, '--fund', 'F001', '--auto', '--quiet');
    printFigure({
      ...figure,
      runs: 1,
      name: `reconcile --auto ${lines} lines, everything saved, ms / sqlite3 .import and two joins`,
      value: auto,
      floor,
      ratio: auto / floor,
      limit: 4,
      goal: null,
    });
    const rate = (LONG / middle(runs.map((run) => run.preview))) * 1000;
    process.stdout.write(
      `${JSON.stringify({ name: 'reconcile, preview, lines a second', database: 'sqlite', value: rate })}\n`,
    );
  });
}

interface Month {
  readonly file: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
}

async function aMonth(home: string, count: number): Promise<Month> {
  mkdirSync(home);
  const database = path.join(home, 'office.db');
  const url = `sqlite:${database}`;
  const office = await aBenchOffice(url, { funds: 1, payments: 0 });
  const store = await openStore(url, { clock: () => new Date() });
  const people = {
    requester: (await actorOf(store, 'amina')).userId,
    company: await store.read(
      async (tx) => (await tx.db.select({ id: tx.t.companies.id }).from(tx.t.companies))[0]?.id ?? '',
    ),
  };
  await store.close();
  await fillPaidMonth(office, people, count);
  const file = path.join(home, 'month.csv');
  await writeMonth(file, count);
  const env = { ...toolEnvironment(home), TREASURY_DATABASE_URL: url };
  const passwordFile = path.join(home, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  timeTool(env, 'login', '--user', 'david', '--password-file', passwordFile);
  return { file, database, env };
}

/** What a treasurer with SQL would do: import the file into the database and join it with the entries, for both sides. */
const JOINS = `create index line_receipt on line("Receipt No.");
select count(*) from line join payment_executions x on x.gateway_reference = line."Receipt No." and x.amount_minor = cast(round(-line.Withdrawn * 100) as integer);
select count(*) from ledger_entries e left join payment_executions x on x.id = e.execution_id left join line on line."Receipt No." = x.gateway_reference where line."Receipt No." is null;`;

function floorMs({ file, database }: Month, directory: string): number {
  const copy = path.join(directory, 'floor.db');
  copyFileSync(database, copy);
  const shell = spawnSync('sqlite3', ['--version']).status === 0;
  const start = performance.now();
  if (shell)
    execFileSync('sqlite3', [copy, '-cmd', '.mode csv', '-cmd', `.import ${file} line`, JOINS], { stdio: 'pipe' });
  else importByHand(file, copy);
  return performance.now() - start;
}

/** The same through better-sqlite3, where the shell is missing. */
function importByHand(file: string, copy: string): void {
  const database = new Database(copy);
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  database.exec(`create table line (${columns.map((name) => `"${name}" text`).join(', ')})`);
  const insert = database.prepare(`insert into line values (${columns.map(() => '?').join(', ')})`);
  database.transaction(() => lines.forEach((line) => insert.run(...line.split(','))))();
  for (const sql of JOINS.split('\n').slice(1)) database.prepare(sql).all();
  database.close();
}

function peakMegabytes({ env, file }: Month): number {
  const args = [
    '--import',
    path.join(import.meta.dirname, 'tell-peak.js'),
    TOOL,
    'reconcile',
    file,
    '--fund',
    'F001',
    '--quiet',
  ];
  const { stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return Number(/^peak (\d+)/m.exec(stderr)?.[1]) / 1024;
}
