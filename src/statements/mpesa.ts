import { columnKey } from '../domain/column-key.ts';
import { quoted } from '../domain/quoted.ts';
import { exponentIn } from './currency.ts';
import type { Delimiter, Row } from './csv-rows.ts';
import { type DateFormat, DateReader } from './date-text.ts';
import { DayOrder } from './day-order.ts';
import { notAStatement, unreadable } from './faults.ts';
import { type FigureReading, figureReading } from './minor-units.ts';
import { MpesaPlain, type MpesaSums } from './mpesa-plain.ts';
import { columnTwice, isMpesaHeader, mpesaColumns, type MpesaColumns, mpesaLine, wordsOf } from './mpesa-row.ts';
import { newPreamble, preambleMinor, preamblePeriod, readPreamble } from './preamble.ts';
import type { BlockParser, ParserOptions, StatementEvent, StatementHeader, StatementParser } from './statement.ts';
import {
  BEYOND_HEADER,
  figureIn,
  headerDelimiter,
  isBlank,
  isTotal,
  MOST_PREAMBLE_ROWS,
  type PlainLines,
  type PlainTable,
  tableBlocks,
  tableEvents,
  Width,
} from './table.ts';

/**
 * Reads the statement that M-Pesa's organisation portal exports, and that of a customer, in either order of time. Rows that did
 * not complete are no lines. Throws usage NOT_A_STATEMENT or STATEMENT_UNREADABLE.
 */
export const parseMpesa: StatementParser = (pieces, options) => tableEvents(pieces, new MpesaTable(options));

/** The same for who needs few of its lines one by one. */
export const parseMpesaBlocks: BlockParser = (pieces, options) => tableBlocks(pieces, new MpesaTable(options));

/** Kenya's M-Pesa; exports of other countries say their currency, above the header or in a column. */
const CURRENCY = 'KES';

const COMPLETED = /^(?:completed?|success(?:ful)?)$/i;
const NOT_COMPLETED =
  /^(?:failed|declined|cancell?ed|expired|pending(?: authorized)?|initiated|authorized|submitted|rejected|reversed)$/i;

/** Older exports of the organisation portal have only the time of day here; the day stands at the initiation. */
const LONGEST_TIME = 12;
const TIME_ALONE = /^\d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?$/i;

class MpesaTable implements PlainTable {
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
  #width = new Width([]);
  #header: StatementHeader | null = null;
  #reading: FigureReading | undefined;
  #rows = 0;
  readonly #completed: MpesaSums = { inMinor: 0, outMinor: 0 };
  readonly #all: MpesaSums = { inMinor: 0, outMinor: 0 };
  #delimiter: Delimiter = ',';
  #plain: MpesaPlain | undefined;
  #skipped = 0;
  #firstSkipped = 0;
  #dayless = 0;
  #firstDayless = 0;

  constructor(options: ParserOptions) {
    this.#options = options;
  }

  delimiter(beginning: string): Delimiter {
    this.#delimiter = headerDelimiter(beginning, isMpesaHeader) ?? ',';
    return this.#delimiter;
  }

