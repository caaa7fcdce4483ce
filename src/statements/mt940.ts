import { textOf } from './charset.ts';
import { notAStatement } from './faults.ts';
import { Mt940Statements } from './mt940-statements.ts';
import type { StatementParser } from './statement.ts';
import { lineEnd, linePieces, lineRuns, textEnd } from './text-lines.ts';

/**
 * Reads MT940 and MT942, bare or in SWIFT's blocks (`{1:}{2:}{4:`), one message or many; pages that end with 62M are one
 * statement with those that follow. Throws usage NOT_A_STATEMENT or STATEMENT_UNREADABLE.
 */
export const parseMt940: StatementParser = function* (pieces, options) {
  const statements = new Mt940Statements(options);
  const reader = new FieldReader(statements);
  const text = textOf(linePieces(withLineFeeds(pieces)), { warn: (message) => statements.warn(message, null) });
  for (const run of lineRuns(text)) {
    reader.read(run);
    for (const event of statements.take()) yield event;
  }
  reader.close();
  yield* statements.take();
  if (statements.count === 0)
    throw notAStatement(
      'The file has no message of MT940 or MT942 in it: it has no balance (:60F:) and no entry (:61:).',
    );
};

const AT = 0x40;
const FEED = 0x0a;
const RETURN = 0x0d;
const COLON = 0x3a;
const HYPHEN = 0x2d;
const OPENING = 0x7b;
const CLOSING = 0x7d;
const SPACE = 0x20;
const SIX = 0x36;
const EIGHT = 0x38;
const ONE = 0x31;

/** A file that came through a system without line feeds, with @@ in their place: known by its first bytes. */
function* withLineFeeds(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let isMarked: boolean | undefined;
  let held = false;
  for (const piece of pieces) {
    isMarked ??= piece[0] === AT && (piece.length === 1 || piece[1] === AT);
    if (!isMarked) {
      yield piece;
      continue;
    }
    const bytes = new Uint8Array(piece.length + 1);
    let length = 0;
    for (const byte of piece) {
      if (held && byte === AT) {
        bytes[length++] = RETURN;
        bytes[length++] = FEED;
        held = false;
        continue;
      }
      if (held) bytes[length++] = AT;
      held = byte === AT;
      if (!held) bytes[length++] = byte;
    }
    yield bytes.subarray(0, length);
  }
  if (held) yield Uint8Array.of(AT);
}

/** Lines of one field beyond this are no statement's; they are not kept. */
const MOST_FIELD_LINES = 1_000;

/** Puts lines together to fields: a field goes on until the next `:tag:` or the end of the message. */
class FieldReader {
  readonly #statements: Mt940Statements;
  #position = 0;
  /** The field that is being read, where it is none of an entry; null between messages. */
  #tag: string | null = null;
  #begin = 0;
  #lines: string[] = [];

  constructor(statements: Mt940Statements) {
    this.#statements = statements;
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

  /** Tells the last field, and that there are no more. */
  close(): void {
    this.#finish();
    this.#statements.close();
  }

  #readLine(run: string, from: number, to: number): void {
    const first = from < to ? run.charCodeAt(from) : SPACE;
    if (first === COLON) {
      // Nearly every field is one of these two, so they are told at once.
      if (run.charCodeAt(from + 3) === COLON && from + 3 < to) {
        const [tens, ones] = [run.charCodeAt(from + 1), run.charCodeAt(from + 2)];
        if (tens === SIX && ones === ONE) return this.#openEntry(run, from + 4, to);
        if (tens === EIGHT && ones === SIX) return this.#openDescription(run, from + 4, to);
      }
      const line = run.slice(from, to);
      const end = tagEnd(line);
      if (end > 0) return this.#open(line.slice(1, end), line.slice(end + 1));
    } else if (first < SPACE) return this.#afterControls(run, from, to);
    else if (first === HYPHEN) {
      const line = run.slice(from, to);
      if (this.#isEndMark(line)) return this.#blocks(line);
    } else if (first === OPENING && run.charCodeAt(from + 2) === COLON) return this.#blocks(run.slice(from, to));
    if (this.#tag !== null && this.#lines.length < MOST_FIELD_LINES) this.#lines.push(run.slice(from, to));
  }

  #openEntry(run: string, from: number, to: number): void {
    this.#finish();
    this.#tag = '61';
    this.#begin = this.#position;
    this.#lines = [];
    this.#statements.entry(run, from, to, this.#position);
  }

  #openDescription(run: string, from: number, to: number): void {
    this.#finish();
    this.#tag = '86';
    this.#begin = this.#position;
    this.#lines = [run.slice(from, to)];
  }

  #open(tag: string, content: string): void {
    this.#finish();
    this.#tag = tag;
    this.#begin = this.#position;
    const closed = content.endsWith('-}');
    this.#lines = [closed ? content.slice(0, -2) : content];
    if (closed) this.#finish();
  }

  #finish(): void {
    if (this.#tag !== null) this.#statements.field(this.#tag, this.#lines, this.#begin);
    this.#tag = null;
  }

  /** A hyphen alone ends a message; with letters behind it, it does so only where the message has said its closing balance. */
  #isEndMark(line: string): boolean {
    if (line.charCodeAt(1) === CLOSING || /^-[^!-~]*$/.test(line)) return true;
    return /^-[A-Z]{0,3}\s*$/.test(line) && (this.#statements.isComplete || CLOSES.test(this.#tag ?? ''));
  }

  /** The ends of blocks of SWIFT and their beginnings; what stands behind `{4:` is a line of the message. */
  #blocks(line: string): void {
    this.#finish();
    const text = line.lastIndexOf('{4:');
    if (text >= 0) this.#readLine(line, text + 3, line.length);
  }

  #afterControls(run: string, from: number, to: number): void {
    let at = from;
    while (at < to && run.charCodeAt(at) < SPACE) at += 1;
    if (at < to) this.#readLine(run, at, to);
  }
}

/** Fields that come last but for a `:86:` of the statement. */
const CLOSES = /^(?:62|64|65|90)/;

/** Where the tag that a line begins with ends: `:61:`, `:60F:`; 0 where there is none. */
function tagEnd(line: string): number {
  if (!isDigit(line.charCodeAt(1)) || !isDigit(line.charCodeAt(2))) return line.startsWith(OF_SAVINGS_BANKS) ? 3 : 0;
  if (line.charCodeAt(3) === COLON) return 3;
  return line.charCodeAt(4) === COLON && isCapital(line.charCodeAt(3)) ? 4 : 0;
}

/** The one tag in use that is no number, for what SWIFT has no field for. */
const OF_SAVINGS_BANKS = ':NS:';

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isCapital = (code: number): boolean => code >= 0x41 && code <= 0x5a;
