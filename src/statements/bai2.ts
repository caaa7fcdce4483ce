import { Bai2Accounts } from './bai2-accounts.ts';
import { textOf } from './charset.ts';
import { notAStatement } from './faults.ts';
import type { StatementParser } from './statement.ts';
import { lineEnd, linePieces, lineRuns, textEnd } from './text-lines.ts';

/**
 * Reads BAI2 cash management reports: a statement for each account (03). Records may be continued (88), share a line, and
 * lack their slash. Throws usage NOT_A_STATEMENT or STATEMENT_UNREADABLE.
 */
export const parseBai2: StatementParser = function* (pieces) {
  const accounts = new Bai2Accounts();
  const reader = new RecordReader(accounts);
  const text = textOf(linePieces(pieces), { warn: (message) => accounts.warn(message, null) });
  for (const run of lineRuns(text)) {
    reader.read(run);
    for (const event of accounts.take()) yield event;
  }
  reader.close();
  yield* accounts.take();
  if (accounts.count === 0) throw notAStatement('The file has no account of a BAI2 report in it: it has no record 03.');
};

const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * A record that begins within a line, behind the slash of another: with what such a record has in its first fields, lest a
 * text with slashes is taken apart. A continuation has nothing to know it by but the space before it.
 */
const RECORD =
  /(?: *(?:01,[^,\n]*,[^,\n]*,\d{6,8},|02,[^,\n]*,[^,\n]*,[1-4],\d{6,8},|03,[^,/\n]+,(?:[A-Z]{3})?[,/]|16,\d{3},\d|49,[+-]?\d*,\d+ *(?:\/|$)|9[89],[+-]?\d*,\d+,\d+ *(?:\/|$))| +88,)/my;

/** Records continued more often than this are none: what comes then is not kept. */
const MOST_CONTINUATIONS = 10_000;

/** Finds the records in the lines, each with its continuations. */
class RecordReader {
  readonly #accounts: Bai2Accounts;
  #position = 0;
  /** The record that is being read; empty before the first. */
  #code = '';
  #begin = 0;
  #content = '';
  #continuations: string[] = [];

  constructor(accounts: Bai2Accounts) {
    this.#accounts = accounts;
  }

  /** Reads some whole lines. */
  read(run: string): void {
    for (let from = 0; from < run.length;) {
      const end = lineEnd(run, from);
      this.#position += 1;
      this.#readLine(run, from, textEnd(run, from, end));
      from = end + 1;
    }
  }

  /** Tells the last record, and that there are no more. */
  close(): void {
    this.#finish();
    this.#accounts.close(this.#position);
  }

  #readLine(run: string, start: number, to: number): void {
    let from = skipBlanks(run, start, to);
    let begins = isCode(run, from, to);
    while (from < to) {
      const end = recordEnd(run, from, to);
      if (begins) this.#record(run.slice(from, from + 2), run.slice(from + 3, end));
      // A line without a code goes on where the one before it ended.
      else if (this.#code !== '') this.#continue(run.slice(from, end));
      from = skipBlanks(run, end + 1, to);
      begins = true;
    }
  }

  #record(code: string, content: string): void {
    if (code === '88') {
      this.#accounts.counted();
      this.#continue(content);
      return;
    }
    this.#finish();
    this.#code = code;
    this.#begin = this.#position;
    this.#content = content;
  }

  #continue(content: string): void {
    if (this.#continuations.length < MOST_CONTINUATIONS) this.#continuations.push(content);
  }

  #finish(): void {
    if (this.#code === '') return;
    this.#accounts.record(this.#code, this.#content, this.#continuations, this.#begin);
    if (this.#continuations.length > 0) this.#continuations = [];
  }
}

const skipBlanks = (run: string, from: number, to: number): number => {
  let at = from;
  while (at < to && run.charCodeAt(at) <= SPACE) at += 1;
  return at;
};

const isCode = (run: string, at: number, to: number): boolean => {
  if (at + 3 > to || run.charCodeAt(at + 2) !== COMMA) return false;
  switch (run.slice(at, at + 2)) {
    case '16':
    case '88':
    case '03':
    case '49':
    case '01':
    case '02':
    case '98':
    case '99':
      return true;
    default:
      return false;
  }
};

/** Where a record ends: at a slash with nothing or another record behind it, else at the end of its line. */
function recordEnd(run: string, from: number, to: number): number {
  let slash = run.indexOf('/', from);
  while (slash >= 0 && slash < to) {
    const next = skipBlanks(run, slash + 1, to);
    if (next === to) return slash;
    RECORD.lastIndex = slash + 1;
    if (run.charCodeAt(next + 2) === COMMA && RECORD.test(run)) return slash;
    slash = run.indexOf('/', slash + 1);
  }
  return to;
}
