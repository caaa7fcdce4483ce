import { BANK_PROFILES } from './bank-profiles.ts';
import type { ColumnProfile } from './column-profile.ts';
import { exponentIn } from './currency.ts';
import type { Delimiter, Row } from './csv-rows.ts';
import { knownFormats } from './date-text.ts';
import { notAStatement, unreadable } from './faults.ts';
import { type FigureReading, figureReading } from './minor-units.ts';
import { newPreamble, preambleMinor, preamblePeriod, readPreamble } from './preamble.ts';
import { missingColumns, profileColumns, type ProfileColumns } from './profile-columns.ts';
import { ProfileRow } from './profile-row.ts';
import type { ParserOptions, StatementEvent, StatementHeader, StatementParser } from './statement.ts';
import { columnKey, isBlank, isTotal, MOST_PREAMBLE_ROWS, type Table, tableEvents } from './table.ts';

/** Reads the CSV of a bank by the profile whose columns its header has. Throws usage NOT_A_STATEMENT or STATEMENT_UNREADABLE. */
export const parseBankCsv: StatementParser = (pieces, options) =>
  tableEvents(pieces, new BankTable(BANK_PROFILES, options));

/** Reads CSV by this profile and no other. */
export const bankCsvParser =
  (profile: ColumnProfile): StatementParser =>
  (pieces, options) =>
    tableEvents(pieces, new BankTable([profile], options));

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** Whether a text has a line near its beginning that is the header of a profile which comes with the tool. */
export const hasBankHeader = (text: string): boolean => headerDelimiter(text, BANK_PROFILES) !== null;

/** What stands between the columns of the header; null where no line is one. */
function headerDelimiter(text: string, profiles: readonly ColumnProfile[]): Delimiter | null {
  for (const line of text.split(/\r\n|\n|\r/, MOST_PREAMBLE_ROWS)) {
    for (const delimiter of DELIMITERS) {
      const keys = line.slice(0, LONGEST_HEADER).split(delimiter).map(columnKey);
      if (keys.length > 2 && profiles.some((profile) => missingColumns(profile, keys).length === 0)) return delimiter;
    }
  }
  return null;
}

const LONGEST_HEADER = 4_000;

const OPENING = /\b(?:opening balance|balance (?:brought forward|b\/?f(?:wd)?))\b/i;
const CLOSING = /\b(?:closing balance|balance (?:carried forward|c\/?f(?:wd)?))\b/i;

