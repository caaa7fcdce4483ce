import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { decimalsOf } from '../../src/statements/currency.ts';
import { FORMATS } from '../../src/statements/detect.ts';
import type { StatementParser } from '../../src/statements/statement.ts';
import { aLongStatement, renderCamt, renderOfx, type RenderedStatement } from '../support/rendered-statements.ts';
import { inScratch } from './an-office.ts';
import { printFigure, timePaired } from './floor.ts';

const RUNS = 7;
const LINES = 200_000;
const PIECE_BYTES = 64 * 1024;

/** A format, what it is measured against on the same file, and how near to that it must come. */
interface Race {
  readonly format: string;
  readonly render: (statements: Iterable<RenderedStatement>) => Iterable<string>;
  readonly against: string;
  readonly floor: (file: string) => void;
  readonly limit: number;
}

const RACES: readonly Race[] = [
  { format: 'camt053', render: renderCamt, against: 'bare saxes events', floor: saxesEvents, limit: 0.7 },
  { format: 'ofx', render: renderOfx, against: 'decoding and splitting into lines', floor: splitLines, limit: 0.3 },
];

/** Every parser against the barest means of reading the same file: megabytes a second. */
export async function measureStatements(): Promise<void> {
  await inScratch(async (directory) => {
    for (const race of RACES) {
      const file = path.join(directory, race.format);
      const megabytes = writeFile(file, race.render([aLongStatement(LINES)])) / 1e6;
      const parse = await parserOf(race.format);
      const rate = (read: () => void) => (): number => megabytes / secondsOf(read);
      const ours = rate(() => readLines(parse, file));
      const barest = rate(() => race.floor(file));
      // What is compiled while it runs would be measured otherwise.
      ours();
      barest();
      const { a, b, ratio } = await timePaired(ours, barest, RUNS);
      const name = `${race.format}: parsed MB a second of ${LINES.toLocaleString('en')} lines / ${race.against}`;
      printFigure({ name, database: null, value: a, floor: b, ratio, limit: race.limit, goal: null, runs: RUNS });
    }
  });
}

const parserOf = (name: string): Promise<StatementParser> => {
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format.load();
};

function secondsOf(act: () => void): number {
  const start = performance.now();
  act();
  return (performance.now() - start) / 1000;
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
  let lines = 0;
  for (const event of parse(piecesOf(file), { currency: null, exponentOf: decimalsOf })) {
    if (event.kind === 'line') lines += 1;
  }
  if (lines !== LINES) throw new Error(`${file} has ${lines} lines`);
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
