import { quoted } from '../domain/quoted.ts';
import { TextReader } from './charset.ts';
import { CsvScanner, type Delimiter, type Row } from './csv-rows.ts';
import { unreadable } from './faults.ts';
import { type FigureReading, signedMinor } from './minor-units.ts';
import type { LineBlock } from './line-block.ts';
import type { BlockEvent, StatementEvent } from './statement.ts';
import { linePieces, LineRuns } from './text-lines.ts';

/** A reader of a table: rows in, events out. */
export interface Table {
  /** What stands between cells, by the beginning of the text. */
  delimiter(beginning: string): Delimiter;
  /** The charset that its files have where they say nothing else; null for UTF-8, or Windows-1252 where it is none. */
  readonly charset: string | null;
  row(row: Row): void;
  /** All rows were read. Throws usage NOT_A_STATEMENT where there was no table. */
  close(): void;
  warn(message: string): void;
  /** The events since the last time. */
  take(): readonly StatementEvent[];
}

/** Reads plain rows of a table straight from bytes. */
export interface PlainLines {
  /** The lines that were read last. */
  readonly block: LineBlock;
  /**
   * Reads the rows from a place on, in bytes that end with a line feed, as far as they are plain and the block has room; gives
   * the place behind them. `position` is the line of the file where they begin.
   */
  read(bytes: Uint8Array, from: number, position: number): number;
}

/** A table whose rows are plain for the most part. */
export interface PlainTable extends Table {
  /** Who reads plain rows now; null while the next row may mean something that only its text tells. */
  plainLines(): PlainLines | null;
}

/** The events of a table in a file of cells with delimiters. */
export function* tableEvents(pieces: Iterable<Uint8Array>, table: Table): Generator<StatementEvent> {
  const text = new TableText(table);
  for (const piece of linePieces(pieces)) {
    text.read(piece);
    for (const event of table.take()) yield event;
  }
  text.end();
  for (const event of table.take()) yield event;
  text.close();
  for (const event of table.take()) yield event;
}

/** The same, with plain rows read straight from the bytes and told together. */
export function* tableBlocks(pieces: Iterable<Uint8Array>, table: PlainTable): Generator<BlockEvent> {
  const text = new TableText(table);
  // Who reads text is handed more lines at a time, the more of them are not plain.
  let atOnce = 1;
  for (const piece of linePieces(pieces)) {
    for (let at = 0; at < piece.length;) {
      const plain = text.isBetweenRows && piece.at(-1) === FEED ? table.plainLines() : null;
      if (plain !== null) {
        at = plain.read(piece, at, text.position);
        const { block } = plain;
        if (block.count > 0) {
          atOnce = 1;
          text.passOver(block.count);
          yield { kind: 'lines', block };
          if (block.isFull) continue;
        }
      }
      const end = plain === null ? piece.length : linesEnd(piece, at, atOnce);
      if (end === at) break;
      text.read(piece.subarray(at, end));
      for (const event of table.take()) yield event;
      at = end;
      if (plain !== null) atOnce = Math.min(atOnce * 2, MOST_AT_ONCE);
    }
  }
  text.end();
  for (const event of table.take()) yield event;
  text.close();
  for (const event of table.take()) yield event;
}

const FEED = 0x0a;
const MOST_AT_ONCE = 1024;

/** Where so many lines end that begin at a place. */
function linesEnd(bytes: Uint8Array, from: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines && at < bytes.length; line += 1) at = bytes.indexOf(FEED, at) + 1;
  return at;
}

/** Reads a table as text, from bytes as they come. */
class TableText {
  readonly #table: Table;
  readonly #text: TextReader;
  readonly #runs = new LineRuns();
  /** What came before enough did to find a header in, in however small pieces. */
  #beginning = '';
  #scanner: CsvScanner | null = null;