class BankTable implements Table {
  readonly charset: string | null;
  readonly #profiles: readonly ColumnProfile[];
  readonly #options: ParserOptions;
  readonly #preamble = newPreamble();
  #events: StatementEvent[] = [];
  #found: {
    readonly profile: ColumnProfile;
    readonly columns: ProfileColumns;
    readonly reader: ProfileRow;
    readonly dateColumn: string;
  } | null = null;
  #header: StatementHeader | null = null;
  #reading: FigureReading | undefined;
  #rows = 0;
  #opening: number | null = null;
  #closing: number | null = null;
  #notes = 0;
  #firstNote = 0;

  constructor(profiles: readonly ColumnProfile[], options: ParserOptions) {
    this.#profiles = profiles;
    this.#options = options;
    this.charset = profiles.length === 1 ? (profiles[0]?.charset ?? null) : null;
  }

  delimiter(beginning: string): Delimiter {
    const [profile, ...others] = this.#profiles;
    return profile !== undefined && others.length === 0
      ? profile.delimiter
      : (headerDelimiter(beginning, this.#profiles) ?? ',');
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
    const found = this.#found;
    if (found === null) return this.#above(row);
    const { cells, position } = row;
    const { reader, columns } = found;
    const date = (cells[columns.date] ?? '').trim();
    const label = reader.label(row);
    if (isTotal(label) || isTotal(date)) return this.#total(row);
    // Exports of several pages say their header again.
    if (date === found.dateColumn) return;
    const amountMinor = reader.amount(row);
    if ((amountMinor ?? 0) === 0 && this.#isBalance(row, label === '' ? date : label)) return;
    const moves = amountMinor !== null || reader.balance(row) !== null;
    if (date === '' && moves) throw unreadable(position, 'it has no date');
    if (date === '' || !reader.isDate(date)) {
      if (moves) throw unreadable(position, `the date "${date}" is not written as the profile says`);
      return this.#note(row);
    }
    const line = reader.line(row, amountMinor ?? 0);
    for (const day of reader.impossibleDays())
      this.#events.push({ kind: 'warning', position, message: `${day} is no day of the calendar` });
    this.#events.push({ kind: 'line', line });
  }

  close(): void {
    const found = this.#found;
    if (found === null || this.#header === null || this.#reading === undefined) throw notAStatement(this.#noHeader());
    if (this.#notes > 0)
      this.#events.push({
        kind: 'warning',
        position: this.#firstNote,
        message: `${this.#notes} of its rows have neither a date nor an amount and are no lines; this is the first`,
      });
    const { opening, closing, period } = this.#preamble;
    this.#events.push({
      kind: 'end',
      header: this.#header,
      claims: {
        openingMinor: this.#opening ?? preambleMinor(opening, this.#reading),
        closingMinor: this.#closing ?? preambleMinor(closing, this.#reading),
        ...preamblePeriod(period, knownFormats(...found.profile.dateFormats)),
        lines: null,
        creditsMinor: null,
        debitsMinor: null,
      },
    });
  }

  #above({ cells, position }: Row): void {
    const keys = cells.map(columnKey);
    const profile = this.#profiles.find((one) => position > one.skipLines && missingColumns(one, keys).length === 0);
    if (profile !== undefined) return this.#begin(profile, cells, position);
    this.#rows += 1;
    if (this.#rows > MOST_PREAMBLE_ROWS + Math.max(...this.#profiles.map((one) => one.skipLines)))
      throw notAStatement(this.#noHeader());
    if (!isBlank(cells)) readPreamble(this.#preamble, cells);
  }

  #begin(profile: ColumnProfile, cells: readonly string[], position: number): void {
    const keys = cells.map(columnKey);
    const columns = profileColumns(profile, keys);
    const used = Object.values(columns)
      .flat()
      .filter((column) => column >= 0);
    const twice = used.find((column) => keys.indexOf(keys[column] ?? '', column + 1) >= 0);
    if (twice !== undefined)
      throw unreadable(position, `there are two columns "${keys[twice] ?? ''}", and the profile needs one`);
    const currency = profile.currency ?? this.#options.currency ?? profile.usualCurrency;
    this.#reading = figureReading(profile, currency ?? 'this currency', exponentIn(currency, this.#options));
    this.#header = { type: 'csv', account: this.#preamble.account, currency, id: null, page: null };
    const reader = new ProfileRow(profile, columns, this.#reading);
    this.#found = { profile, columns, reader, dateColumn: (cells[columns.date] ?? '').trim() };
    this.#events.push({ kind: 'begin', header: this.#header });
  }

  /** A row that says a balance and moves nothing: before the first line or after the last. */
  #isBalance(row: Row, label: string): boolean {
    const isOpening = OPENING.test(label);
    if (!isOpening && !CLOSING.test(label)) return false;
    const balance = this.#found?.reader.balance(row) ?? null;
    if (isOpening) this.#opening ??= balance;
    else this.#closing = balance;
    return true;
  }

  /** Rows of text between and below the lines, such as "End of statement". */
  #note({ cells, position }: Row): void {
    if (isBlank(cells)) return;
    this.#notes += 1;
    if (this.#notes === 1) this.#firstNote = position;
  }

  #total(row: Row): void {
    for (const message of this.#found?.reader.totalFaults(row) ?? [])
      this.#events.push({ kind: 'warning', message, position: row.position, contradicts: true });
  }

  #noHeader(): string {
    const [profile, ...others] = this.#profiles;
    if (profile === undefined || others.length > 0)
      return `No row has the columns of a known bank (${this.#profiles.map((one) => one.name).join(', ')}): a profile with --map says what they mean.`;
    return `No row of the first ${this.#rows} has the columns of the profile ${profile.name}: ${missingColumns(profile, []).join(', ')}.`;
  }
}
