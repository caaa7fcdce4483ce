import { quoted } from '../domain/quoted.ts';
import { textOf } from './charset.ts';
import { CsvScanner, type Delimiter, type Row } from './csv-rows.ts';
import { unreadable } from './faults.ts';
import { type FigureReading, signedMinor } from './minor-units.ts';
import type { StatementEvent } from './statement.ts';
import { linePieces, lineRuns } from './text-lines.ts';

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

/** The events of a table in a file of cells with delimiters. */
export function* tableEvents(pieces: Iterable<Uint8Array>, table: Table): Generator<StatementEvent> {
  const { charset } = table;
  const text = textOf(linePieces(pieces), {
    ...(charset === null ? {} : { declaredIn: () => charset }),
    warn: (message) => table.warn(message),
  });
  let scanner: CsvScanner | undefined;
  for (const run of longBeginning(lineRuns(text))) {
    scanner ??= new CsvScanner(table.delimiter(run.slice(0, BEGINNING)));
    for (const row of scanner.rows(run)) table.row(row);
    for (const event of table.take()) yield event;
  }
  scanner?.close();
  table.close();
  for (const event of table.take()) yield event;
}

/** A header that stands within so many characters says what stands between cells. */
const BEGINNING = 64 * 1024;

/** Runs of lines, of which the first is as long as a beginning, in however small pieces a file came. */
function* longBeginning(runs: Iterable<string>): Generator<string> {
  let beginning = '';
  let begun = false;
  for (const run of runs) {
    if (!begun) beginning += run;
    begun ||= beginning.length >= BEGINNING;
    if (!begun) continue;
    yield beginning === '' ? run : beginning;
    beginning = '';
  }
  if (beginning !== '') yield beginning;
}

/** A header rests within so many rows: above it stand a name, an account, a period. */
export const MOST_PREAMBLE_ROWS = 60;

/** A column's name for comparing: letters and digits, in small letters. */
export const columnKey = (name: string): string => name.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}]+/gu, '');

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