  constructor(table: Table) {
    const { charset } = table;
    this.#table = table;
    this.#text = new TextReader({
      ...(charset === null ? {} : { declaredIn: () => charset }),
      warn: (message) => table.warn(message),
    });
  }

  /** Whether bytes of ASCII that come now are rows, which somebody else may read in its place. */
  get isBetweenRows(): boolean {
    return this.#scanner?.isBetweenRows === true && this.#text.isAscii && this.#runs.isBetweenLines;
  }

  /** Where the next row begins, counted in lines from 1. */
  get position(): number {
    return this.#scanner?.position ?? 1;
  }

  /** So many rows were read by somebody else, each on a line of its own. */
  passOver(rows: number): void {
    this.#scanner?.passOver(rows);
  }

  read(piece: Uint8Array): void {
    this.#take(this.#runs.next(this.#text.read(piece)));
  }

  /** No more bytes come. */
  end(): void {
    this.#take(this.#runs.next(this.#text.end()));
    this.#take(this.#runs.end());
    if (this.#scanner === null && this.#beginning !== '') this.#scan(this.#beginning);
  }

  /** Nothing may be open at the end. */
  close(): void {
    this.#scanner?.close();
    this.#table.close();
  }

  #take(run: string): void {
    if (run === '') return;
    if (this.#scanner !== null) return this.#scan(run);
    this.#beginning += run;
    if (this.#beginning.length < BEGINNING) return;
    this.#scan(this.#beginning);
    this.#beginning = '';
  }

  #scan(run: string): void {
    this.#scanner ??= new CsvScanner(this.#table.delimiter(run.slice(0, BEGINNING)));
    for (const row of this.#scanner.rows(run)) this.#table.row(row);
  }
}

/** A header that stands within so many characters says what stands between cells. */
const BEGINNING = 64 * 1024;

/** A header rests within so many rows: above it stand a name, an account, a period. */
export const MOST_PREAMBLE_ROWS = 60;

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** Longer lines are no header. */
const LONGEST_HEADER = 4_000;

/** What stands between the cells of the first line near the beginning of a text that is a header; null where none is. */
export function headerDelimiter(text: string, isHeader: (cells: readonly string[]) => boolean): Delimiter | null {
  for (const line of text.split(/\r\n|\n|\r/, MOST_PREAMBLE_ROWS)) {
    for (const delimiter of DELIMITERS) {
      const cells = line.slice(0, LONGEST_HEADER).split(delimiter);
      if (cells.length > 2 && isHeader(cells)) return delimiter;
    }
  }
  return null;
}

/** Whether a row has nothing in it. */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** Why a row with something beyond the header's last column is not to be trusted: a figure that is cut in two moves all behind it. */
export const BEYOND_HEADER =
  'it has more cells than the header: a mark between cells that stands inside a figure or a text moves what comes after it';

/** How wide the rows of a table are: as its header, but for empty cells that every row may have at its end. */
export class Width {
  readonly header: number;
  /** Empty cells that the first row has behind those of the header; null before there was one. */
  padding: number | null = null;

  constructor(header: readonly string[]) {
    this.header = header.length;
  }

  /** Whether a row has more cells than are explained. */
  exceeds(cells: readonly string[]): boolean {
    const more = Math.max(0, cells.length - this.header);
    this.padding ??= more;
    return more > 0 && (more !== this.padding || !isBlank(cells.slice(this.header)));
  }
}

/** The rows of a total, which say what the others come to. */
export const isTotal = (text: string): boolean =>
  text.length < 20 && /^\s*(?:grand\s+|sub-?)?totals?\s*:?\s*$/i.test(text);

/** The figure in a cell; null where the cell is empty or the table has no such column. Throws STATEMENT_UNREADABLE. */
export function figureIn({ cells, position }: Row, column: number, reading: FigureReading): number | null {
  if (column < 0) return null;
  const text = cells[column] ?? '';
  const minor = signedMinor(text, reading);
  if (typeof minor === 'string') throw unreadable(position, `the amount ${quoted(text)} cannot be read: ${minor}`);
  return minor;
}
