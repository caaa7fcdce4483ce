import { quoted } from '../domain/quoted.ts';
import { exponentIn } from './currency.ts';
import type { Delimiter, Row } from './csv-rows.ts';
import { type DateFormat, DateReader } from './date-text.ts';
import { DayOrder } from './day-order.ts';
import { notAStatement, unreadable } from './faults.ts';
import { type FigureReading, figureReading } from './minor-units.ts';
import { mpesaColumns, type MpesaColumns, mpesaLine } from './mpesa-row.ts';
import { newPreamble, preambleMinor, preamblePeriod, readPreamble } from './preamble.ts';
import type { ParserOptions, StatementEvent, StatementHeader, StatementParser } from './statement.ts';
import { columnKey, figureIn, isBlank, isTotal, MOST_PREAMBLE_ROWS, type Table, tableEvents } from './table.ts';

/**
 * Reads the statement that M-Pesa's organisation portal exports, and that of a customer, in either order of time. Rows that did
 * not complete are no lines. Throws usage NOT_A_STATEMENT or STATEMENT_UNREADABLE.
 */
export const parseMpesa: StatementParser = (pieces, options) => tableEvents(pieces, new MpesaTable(options));

/** Kenya's M-Pesa; exports of other countries have a column for the currency. */
const CURRENCY = 'KES';

const COMPLETED = /^(?:completed?|success(?:ful)?)$/i;
const NOT_COMPLETED =
  /^(?:failed|declined|cancell?ed|expired|pending(?: authorized)?|initiated|authorized|submitted|rejected|reversed)$/i;

/** What a header begins with, and what stands between its columns. */
const HEADER = /receipt\s?no(?:\.|umber)?"?\s?([,;\t|])\s?"?completion time/i;

interface Sums {
  inMinor: number;
  outMinor: number;
}

class MpesaTable implements Table {
  readonly charset = null;
  readonly #options: ParserOptions;
  readonly #preamble = newPreamble();
  readonly #order = new DayOrder();
  #formats: readonly DateFormat[] = [];
  #dates = new DateReader([]);
  #events: StatementEvent[] = [];
  #columns: MpesaColumns | null = null;
  /** What the header calls the completion time. */
  #dateColumn = '';
  #header: StatementHeader | null = null;
  #reading: FigureReading | undefined;
  #rows = 0;
  readonly #completed: Sums = { inMinor: 0, outMinor: 0 };
  readonly #all: Sums = { inMinor: 0, outMinor: 0 };
  #skipped = 0;
  #firstSkipped = 0;

  constructor(options: ParserOptions) {
    this.#options = options;
  }

  delimiter(beginning: string): Delimiter {
    const [, found = ','] = HEADER.exec(beginning) ?? [];
    return found as Delimiter;
  }

  take(): readonly StatementEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  warn(message: string): void {
    this.#events.push({ kind: 'warning', message, position: null });
  }

