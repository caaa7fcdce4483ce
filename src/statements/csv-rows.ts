import { unreadable } from './faults.ts';
import { assertTokenLength } from './limits.ts';
import { lineEnd, RETURN, textEnd } from './text-lines.ts';

/** A row of a table: its cells as they are written, and the line where it begins, counted from 1. */
export interface Row {
  readonly position: number;
  readonly cells: readonly string[];
}

/** What may stand between cells. */
export type Delimiter = ',' | ';' | '\t' | '|';

const QUOTE = 0x22;
const FEED = 0x0a;

/** Cells of one row beyond this are no statement's. */
const MOST_CELLS = 1_000;

/**
 * Finds rows and cells in runs of whole lines, as RFC 4180 has them: a cell in quotes may hold delimiters, line ends and
 * doubled quotes. A quote within a cell that does not begin with one is a character. What is not quoted is found by looking
 * for line ends and delimiters, never character by character.
 */
export class CsvScanner {
  readonly #delimiter: Delimiter;
  readonly #code: number;
  /** What came of a row that ends in a later run. */
  #rest = '';
  #position = 1;
  /** Where the next delimiter stands that was looked for; what has none at all is looked through once, not for every row. */
  #ahead = -1;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
    this.#code = delimiter.charCodeAt(0);
  }

  /** The rows of a run. A row whose quotes are still open comes with the run that closes them. Throws STATEMENT_UNREADABLE. */
  rows(run: string): Row[] {
    const text = this.#rest === '' ? run : this.#rest + run;
    const rows: Row[] = [];
    let at = 0;
    let quote = nextQuote(text, 0);
    this.#ahead = -1;
    while (at < text.length) {
      const end = lineEnd(text, at);
      if (quote < end) {
        const next = this.#quotedRow(text, at, rows);
        if (next < 0) break;
        at = next;
        quote = nextQuote(text, at);
      } else {
        rows.push({ position: this.#position, cells: this.#plainCells(text, at, textEnd(text, at, end)) });
        this.#position += 1;
        at = end + 1;
      }
    }
    this.#rest = at < text.length ? text.slice(at) : '';
    assertTokenLength(this.#rest.length, this.#position);
    return rows;
  }

  /** Whether no row is open. */
  get isBetweenRows(): boolean {
    return this.#rest === '';
  }

  /** Where the next row begins, counted in lines from 1. */
  get position(): number {
    return this.#position;
  }

  /** The next rows were read by somebody else, each on a line of its own. */
  passOver(rows: number): void {
    this.#position += rows;
  }

  /** Nothing may be open at the end. Throws STATEMENT_UNREADABLE. */
  close(): void {
    if (this.#rest !== '') throw unreadable(this.#position, 'a quote is not closed');
  }

  #plainCells(text: string, from: number, to: number): string[] {
    const cells: string[] = [];
    let at = from;
    let next = this.#ahead < from ? this.#nextDelimiter(text, from) : this.#ahead;
    while (next < to) {
      cells.push(text.slice(at, next));
      at = next + 1;
      next = this.#nextDelimiter(text, at);
    }
    this.#ahead = next;
    cells.push(text.slice(at, to));
    return this.#counted(cells);
  }

  #nextDelimiter(text: string, from: number): number {
    const next = text.indexOf(this.#delimiter, from);
    return next < 0 ? text.length : next;
  }

  /** Reads a row with quotes in it; gives where the next one begins, -1 where this one is not whole. */
  #quotedRow(text: string, from: number, rows: Row[]): number {
    const cells: string[] = [];
    let lines = 1;
    let feed = -1;
    let at = from;
    for (;;) {
      let end: number;
      if (text.charCodeAt(at) === QUOTE) {
        const close = closingQuote(text, at);
        if (close < 0) return -1;
        const inside = text.slice(at + 1, close);
        cells.push(inside.indexOf('"') < 0 ? inside : inside.replaceAll('""', '"'));
        lines += feedsIn(inside);
        end = close + 1;
      } else {
        if (feed < at) feed = lineEnd(text, at);
        end = this.#cellEnd(text, at, feed);
        cells.push(text.slice(at, textEnd(text, at, end)));
      }
      const code = text.charCodeAt(end);
      if (code === this.#code) {
        at = end + 1;
        continue;
      }
      const last = code === RETURN && (text.charCodeAt(end + 1) === FEED || end + 1 === text.length) ? end + 1 : end;
      if (last < text.length && text.charCodeAt(last) !== FEED)
        throw unreadable(this.#position, 'something stands between a closing quote and the next cell');
      rows.push({ position: this.#position, cells: this.#counted(cells) });
      this.#position += lines;
      return last + 1;
    }
  }

  /** Where a cell without quotes ends: at the next delimiter, or at the end of the line. */
  #cellEnd(text: string, from: number, feed: number): number {
    const delimiter = this.#nextDelimiter(text, from);
    return delimiter < feed ? delimiter : feed;
  }

  #counted(cells: string[]): string[] {
    if (cells.length > MOST_CELLS) throw unreadable(this.#position, `it has more than ${MOST_CELLS} cells`);
    return cells;
  }
}

const nextQuote = (text: string, from: number): number => {
  const quote = text.indexOf('"', from);
  return quote < 0 ? text.length + 1 : quote;
};

/** The quote that closes the one at a place; a doubled one is a character. -1 where there is none yet. */
function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from + 1);
  while (quote >= 0 && text.charCodeAt(quote + 1) === QUOTE) quote = text.indexOf('"', quote + 2);
  return quote;
}

function feedsIn(text: string): number {
  let feeds = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) feeds += 1;
  return feeds;
}
