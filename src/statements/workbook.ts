import type { CellValue } from 'read-excel-file/universal';
import { quoted } from '../domain/quoted.ts';
import { notAStatement, unreadable } from './faults.ts';
import { cellAddress, columnNumber, isCellError, plainSheet } from './sheet-cells.ts';
import { storedArchive, type StoredFile } from './stored-archive.ts';
import { unpack, type ZipEntry, zipEntries } from './zip-directory.ts';

/** Cells of the rectangles that the sheets span, empty ones too: each is held. */
const MOST_CELLS = 4_000_000;

/** As many as Excel has; others write cells without content as far as their own last column, which is the 1,024th. */
const MOST_COLUMNS = 16_384;

/** Digits that a spreadsheet keeps; of longer numbers it has changed the last ones already. */
const KEPT_DIGITS = 15;

/**
 * The sheet of an Excel workbook as CSV in UTF-8, a line for each row, so that everything that reads CSV reads it too: numbers as
 * exact decimals with a point, dates as ISO days with their time of day. It is the one that is named, else the only one with
 * something in it. Throws usage NOT_A_STATEMENT for what is no workbook, too large, or has several such sheets; STATEMENT_UNREADABLE
 * for a number with more digits than a spreadsheet keeps, and for a cell with an error.
 */
export async function workbookAsCsv(
  archive: Uint8Array<ArrayBuffer>,
  named: string | null = null,
): Promise<Uint8Array> {
  // Each file is unpacked once before anything is read, because an archive can say that it is smaller than it is.
  const files = zipEntries(archive).map((entry) => ({ name: entry.name, bytes: unpack(entry) }));
  const { default: readSheets } = await import('read-excel-file/universal');
  const sheets = await readSheets<SheetNumber>(new Blob([withPlainSheets(files) ?? archive]), {
    parseNumber: (written) => ({ written }),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw notAStatement(`The workbook cannot be read: ${why}.`);
  });
  const lines = chosenSheet(sheets, named).map((row, at) =>
    row.map((cell, column) => quotedCell(cellText(cell, at + 1, column + 1))).join(','),
  );
  return new TextEncoder().encode(lines.join('\n'));
}

type SheetRows = readonly (readonly (CellValue<SheetNumber> | null)[])[];

/** A sheet that is a chart has no rows. */
interface Sheet {
  readonly sheet: string;
  readonly data: SheetRows | undefined;
}

/** The sheet of this name, else the only one with something in it: what stands on another would be passed over without a word. */
function chosenSheet(sheets: readonly Sheet[], named: string | null): SheetRows {
  const filled = sheets.filter(({ data }) => data?.some((row) => row.some((cell) => cell !== null)) === true);
  const names = (filled.length > 0 ? filled : sheets).map(({ sheet }) => quoted(sheet)).join(', ');
  if (named !== null) {
    const chosen = sheets.find(({ sheet }) => sheet.trim().toLowerCase() === named.trim().toLowerCase());
    if (chosen?.data !== undefined) return chosen.data;
    throw notAStatement(`The workbook has no sheet ${quoted(named)}; it has ${names}.`);
  }
  if (filled.length > 1)
    throw notAStatement(
      `The workbook has ${filled.length} sheets with something in them, of which one would be read: ${names}.`,
      'save the sheet that is meant as a file of its own, or name it in the layout of the bank: treasury reconcile profile add NAME --sheet SHEET',
    );
  return filled[0]?.data ?? sheets[0]?.data ?? [];
}

/** Whether these are the files of an Excel workbook. */
export const isWorkbook = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ name }) => name === 'xl/workbook.xml');

/** A formula with nothing behind it in its cell: programs that write workbooks without reckoning leave the result out. */
const NEVER_RECKONED = /<f(?:\s[^<>]{0,200})?(?:\/>|>[^<>]{0,8192}<\/f>)\s{0,9}<\/c>/;

