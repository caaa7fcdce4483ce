import { batchHeader, MOST_BATCH_BYTES, MOST_BATCH_ROWS, type BatchLine } from '../domain/batch-file.ts';
import { Problem, usage } from '../domain/problem.ts';
import { sentence } from '../domain/sentence.ts';
import { csvLines } from './csv-lines.ts';

/** A batch's file by lines, with what is wrong with its form; each fault names its line. */
export interface ReadBatchFile {
  readonly lines: readonly BatchLine[];
  readonly faults: readonly string[];
}

/** Reads CSV in UTF-8, or the only sheet of an Excel workbook with something in it. Throws usage BATCH_INVALID for what is neither, or too large. */
export async function readBatchFile(bytes: Uint8Array): Promise<ReadBatchFile> {
  if (bytes.length > MOST_BATCH_BYTES)
    throw batchInvalid([`the file is longer than ${MOST_BATCH_BYTES / 1024 / 1024} MiB`], 0);
  const text = decoded(isArchive(bytes) ? await sheetOf(bytes) : bytes);
  const [first, ...rest] = (await csvLines(text, (fault, lines) => batchInvalid([fault], lines))).filter(({ cells }) =>
    cells.some((cell) => cell.trim() !== ''),
  );
  if (first === undefined) throw batchInvalid(['the file is empty: not even a header'], 0);
  const header = batchHeader(first.cells);
  const wrong = 'faults' in header ? [...header.faults] : [];
  if (rest.length === 0) wrong.push('the file has a header but no lines');
  if (rest.length > MOST_BATCH_ROWS)
    wrong.push(`the file has ${rest.length} lines; ${MOST_BATCH_ROWS} are the most of one batch`);
  if ('faults' in header || wrong.length > 0) throw batchInvalid(wrong, rest.length);
  const read = rest.map(({ cells, line }) => header.read(cells, line));
  return {
    lines: read.filter((one) => typeof one !== 'string'),
    faults: read.filter((one) => typeof one === 'string'),
  };
}

/** A zip archive begins with these bytes, and so does a workbook. */
const isArchive = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;

async function sheetOf(bytes: Uint8Array): Promise<Uint8Array> {
  const { workbookAsCsv } = await import('../statements/workbook.ts');
  try {
    return await workbookAsCsv(Uint8Array.from(bytes));
  } catch (error) {
    // What reads workbooks knows them as statements; all that matters here is what is wrong with this one.
    throw error instanceof Problem ? batchInvalid([`the workbook cannot be read: ${error.message}`], 0) : error;
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw batchInvalid(['it is neither UTF-8 text nor an Excel workbook'], 0);
  }
}

/** The refusal of a file, with everything that is wrong with it. */
export const batchInvalid = (faults: readonly string[], lines: number): Problem =>
  usage(
    'BATCH_INVALID',
    faults.length === 1
      ? `No batch can be made of this file: ${sentence(faults[0])}`
      : `The file of ${lines} lines has ${faults.length} faults.`,
    { unchanged: 'Nothing was saved.', fix: 'treasury batch create --help', faults },
  );