  row(row: Row): void {
    const { cells } = row;
    if (this.#columns === null) return this.#above(cells);
    const { receipt, completed, details, paidIn, withdrawn } = this.#columns;
    const cell = (column: number): string => (cells[column] ?? '').trim();
    const date = cell(completed);
    if (isTotal(cell(receipt)) || (date === '' && isTotal(cell(details)))) return this.#total(row, this.#columns);
    if (date === '' && cell(paidIn) === '' && cell(withdrawn) === '') {
      if (cell(receipt) !== '' && cell(details) !== '') throw unreadable(row.position, 'it has no completion time');
      return;
    }
    // Exports of several pages say their header again.
    if (date === this.#dateColumn) return;
    for (const ready of this.#order.add(row, date)) this.#line(ready, this.#columns);
  }

  close(): void {
    if (this.#columns === null)
      throw notAStatement(
        'The file has no header of an M-Pesa statement: Receipt No., Completion Time, Details, Paid In, Withdrawn.',
      );
    const { rows, warning } = this.#order.close();
    if (warning !== null) this.warn(warning);
    for (const row of rows) this.#line(row, this.#columns);
    const header = this.#begun('');
    if (this.#skipped > 0)
      this.#events.push({
        kind: 'warning',
        position: this.#firstSkipped,
        message: `${this.#skipped} of its rows did not complete and are no lines; this is the first`,
      });
    const { opening, closing, period } = this.#preamble;
    const reading = this.#readingOf(header);
    this.#events.push({
      kind: 'end',
      header,
      claims: {
        openingMinor: preambleMinor(opening, reading),
        closingMinor: preambleMinor(closing, reading),
        ...preamblePeriod(period, this.#order.formats),
        lines: null,
        creditsMinor: null,
        debitsMinor: null,
      },
    });
  }

  #above(cells: readonly string[]): void {
    this.#columns = mpesaColumns(cells.map(columnKey));
    if (this.#columns !== null) {
      this.#dateColumn = (cells[this.#columns.completed] ?? '').trim();
      return;
    }
    this.#rows += 1;
    if (this.#rows > MOST_PREAMBLE_ROWS) this.close();
    if (!isBlank(cells)) readPreamble(this.#preamble, cells);
  }

  #line(row: Row, columns: MpesaColumns): void {
    const { position, cells } = row;
    const cell = (column: number): string => (column < 0 ? '' : (cells[column] ?? '').trim());
    const header = this.#begun(cell(columns.currency));
    const currency = cell(columns.currency);
    if (currency !== '' && currency !== header.currency)
      throw unreadable(position, `it is in ${quoted(currency)}, the rows before it in ${header.currency ?? ''}`);
    const paidIn = this.#figure(row, columns.paidIn);
    const withdrawn = this.#figure(row, columns.withdrawn);
    if (paidIn !== null && withdrawn !== null && paidIn !== 0 && withdrawn !== 0)
      throw unreadable(position, 'money was both paid in and withdrawn');
    // Whatever its sign: the column says the direction, and exports differ in the sign.
    const amountMinor = withdrawn === null || withdrawn === 0 ? (paidIn ?? 0) : -Math.abs(withdrawn);
    addTo(this.#all, amountMinor, position);
    if (!this.#isCompleted(cell(columns.status), columns, position)) return;
    addTo(this.#completed, amountMinor, position);
    const dates = this.#dateReader();
    const date = cell(columns.completed);
    if (!dates.read(date)) throw unreadable(position, `the completion time ${quoted(date)} cannot be read`);
    const { day, time } = dates;
    if (!day.exists) this.#events.push({ kind: 'warning', position, message: `${day.iso} is no day of the calendar` });
    const line = mpesaLine(
      {
        receipt: cell(columns.receipt),
        details: cell(columns.details),
        reason: cell(columns.reason),
        otherParty: cell(columns.otherParty),
        linked: cell(columns.linked),
        account: cell(columns.account),
      },
      {
        position,
        bookedOn: day.iso,
        bookedAt: time === '' ? null : `${day.iso}T${time}`,
        amountMinor,
        balanceMinor: this.#figure(row, columns.balance),
      },
    );
    this.#events.push({ kind: 'line', line });
  }

  /** Reads dates in the order that was decided; before it was, rows come only with dates that have no other. */
  #dateReader(): DateReader {
    if (this.#formats !== this.#order.formats) {
      this.#formats = this.#order.formats;
      this.#dates = new DateReader(this.#formats);
    }
    return this.#dates;
  }

  #isCompleted(status: string, columns: MpesaColumns, position: number): boolean {
    if (columns.status < 0 || status === 'Completed' || COMPLETED.test(status)) return true;
    if (!NOT_COMPLETED.test(status))
      throw unreadable(position, `nobody knows whether the status ${quoted(status)} moved money`);
    this.#skipped += 1;
    if (this.#skipped === 1) this.#firstSkipped = position;
    return false;
  }

  /** The total of all rows, whether they completed or not, or of those that did: one of them has to fit. */
  #total(row: Row, columns: MpesaColumns): void {
    const waiting = this.#order.close();
    if (waiting.warning !== null) this.warn(waiting.warning);
    for (const ready of waiting.rows) this.#line(ready, columns);
    for (const [name, column, side] of [
      ['Paid In', columns.paidIn, 'inMinor'],
      ['Withdrawn', columns.withdrawn, 'outMinor'],
    ] as const) {
      const total = this.#figure(row, column);
      if (total === null || Math.abs(total) === this.#all[side] || Math.abs(total) === this.#completed[side]) continue;
      const message = `the total of ${name} is ${(row.cells[column] ?? '').trim()}, which its rows do not come to`;
      this.#events.push({ kind: 'warning', message, position: row.position, contradicts: true });
    }
  }

  #figure(row: Row, column: number): number | null {
    return figureIn(row, column, this.#readingOf(this.#begun('')));
  }

  #readingOf({ currency }: StatementHeader): FigureReading {
    return (this.#reading ??= figureReading(
      { decimal: '.', thousands: ',' },
      currency ?? CURRENCY,
      exponentIn(currency, this.#options),
    ));
  }

  #begun(currency: string): StatementHeader {
    if (this.#header !== null) return this.#header;
    const { account } = this.#preamble;
    const header: StatementHeader = { type: 'mpesa', account, currency: currency || CURRENCY, id: null, page: null };
    this.#header = header;
    this.#events.push({ kind: 'begin', header });
    return header;
  }
}

function addTo(sums: Sums, amountMinor: number, position: number): void {
  if (amountMinor < 0) sums.outMinor -= amountMinor;
  else sums.inMinor += amountMinor;
  if (!Number.isSafeInteger(sums.inMinor) || !Number.isSafeInteger(sums.outMinor))
    throw unreadable(position, 'the sum of its rows is more than can be held exactly');
}
