import type { Row } from './csv-rows.ts';
import { type DateFormat, dateParts, knownFormats } from './date-text.ts';
import { unreadable } from './faults.ts';

const DAY_FIRST = knownFormats(
  'd/M/yyyy',
  'd/M/yy',
  'd-M-yyyy',
  'd-M-yy',
  'd.M.yyyy',
  'd-MMM-yyyy',
  'd-MMM-yy',
  'd MMM yyyy',
);
const MONTH_FIRST = knownFormats('M/d/yyyy', 'M/d/yy', 'M-d-yyyy', 'M-d-yy');

/** Rows that wait for one that tells; after so many nothing is held any longer. */
const MOST_WAITING = 20_000;

/** Whether a date can only be day first (dmy) or month first (mdy); null where it tells neither. */
export function orderToldBy(text: string): 'dmy' | 'mdy' | null {
  const parts = dateParts(text);
  if (parts === null || parts.named || parts.digits[0] > 2) return null;
  const [first, second] = parts.numbers;
  if (first > 12 && second <= 12) return 'dmy';
  return second > 12 && first <= 12 ? 'mdy' : null;
}

/** Whether a date reads as two different days, day first and month first. */
const isAmbiguous = (text: string): boolean => {
  const parts = dateParts(text);
  return parts !== null && !parts.named && parts.digits[0] <= 2 && parts.numbers[0] !== parts.numbers[1];
};

/**
 * Decides over a whole file whether its dates are day first or month first, never for a row alone: rows with dates that read
 * both ways wait until one date of the file tells. Where none does they are day first, as in Kenya, which is told.
 */
export class DayOrder {
  /** null while nothing has told. */
  #order: 'dmy' | 'mdy' | null = null;
  #toldAt = 0;
  /** A date that reads both ways. */
  #example = '';
  #waiting: Row[] = [];

  /** The ways of writing days that the file has. */
  get formats(): readonly DateFormat[] {
    return this.#order === 'mdy' ? MONTH_FIRST : DAY_FIRST;
  }

  /** Whether rows wait, so that no other may pass them. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes the next row with its date; gives the rows that can be read now. Throws STATEMENT_UNREADABLE where dates contradict. */
  add(row: Row, date: string): readonly Row[] {
    // Nearly every file is written year first, which tells nothing and waits for nothing.
    if (this.#waiting.length === 0 && date.charCodeAt(4) === HYPHEN) return [row];
    const told = orderToldBy(date);
    if (told !== null) return this.#tell(told, row);
    if (this.#order !== null) return [row];
    if (this.#waiting.length === 0 && !isAmbiguous(date)) return [row];
    if (isAmbiguous(date) && this.#example === '') this.#example = date.trim();
    this.#waiting.push(row);
    return this.#waiting.length < MOST_WAITING ? NOTHING : this.close().rows;
  }

  /** No more rows come, or none is waited for: gives those that waited, and what has to be told of how they are read. */
  close(): { readonly rows: readonly Row[]; readonly warning: string | null } {
    const rows = this.#waiting;
    this.#waiting = [];
    if (this.#order !== null || this.#example === '') return { rows, warning: null };
    this.#order = 'dmy';
    return {
      rows,
      warning: `no date tells whether ${this.#example} begins with the day or the month: it is read day first`,
    };
  }

  #tell(told: 'dmy' | 'mdy', row: Row): readonly Row[] {
    if (this.#order === null) {
      this.#order = told;
      this.#toldAt = row.position;
      const rows = [...this.#waiting, row];
      this.#waiting = [];
      return rows;
    }
    if (this.#order === told) return [row];
    const [here, there] = told === 'dmy' ? ['day', 'month'] : ['month', 'day'];
    const since = this.#toldAt === 0 ? 'those before it were read' : `line ${this.#toldAt} begins`;
    throw unreadable(row.position, `its date begins with the ${here}, but ${since} with the ${there}`);
  }
}

const HYPHEN = 0x2d;
const NOTHING: readonly Row[] = [];
