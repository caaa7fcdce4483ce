import { markOf } from './charset.ts';
import { CsvScanner, type Delimiter } from './csv-rows.ts';
import { openStatement } from './detect.ts';
import { withinSize } from './limits.ts';
import { MOST_PREAMBLE_ROWS } from './table.ts';

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** What is most likely the header of a table: of its first rows the one with the most cells that are no figures. Null where none has two. */
export async function headerIn(
  pieces: Iterable<Uint8Array>,
  { mark, skipLines, sheet }: { readonly mark: string; readonly skipLines: number; readonly sheet: string | null },
): Promise<readonly string[] | null> {
  const delimiter = DELIMITERS.find((one) => one === mark);
  if (delimiter === undefined) return null;
  const [{ head }] = await openStatement(withinSize(pieces), sheet);
  const rows = new CsvScanner(delimiter).rows(new TextDecoder(markOf(head.bytes) ?? 'utf-8').decode(head.bytes));
  let best: readonly string[] = [];
  for (const { cells, position } of rows) {
    if (position > skipLines + MOST_PREAMBLE_ROWS) break;
    const names = cells.map((cell) => cell.trim()).filter((cell) => /^[^\d]*\p{Letter}[^\d]*$/u.test(cell));
    if (position > skipLines && names.length > best.length) best = names;
  }
  return best.length > 1 ? best : null;
}