/** The workbook with its sheets as their reader understands them; null where they are so already. */
function withPlainSheets(files: readonly StoredFile[]): Uint8Array<ArrayBuffer> | null {
  const span: Span = { cells: 0 };
  let changed = false;
  const plain = files.map((file) => {
    const xml = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString('latin1');
    if (!xml.includes('sheetData')) return file;
    const sheet = plainSheet(xml);
    assertSheet(sheet, span);
    if (sheet === xml) return file;
    changed = true;
    return { name: file.name, bytes: Buffer.from(sheet, 'latin1') };
  });
  return changed ? storedArchive(plain) : null;
}

function assertSheet(xml: string, span: Span): void {
  assertSpan(xml, span);
  if (NEVER_RECKONED.test(xml))
    throw notAStatement(
      'A cell of the workbook has a formula without its result, which would be read as empty: open it in a spreadsheet, save it, and hand it over again.',
    );
}

/** The cells of all sheets so far: all of them are held. */
interface Span {
  cells: number;
}

/** Refuses sheets whose cells lie so far apart that the empty ones between them would fill the memory. */
function assertSpan(xml: string, span: Span): void {
  let columns = 0;
  let rows = 0;
  for (const [, letters = '', row = ''] of xml.matchAll(/\br\s{0,9}=\s{0,9}["']([A-Za-z]{0,9})(\d{1,19})["']/g)) {
    columns = Math.max(columns, columnNumber(letters));
    rows = Math.max(rows, Number(row));
  }
  span.cells += rows * Math.max(1, columns);
  if (columns > MOST_COLUMNS || span.cells > MOST_CELLS)
    throw notAStatement(
      `A sheet of the workbook spans ${rows} rows and ${columns} columns: export the statement as CSV.`,
    );
}

/** A number as it is written in a workbook, kept apart from texts that look like one. */
interface SheetNumber {
  readonly written: string;
}

function cellText(cell: CellValue<SheetNumber> | null, row: number, column: number): string {
  if (cell === null) return '';
  if (typeof cell === 'string') {
    if (isCellError(cell))
      throw unreadable(row, `cell ${cellAddress(row, column)} has the error ${cell} in place of what it should say`);
    return cell;
  }
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (cell instanceof Date) return momentText(cell, row);
  // The library's own type has the constructor of dates where it means dates.
  if (typeof cell === 'object') return exactDecimal(cell.written, row);
  throw unreadable(row, 'a cell is neither text, number, date nor yes or no');
}

/** Days are kept as numbers, of which the time of day is a fraction that is seldom exact: to the nearest second. */
function momentText(date: Date, row: number): string {
  const at = new Date(Math.round(date.getTime() / 1000) * 1000);
  if (Number.isNaN(at.getTime())) throw unreadable(row, 'a cell is a date that no calendar has');
  const [day = '', time = ''] = at.toISOString().split(/[T.]/);
  return time === '00:00:00' ? day : `${day} ${time}`;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?$/i;

/**
 * The exact decimal of a number as a workbook has it: `1234.1` for 1234.0999999999999, which is how workbooks keep it, and `0.3`
 * for the 0.30000000000000004 that they reckon, because a spreadsheet shows so many digits and no more.
 */
export function exactDecimal(text: string, row: number): string {
  if (!NUMBER.test(text)) throw unreadable(row, `the number ${JSON.stringify(text.slice(0, 40))} cannot be read`);
  const number = Number(text);
  // Of a whole number every digit counts. Others are the shortest decimal that stands for the same number, as the cell shows it.
  const shortest = String(Number.isInteger(number) ? number : Number(number.toPrecision(KEPT_DIGITS)));
  const digits = shortest
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '')
    .replace(/0+$/, '');
  if (!/^-?\d+(?:\.\d+)?$/.test(shortest) || digits.length > KEPT_DIGITS)
    throw unreadable(
      row,
      `the number ${text.slice(0, 40)} has more digits than a spreadsheet keeps, which are ${KEPT_DIGITS}`,
    );
  return shortest;
}

const quotedCell = (text: string): string => {
  const line = text.replaceAll(/[\r\n]+/g, ' ');
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
};
