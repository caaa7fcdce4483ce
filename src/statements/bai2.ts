import { Bai2Accounts } from './bai2-accounts.ts';
import { digitsAt } from './calendar.ts';
import { textOf } from './charset.ts';
import { notAStatement } from './faults.ts';
import type { StatementParser } from './statement.ts';
import { isEven, lineEnd, linePieces, lineRuns, textEnd } from './text-lines.ts';

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
  /** The record that is being read, by its code; 0 before the first. Its fields lie between two places of a text. */
  #code = 0;
  #begin = 0;
  #text = '';
  #from = 0;
  #to = 0;
  #even = false;
  /** Its continuations. */
  #more: string[] = [];
  /** Whether the run that is being read is even. */
  #runEven = false;

  constructor(accounts: Bai2Accounts) {
    this.#accounts = accounts;
  }

  /** Reads some whole lines. */
  read(run: string): void {
    this.#runEven = isEven(run);
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
    let code = codeAt(run, from, to);
    while (from < to) {
      const end = recordEnd(run, from, to);
      if (code !== 0) this.#record(code, run, from + 3, end);
      // A line without a code goes on where the one before it ended.
      else if (this.#code !== 0) this.#continue(run.slice(from, end));
      from = skipBlanks(run, end + 1, to);
      code = digitsAt(run, from, 2);
    }
  }

  #record(code: number, text: string, from: number, to: number): void {
    if (code === CONTINUATION) {
      this.#accounts.counted();
      this.#continue(text.slice(from, to));
      return;
    }
    this.#finish();
    this.#code = code;
    this.#begin = this.#position;
    this.#text = text;
    this.#from = from;
    this.#to = to;
    this.#even = this.#runEven;
  }

  #continue(content: string): void {
    this.#even &&= this.#runEven;
    if (this.#more.length === 0) this.#more = [content];
    else if (this.#more.length < MOST_CONTINUATIONS) this.#more.push(content);
  }

  #finish(): void {
    if (this.#code === 0) return;
    const place = { text: this.#text, from: this.#from, to: this.#to, even: this.#even, position: this.#begin };
    this.#accounts.record(this.#code, place, this.#more);
    if (this.#more.length > 0) this.#more = [];
  }
}

const skipBlanks = (run: string, from: number, to: number): number => {
  let at = from;
  while (at < to && run.charCodeAt(at) <= SPACE) at += 1;
  return at;
};

const CONTINUATION = 88;

/** The code of the record that begins at a place; 0 where none does. */
const codeAt = (run: string, at: number, to: number): number => {
  if (at + 3 > to || run.charCodeAt(at + 2) !== COMMA) return 0;
  const code = digitsAt(run, at, 2);
  switch (code) {
    case 16:
    case CONTINUATION:
    case 3:
    case 49:
    case 1:
    case 2:
    case 98:
    case 99:
      return code;
    default:
      return 0;
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
