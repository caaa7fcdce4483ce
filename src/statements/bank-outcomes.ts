import type { OutcomeColumns } from '../domain/bank-file/outcome-columns.ts';
import { columnKey } from '../domain/column-key.ts';
import { quoted } from '../domain/quoted.ts';
import { textOf } from './charset.ts';
import { CsvScanner, type Row } from './csv-rows.ts';
import { notAStatement, unreadable } from './faults.ts';
import { isBlank, MOST_PREAMBLE_ROWS } from './table.ts';
import { lineRuns } from './text-lines.ts';

/** What a row of a bank's file of outcomes says, as it is written; null for what it does not say. */
export interface OutcomeRow {
  /** Line of the file, from 1. */
  readonly position: number;
  readonly key: string | null;
  readonly messageId: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly account: string | null;
}

export const MOST_OUTCOME_ROWS = 200_000;
const LONGEST = 500;
const UTF8_MARK = '\u00ef\u00bb\u00bf';

/**
 * The rows below the header that has the columns of a layout. Throws usage NOT_A_STATEMENT where no row has them all, and
 * STATEMENT_UNREADABLE for a column that is there twice, or a row with more cells than its header: they would be read as others.
 */
export function readOutcomeRows(
  pieces: Iterable<Uint8Array>,
  outcomes: OutcomeColumns,
): { readonly rows: readonly OutcomeRow[]; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const rows: OutcomeRow[] = [];
  const table = new OutcomeTable(outcomes);
  const scanner = new CsvScanner(outcomes.separator);
  const text = textOf(pieces, {
    // A mark of UTF-8 is believed more than the layout.
    declaredIn: (head) => (head.startsWith(UTF8_MARK) ? null : outcomes.charset),
    warn: (message) => void warnings.push(message),
  });
  for (const run of lineRuns(text)) {
    for (const row of scanner.rows(run)) {
      const told = table.row(row);
      if (told !== null) rows.push(told);
      if (rows.length > MOST_OUTCOME_ROWS)
        throw unreadable(row.position, `it has more than ${MOST_OUTCOME_ROWS} payments`);
    }
  }
  scanner.close();
  table.close();
  return { rows, warnings };
}

type Told = 'key' | 'messageId' | 'status' | 'reason' | 'amount' | 'currency' | 'account';

class OutcomeTable {
  readonly #names: Readonly<Record<Told, string | null>>;
  #header: readonly string[] | null = null;
  #rows = 0;

  constructor({ key, messageId, status, reason, amount, currency, account }: OutcomeColumns) {
    this.#names = { key, messageId, status, reason, amount, currency, account };
  }

  /** What a row says of a payment; null for one that is above the header, or says neither which payment nor what became of it. */
  row({ cells, position }: Row): OutcomeRow | null {
    if (this.#header === null) {
      this.#above(cells, position);
      return null;
    }
    if (isBlank(cells)) return null;
    if (cells.findLastIndex((cell) => cell.trim() !== '') >= this.#header.length)
      throw unreadable(position, `it has more cells than its header, which has ${this.#header.length}`);
    const cell = (name: Told): string | null => {
      const column = this.#names[name];
      const text = column === null ? '' : (cells[this.#header?.indexOf(columnKey(column)) ?? -1] ?? '').trim();
      return text === '' ? null : text.slice(0, LONGEST);
    };
    const [key, status] = [cell('key'), cell('status')];
    if (key === null && status === null) return null;
    const [messageId, reason, amount] = [cell('messageId'), cell('reason'), cell('amount')];
    return {
      position,
      key,
      messageId,
      status: status ?? '',
      reason,
      amount,
      currency: cell('currency'),
      account: cell('account'),
    };
  }

  close(): void {
    if (this.#header === null) throw notAStatement(this.#noHeader());
  }

  #above(cells: readonly string[], position: number): void {
    const keys = cells.map(columnKey);
    const wanted = Object.values(this.#names).flatMap((name) => (name === null ? [] : [columnKey(name)]));
    if (wanted.every((key) => keys.includes(key))) {
      const twice = wanted.find((key) => keys.indexOf(key) !== keys.lastIndexOf(key));
      if (twice !== undefined) throw unreadable(position, `there are two columns ${quoted(twice)}, and one is needed`);
      this.#header = keys;
      return;
    }
    this.#rows += 1;
    if (this.#rows > MOST_PREAMBLE_ROWS) throw notAStatement(this.#noHeader());
  }

  #noHeader(): string {
    if (this.#rows === 0) return 'The file is empty.';
    const names = Object.values(this.#names).filter((name) => name !== null);
    return `No row of the first ${this.#rows} has the columns ${names.map(quoted).join(', ')} of the layout.`;
  }
}