  plainLines(): PlainLines | null {
    const columns = this.#columns;
    if (columns === null || this.#header === null || this.#order.isWaiting) return null;
    if (columns.paidIn < 0 || columns.withdrawn < 0) return null;
    const { currency } = this.#header;
    return (this.#plain ??= new MpesaPlain({
      ...{ columns, width: this.#width, delimiter: this.#delimiter, currency: currency ?? CURRENCY },
      ...{ decimals: this.#readingOf(this.#header).exponent, sums: [this.#all, this.#completed] },
    }));
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
    if (this.#columns === null) return this.#above(row);
    const { receipt, details, paidIn, withdrawn } = this.#columns;
    const cell = (column: number): string => (column < 0 ? '' : (cells[column] ?? '').trim());
    const date = this.#dateOf(row, this.#columns);
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
        'The file has no header of an M-Pesa statement: Receipt No., Completion Time, Paid In or Withdrawn.',
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
    if (this.#dayless > 0)
      this.#events.push({
        kind: 'warning',
        position: this.#firstDayless,
        message: `${this.#dayless} of its lines do not say on which day they completed: they have the day of their initiation; this is the first`,
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

  #above(row: Row): void {
    const { cells } = row;
    this.#columns = mpesaColumns(cells.map(columnKey));
    if (this.#columns !== null) return this.#begin(this.#columns, row);
    this.#rows += 1;
    if (this.#rows > MOST_PREAMBLE_ROWS) this.close();
    if (!isBlank(cells)) readPreamble(this.#preamble, cells);
  }

  /** Begins with the rows below the header. */
  #begin(columns: MpesaColumns, { cells, position }: Row): void {
    const twice = columnTwice(cells.map(columnKey));
    if (twice !== null)
      throw unreadable(position, `there are two columns ${quoted(twice)}: which one counts, nobody knows`);
    this.#dateColumn = (cells[columns.completed] ?? '').trim();
    this.#width = new Width(cells);
    const side = columns.withdrawn < 0 ? 'Withdrawn' : columns.paidIn < 0 ? 'Paid In' : null;
    if (side === null) return;
    const message = `it has no column ${side}: what was ${side.toLowerCase()} is in no line`;
    this.#events.push({ kind: 'warning', message, position });
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
    if (this.#width.exceeds(cells)) this.#breach(BEYOND_HEADER, position);
    addTo(this.#completed, amountMinor, position);
    const isOneSided = columns.withdrawn < 0 || columns.paidIn < 0;
    if (isOneSided && amountMinor === 0)
      this.#breach(
        'it moves nothing in the one column of amounts that the file has: it may have moved what is left out',
        position,
      );
    const dates = this.#dateReader();
    const date = this.#dateOf(row, columns);
    if (date !== cell(columns.completed)) this.#noteDayless(position);
    if (!dates.read(date)) throw unreadable(position, `the completion time ${quoted(date)} cannot be read`);
    const { day, time } = dates;
    if (!day.exists) this.#events.push({ kind: 'warning', position, message: `${day.iso} is no day of the calendar` });
    const line = mpesaLine(wordsOf(columns, cell), {
      position,
      bookedOn: day.iso,
      bookedAt: time === '' ? null : `${day.iso}T${time}`,
      amountMinor,
      balanceMinor: this.#figure(row, columns.balance),
    });
    this.#plain?.learn(date, day, time);
    this.#events.push({ kind: 'line', line });
  }

  /** When a row was completed; where the export tells only the time of day, or nothing, when it was initiated. */
  #dateOf({ cells }: Row, { completed, initiated }: MpesaColumns): string {
    const date = (cells[completed] ?? '').trim();
    if (initiated < 0 || (date !== '' && (date.length > LONGEST_TIME || !TIME_ALONE.test(date)))) return date;
    return (cells[initiated] ?? '').trim() || date;
  }

  #noteDayless(position: number): void {
    this.#dayless += 1;
    if (this.#dayless === 1) this.#firstDayless = position;
  }

  /** Tells of something that makes the statement no whole one. */
  #breach(message: string, position: number): void {
    this.#events.push({ kind: 'warning', message, position, contradicts: true });
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
      this.#breach(
        `the total of ${name} is ${(row.cells[column] ?? '').trim()}, which its rows do not come to`,
        row.position,
      );
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
    const { account, currency: said } = this.#preamble;
    const header: StatementHeader = {
      ...{ type: 'mpesa', account, currency: currency || (said ?? CURRENCY) },
      ...{ id: null, page: null },
    };
    this.#header = header;
    this.#events.push({ kind: 'begin', header });
    return header;
  }
}

function addTo(sums: MpesaSums, amountMinor: number, position: number): void {
  if (amountMinor < 0) sums.outMinor -= amountMinor;
  else sums.inMinor += amountMinor;
  if (!Number.isSafeInteger(sums.inMinor) || !Number.isSafeInteger(sums.outMinor))
    throw unreadable(position, 'the sum of its rows is more than can be held exactly');
}
