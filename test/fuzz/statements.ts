// npm run fuzz                                 5,000 broken statements of every format
// npm run fuzz -- --count 1000000 --seed 7     as many as wanted; the seed makes them again
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../../src/domain/problem.ts';
import { FORMATS } from '../../src/statements/detect.ts';
import { readStatements, type ReadStatements } from '../../src/statements/read-statements.ts';
import type { StatementLine } from '../../src/statements/statement.ts';
import { type Chance, chanceOf, mutantOf } from './mutants.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../statements/fixtures');

/** What broken files were made of, how they ended, and the longest time that one of them took. */
export interface FuzzReport {
  readonly count: number;
  readonly read: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly slowestSeed: number;
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly tell?: (done: number) => void;
}

/** Reading takes a few milliseconds; whatever takes as long as this does not take linear time. */
const LONGEST_MS = 5_000;

/**
 * Reads as many broken files, made of all files of our own: every format that has one takes part. Throws when one of them ends
 * in anything but statements or a refusal with exit 2, takes too long, or says something else when it comes in other pieces.
 */
export async function fuzzStatements({ count, seed, tell }: FuzzOptions): Promise<FuzzReport> {
  const files = readdirSync(FIXTURES)
    .filter((name) => !name.endsWith('.golden'))
    .map((name) => new Uint8Array(readFileSync(path.join(FIXTURES, name))));
  const report = { count, read: 0, refused: 0, slowestMs: 0, slowestSeed: seed };
  for (let done = 0; done < count; done += 1) {
    const chance = chanceOf(seed + done);
    const mutant = mutantOf(files, chance);
    try {
      const start = process.cpuUsage();
      const outcome = await outcomeOf(mutant, chance);
      const { user, system } = process.cpuUsage(start);
      const tookMs = (user + system) / 1000;
      report[outcome] += 1;
      if (tookMs > report.slowestMs) Object.assign(report, { slowestMs: Math.round(tookMs), slowestSeed: seed + done });
      if (tookMs > LONGEST_MS) throw new Error(`it took ${Math.round(tookMs)} ms`);
    } catch (error) {
      const kept = path.join(os.tmpdir(), `broken-statement-${seed + done}`);
      writeFileSync(kept, mutant);
      throw new Error(`the file made with --count 1 --seed ${seed + done} (kept as ${kept}) is not survived`, {
        cause: error,
      });
    }
    if ((done + 1) % 10_000 === 0) tell?.(done + 1);
  }
  return report;
}

async function outcomeOf(mutant: Uint8Array, chance: Chance): Promise<'read' | 'refused'> {
  const named = FORMATS[chance(FORMATS.length * 3)]?.name ?? null;
  const whole = await attempt(mutant, named, mutant.length);
  if (chance(10) === 0) {
    const pieces = await attempt(mutant, named, 1 + chance(2_000));
    // Where exactly a broken file is found to be broken may depend on how much of it was looked at.
    const alike =
      typeof whole === 'string' || typeof pieces === 'string'
        ? typeof whole === typeof pieces
        : toldOf(whole) === toldOf(pieces);
    if (!alike) throw new Error(`it says ${JSON.stringify(pieces)} in pieces, and ${JSON.stringify(whole)} as a whole`);
  }
  return typeof whole === 'string' ? 'refused' : 'read';
}

/** What was read, without what is said of the file as a whole, which may be told with any of its statements. */
const toldOf = ({ statements }: ReadStatements): string =>
  JSON.stringify(
    statements.map((one) => ({ ...one, warnings: one.warnings.filter(({ position }) => position !== null) })),
  );

/** What a file says, or the words with which it is refused. */
async function attempt(file: Uint8Array, type: string | null, pieceBytes: number): Promise<ReadStatements | string> {
  const sums = { lines: 0, minor: 0n };
  const onLine = (line: StatementLine): void => {
    assertLine(line);
    sums.lines += 1;
    if (line.otherCurrency === undefined) sums.minor += BigInt(line.amountMinor);
  };
  try {
    const read = await readStatements(piecesOf(file, pieceBytes), {
      type,
      currency: null,
      today: '2099-12-31',
      onLine,
    });
    const lines = read.statements.reduce((sum, one) => sum + one.lines, 0);
    const minor = read.statements.reduce((sum, one) => sum + BigInt(one.creditsMinor - one.debitsMinor), 0n);
    if (lines !== sums.lines || minor !== sums.minor) throw new Error('its lines are not those that were proved');
    if (read.statements.length === 0) throw new Error('it has no statement, and was not refused');
    return read;
  } catch (error) {
    if (error instanceof Problem && error.kind === 'usage') return `${error.code} ${error.message}`;
    throw error;
  }
}

function assertLine(line: StatementLine): void {
  const exact = Number.isSafeInteger(line.amountMinor) && Number.isSafeInteger(line.balanceMinor ?? 0);
  if (!exact || !(line.position >= 1)) throw new Error(`a line is ${JSON.stringify(line)}`);
}

function* piecesOf(file: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
  const options = { count: Number(values.count ?? 5_000), seed: Number(values.seed ?? 1) };
  const tell = (done: number): void => void process.stderr.write(`${done} of ${options.count}\n`);
  const report = await fuzzStatements({ ...options, tell });
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ ...options, ...report, peakMegabytes })}\n`);
}
