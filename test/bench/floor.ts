import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

/** One measured figure: what was measured, against what floor, and what is allowed and hoped for. */
export interface Figure {
  readonly name: string;
  readonly database: 'sqlite' | 'postgres' | null;
  readonly value: number;
  /** The same work done by the barest means in the same run; machines are noisy, so ratios are compared. */
  readonly floor: number;
  readonly ratio: number;
  readonly limit: number | null;
  readonly goal: number | null;
  readonly runs: number;
}

/** Prints the figure as one line of JSON. */
export function printFigure(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** The median of what `measure` returns over `runs` runs, one after the other. */
export async function median(runs: number, measure: () => number | Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure());
  return middle(values);
}

/** Measures A B A B, so that a machine that slows down slows both, and gives the medians and A / B. */
export async function timePaired(
  a: () => number | Promise<number>,
  b: () => number | Promise<number>,
  runs: number,
): Promise<{ readonly a: number; readonly b: number; readonly ratio: number }> {
  const first: number[] = [];
  const second: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    first.push(await a());
    second.push(await b());
  }
  return { a: middle(first), b: middle(second), ratio: middle(first) / middle(second) };
}

/** Wall time of a whole process in milliseconds; its output is thrown away. Throws when it fails. */
export function timeProcess(command: string, args: readonly string[], env: Readonly<Record<string, string>>): number {
  const start = performance.now();
  const run = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const elapsedMs = performance.now() - start;
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0)
    throw new Error(`${command} ${args.join(' ')} exited ${run.status ?? run.signal}:\n${run.stderr}`);
  return elapsedMs;
}

/** The most memory that a whole Node process took at any moment, with its threads. Throws when it fails. */
export function peakMegabytes(node: string, args: readonly string[], env: Readonly<Record<string, string>>): number {
  const tell = new URL('tell-peak.js', import.meta.url).href;
  const run = spawnSync(node, ['--import', tell, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const [, kilobytes] = /^peak (\d+)$/m.exec(run.stderr) ?? [];
  if (run.status !== 0 || kilobytes === undefined) throw new Error(`${args.join(' ')} failed:\n${run.stderr}`);
  return Number(kilobytes) / 1024;
}

/** The floor of every command: the project's Node starting and ending, in milliseconds. */
export function nodeFloorMs(): number {
  return timeProcess(process.execPath, ['-e', '0'], { PATH: process.env['PATH'] ?? '' });
}

/** How many one-row transactions a second SQLite commits durably (WAL, synchronous FULL) on the disk of `directory`. */
export function durableCommitsPerSecond(directory: string, forMs = 2000): number {
  const scratch = mkdtempSync(path.join(directory, 'floor-'));
  const database = new Database(path.join(scratch, 'floor.db'));
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE floor (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL) STRICT');
    const insert = database.prepare('INSERT INTO floor (amount) VALUES (?)');
    return ratePerSecond(forMs, () => insert.run(100));
  } finally {
    database.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** How many seconds sha256sum takes over the file. */
export function sha256sumSeconds(file: string): number {
  return timeProcess('sha256sum', ['--', file], { PATH: process.env['PATH'] ?? '' }) / 1000;
}

function ratePerSecond(forMs: number, act: () => void): number {
  const start = performance.now();
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < forMs) {
    act();
    done += 1;
    elapsedMs = performance.now() - start;
  }
  return (done * 1000) / elapsedMs;
}

/** The median of the values. */
export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1];
  const high = sorted[Math.floor(half)];
  if (low === undefined || high === undefined) throw new Error('A median needs at least one run.');
  return (low + high) / 2;
}
