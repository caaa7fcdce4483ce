import { parse } from 'csv-parse/sync';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { decimalsOf } from '../../src/statements/currency.ts';
import { FORMATS } from '../../src/statements/detect.ts';
import { aProof } from '../../src/statements/proof.ts';
import type { StatementParser } from '../../src/statements/statement.ts';
import { buildIfStale } from '../support/build.ts';
import {
  aLongStatement,
  renderBai2,
  renderBankCsv,
  renderCamt,
  renderMpesa,
  renderMt940,
  renderOfx,
  type RenderedStatement,
} from '../support/rendered-statements.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { inScratch } from './an-office.ts';
import { peakMegabytes, printFigure, timePaired } from './floor.ts';

const RUNS = 7;
const LINES = 200_000;
const PIECE_BYTES = 64 * 1024;

/** A format, what it is measured against on the same file, and how near to that it must come. */
interface Race {
  readonly format: string;
  readonly render: (statement: RenderedStatement) => Iterable<string>;
  readonly against: string;
  readonly floor: (file: string) => void;
  readonly limit: number;
}

const TEXT_LINES = 'decoding and splitting into lines';

const RACES: readonly Race[] = [
  { format: 'mpesa', render: renderMpesa, against: 'csv-parse', floor: csvRows, limit: 2 },
  { format: 'csv', render: renderBankCsv, against: 'csv-parse', floor: csvRows, limit: 2 },
  {
    format: 'camt053',
    render: (one) => renderCamt([one]),
    against: 'bare saxes events',
    floor: saxesEvents,
    limit: 0.7,
  },
  { format: 'mt940', render: (one) => renderMt940([one]), against: TEXT_LINES, floor: splitLines, limit: 0.3 },
  { format: 'bai2', render: (one) => renderBai2([one]), against: TEXT_LINES, floor: splitLines, limit: 0.3 },
  { format: 'ofx', render: (one) => renderOfx([one]), against: TEXT_LINES, floor: splitLines, limit: 0.3 },
];

/** Every parser against the barest means of reading the same file, and the memory that the built tool takes for long files. */
export async function measureStatements(): Promise<void> {
  measureRates();
  await inScratch(async (directory) => {
    await buildIfStale();
    measureMemory(directory);
  });
}

/** Each format in a process of its own, as the tool reads it: what was compiled for one file is no better or worse for another. */
function measureRates(): void {
  for (const { format } of RACES) {
    const run = spawnSync(process.execPath, [import.meta.filename, format], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (run.status !== 0) throw new Error(`the rate of ${format} was not measured`);
  }
}

async function measureRate(format: string): Promise<void> {
  const race = RACES.find((one) => one.format === format);
  if (race === undefined) throw new Error(`there is no race of ${format}`);
  await inScratch(async (directory) => {
    const file = path.join(directory, format);
    const megabytes = writeFile(file, race.render(aLongStatement(LINES))) / 1e6;
    const parse = await parserOf(format);
    const rate = (read: () => void) => (): number => megabytes / secondsOf(read);
    const ours = rate(() => readLines(parse, file));
    const barest = rate(() => race.floor(file));
    // What is compiled while it runs would be measured otherwise.
    ours();
    barest();
    const { a, b, ratio } = await timePaired(ours, barest, RUNS);
    const name = `${format}: read and proved MB a second of processor time, ${LINES.toLocaleString('en')} lines / ${race.against}`;
    printFigure({ name, database: null, value: a, floor: b, ratio, limit: race.limit, goal: null, runs: RUNS });
  });
}

const MANY_LINES = 1_000_000;
const MOST_MEGABYTES = 256;

/** A statement of a million lines may take no more memory than is allowed, nor much more than a tenth of it does. */
function measureMemory(directory: string): void {
  const env = toolEnvironment(directory);
  for (const { format, render } of RACES) {
    const [few, many] = [MANY_LINES / 10, MANY_LINES].map((lines) => {
      const file = path.join(directory, `${format}-${lines}`);
      writeFile(file, render(aLongStatement(lines)));
      const peak = peakMegabytes(process.execPath, [TOOL, 'statement', 'show', file], env);
      rmSync(file);
      return peak;
    });
    if (few === undefined || many === undefined) throw new Error('nothing was measured');
    const name = `${format}: peak MB of statement show, 1,000,000 lines / 100,000 lines`;
    printFigure({ name, database: null, value: many, floor: few, ratio: many / few, limit: null, goal: null, runs: 1 });
    if (many > MOST_MEGABYTES) throw new Error(`${format} of 1,000,000 lines takes ${Math.round(many)} MB`);
  }
}

const parserOf = (name: string): Promise<StatementParser> => {
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format.load();
};

/** Processor time, which other work on the machine changes least. */
function secondsOf(act: () => void): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function writeFile(file: string, texts: Iterable<string>): number {
  const handle = openSync(file, 'wx');
  let written = 0;
  let waiting = '';
  for (const text of texts) {
    waiting += text;
    if (waiting.length < PIECE_BYTES) continue;
    written += writeSync(handle, waiting);
    waiting = '';
  }
  written += writeSync(handle, waiting);
  closeSync(handle);
  return written;
}

function* piecesOf(file: string): Generator<Uint8Array> {
  const handle = openSync(file, 'r');
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE_BYTES);
      const read = readSync(handle, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(handle);
  }
}

function readLines(parse: StatementParser, file: string): void {
  const proof = aProof();
  let lines = 0;
  for (const event of parse(piecesOf(file), { currency: null, exponentOf: decimalsOf })) {
    const proved = proof.take(event);
    if (proved?.ties === false) throw new Error(`${file} does not tie`);
    lines += proved?.lines ?? 0;
  }
  if (lines !== LINES) throw new Error(`${file} has ${lines} lines`);
}

function csvRows(file: string): void {
  const rows: unknown = parse(readFileSync(file), { bom: true, relax_column_count: true });
  if (!Array.isArray(rows) || rows.length < LINES) throw new Error(`${file} has too few rows`);
}

function saxesEvents(file: string): void {
  const parser = new SaxesParser();
  let events = 0;
  for (const name of ['opentag', 'closetag', 'text'] as const) parser.on(name, () => (events += 1));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (const piece of piecesOf(file)) parser.write(decoder.decode(piece, { stream: true }));
  parser.close();
  if (events < LINES) throw new Error(`${file} has ${events} events`);
}

function splitLines(file: string): void {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).split('\n');
  if (lines.length < LINES) throw new Error(`${file} has ${lines.length} lines of text`);
}

const [, script, format] = process.argv;
if (script === import.meta.filename && format !== undefined) await measureRate(format);
