import { assertTokenLength } from './limits.ts';

/** How many bytes are looked at in one go, so that a file handed over in one piece takes no more memory than one in many. */
const SLICE = 1 << 16;

const FEED = 0x0a;
/** A carriage return. */
export const RETURN = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/**
 * Pieces of a file, cut anew so that they end with a line feed wherever there is one. Text that is decoded from them needs no
 * putting together, and the reading of a text that was put together takes half as long again.
 */
export function* linePieces(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += SLICE) {
      const slice = piece.subarray(at, at + SLICE);
      const cut = slice.lastIndexOf(FEED) + 1;
      // Only the line that was cut in two is copied; the others stay where they are.
      const first = rest.length === 0 || cut === 0 ? 0 : slice.indexOf(FEED) + 1;
      if (first > 0) yield joined(rest, slice.subarray(0, first));
      if (cut > first) yield slice.subarray(first, cut);
      rest = cut === 0 ? joined(rest, slice) : slice.slice(cut);
      assertTokenLength(rest.length, null);
    }
  }
  if (rest.length > 0) yield rest;
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** Where no line feed was found by then, a carriage return ends a line. */
const ENOUGH_TO_TELL = 1 << 12;

/** A text that comes in pieces, as `LineRuns` cuts it. */
export function* lineRuns(texts: Iterable<string>): Generator<string> {
  const runs = new LineRuns();
  for (const text of texts) {
    const run = runs.next(text);
    if (run !== '') yield run;
  }
  const last = runs.end();
  if (last !== '') yield last;
}

/**
 * Cuts a text that comes in pieces after line ends: each run is some whole lines, only the last may lack its end. Lines end
 * with LF or CRLF; in files without any LF they end with CR, and a run then has LF in its place. Readers look at places of
 * a run instead of splitting it, which would make a string of every line.
 */
export class LineRuns {
  #end: '\n' | '\r' | null = null;
  #rest = '';

  /** The lines that are whole with the next piece; empty where none is. Throws STATEMENT_UNREADABLE for an endless one. */
  next(text: string): string {
    const all = this.#rest === '' ? text : this.#rest + text;
    this.#end ??= endOf(all);
    const cut = this.#end === null ? 0 : all.lastIndexOf(this.#end) + 1;
    this.#rest = all.slice(cut);
    assertTokenLength(this.#rest.length, null);
    return cut > 0 ? lineFeeds(all.slice(0, cut), this.#end) : '';
  }

  /** The last line, which has no end. */
  end(): string {
    return this.#rest === '' ? '' : lineFeeds(this.#rest, this.#end ?? '\r');
  }

  /** Whether lines end with line feeds, and the last piece ended with one. */
  get isBetweenLines(): boolean {
    return this.#end === '\n' && this.#rest === '';
  }
}

const endOf = (text: string): '\n' | '\r' | null => {
  if (text.includes('\n')) return '\n';
  // The last character may be the first half of a CRLF.
  return text.length > ENOUGH_TO_TELL && text.slice(0, -1).includes('\r') ? '\r' : null;
};

const lineFeeds = (text: string, end: '\n' | '\r' | null): string =>
  end === '\r' ? text.replaceAll('\r', '\n') : text;

/** Where the line that begins at a place ends, without its line feed. */
export const lineEnd = (run: string, from: number): number => {
  const feed = run.indexOf('\n', from);
  return feed < 0 ? run.length : feed;
};

/** The same without the carriage return of a CRLF. */
export const textEnd = (run: string, from: number, end: number): number =>
  end > from && run.charCodeAt(end - 1) === RETURN ? end - 1 : end;

/** Whether a text has no two spaces side by side and no tab: looked for once in a run of lines, texts within it need it no more. */
export const isEven = (text: string): boolean => text.indexOf('  ') < 0 && text.indexOf('\t') < 0;

/** A text with single spaces, and none around it. */
export function spaced(text: string): string {
  if (!isEven(text)) return text.replaceAll(/\s+/g, ' ').trim();
  return text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE ? text.trim() : text;
}

/** A text without spaces around it, of which most have none. */
export const trimmed = (text: string): string => {
  const [first, last] = [text.charCodeAt(0), text.charCodeAt(text.length - 1)];
  return first > SPACE && first < DELETE && last > SPACE && last < DELETE ? text : text.trim();
};
