/** A line of a CSV file that somebody wrote, and its number in the file. */
export interface CsvLine {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The lines of a small CSV file, all at once. Throws what `invalid` makes of what is no CSV. */
export async function csvLines(text: string, invalid: (fault: string, readSoFar: number) => Error): Promise<CsvLine[]> {
  const { CsvError, parse } = await import('csv-parse/sync');
  const lines: CsvLine[] = [];
  try {
    parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], context: { lines: number }) => {
        // `lines` counts to where a record ends; a quoted cell may hold line breaks.
        lines.push({ cells, line: context.lines - breaksIn(cells) });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error['lines'] === 'number' ? error['lines'] : '?';
    throw invalid(`line ${at}: ${error.message}`, lines.length);
  }
  return lines;
}

const breaksIn = (cells: readonly string[]): number =>
  cells.reduce((breaks, cell) => breaks + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
