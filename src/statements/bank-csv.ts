import { columnKey } from '../domain/column-key.ts';
import { BANK_PROFILES } from './bank-profiles.ts';
import type { ColumnProfile } from './column-profile.ts';
import { exponentIn } from './currency.ts';
import type { Delimiter, Row } from './csv-rows.ts';
import { knownFormats } from './date-text.ts';
import { notAStatement, unreadable } from './faults.ts';
import { type FigureReading, figureReading } from './minor-units.ts';
import { newPreamble, preambleMinor, preamblePeriod, readPreamble } from './preamble.ts';
import { profileByNames, SignProof } from './named-columns.ts';
import { missingColumns, profileColumns, type ProfileColumns } from './profile-columns.ts';
import { ProfileRow } from './profile-row.ts';
import type { ParserOptions, StatementEvent, StatementHeader, StatementParser } from './statement.ts';
import {
  BEYOND_HEADER,
  headerDelimiter,
  isBlank,
  isTotal,
  MOST_PREAMBLE_ROWS,
  type Table,
  tableEvents,
  Width,
} from './table.ts';

/**
 * Reads the CSV of a bank by the profile whose columns its header has, else by the names of its columns. Throws usage
 * NOT_A_STATEMENT or STATEMENT_UNREADABLE.
 */
export const parseBankCsv: StatementParser = (pieces, options) =>
  tableEvents(pieces, new BankTable(BANK_PROFILES, profileByNames, options));

/** Reads CSV by this profile and no other. */
export const bankCsvParser =
  (profile: ColumnProfile): StatementParser =>
  (pieces, options) =>
    tableEvents(pieces, new BankTable([profile], () => null, options));

/** Whether a text has a line near its beginning that is the header of a profile which comes with the tool, or says by itself what it means. */
export const hasBankHeader = (text: string): boolean =>
  headerDelimiter(text, (cells) => hasProfile(cells, BANK_PROFILES) || profileByNames(cells) !== null) !== null;

const hasProfile = (cells: readonly string[], profiles: readonly ColumnProfile[]): boolean => {
  const keys = cells.map(columnKey);
  return profiles.some((profile) => missingColumns(profile, keys).length === 0);
};

const OPENING = /\b(?:opening balance|balance (?:brought forward|b\/?f(?:wd)?))\b/i;
const CLOSING = /\b(?:closing balance|balance (?:carried forward|c\/?f(?:wd)?))\b/i;

const BY_NAMES =
  'what its columns mean is told by their names alone, and days come first: a profile with --map says it for sure';

/** As grave as balances that do not tie: money in could be money out. */
const UNPROVED: StatementEvent = {
  kind: 'warning',
  message:
    'nothing proves that its amounts above zero came in: that takes a balance on every line and two amounts that differ; a profile with --map says it',
  position: null,
  contradicts: true,
};

class BankTable implements Table {
  readonly charset: string | null;
  readonly #profiles: readonly ColumnProfile[];
  /** What the columns of a header mean that no profile has; null where they do not tell. */
  readonly #profileOf: (header: readonly string[]) => ColumnProfile | null;
  readonly #options: ParserOptions;
  readonly #preamble = newPreamble();
  #events: StatementEvent[] = [];
  #found: {
    readonly profile: ColumnProfile;
    readonly columns: ProfileColumns;
    readonly reader: ProfileRow;
    readonly dateColumn: string;
    readonly width: Width;
  } | null = null;
  #header: StatementHeader | null = null;
  #reading: FigureReading | undefined;
  #rows = 0;
  #opening: number | null = null;
  #closing: number | null = null;
  #notes = 0;
  #firstNote = 0;
  /** Where only balances say which sign means what; null where a profile does. */
  #sign: SignProof | null = null;

  constructor(
    profiles: readonly ColumnProfile[],
    profileOf: (header: readonly string[]) => ColumnProfile | null,
    options: ParserOptions,
  ) {
    this.#profiles = profiles;
    this.#profileOf = profileOf;
    this.#options = options;
    this.charset = profiles.length === 1 ? (profiles[0]?.charset ?? null) : null;
  }

  delimiter(beginning: string): Delimiter {
    // A workbook has commas between its cells, whatever the bank has in its CSV.
    const isHeader = (cells: readonly string[]): boolean => hasProfile(cells, this.#profiles);
    const isNamed = (cells: readonly string[]): boolean => this.#profileOf(cells) !== null;
    return (
      headerDelimiter(beginning, isHeader) ?? headerDelimiter(beginning, isNamed) ?? this.#profiles[0]?.delimiter ?? ','
    );
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
    this.#sign?.add(line);
    if (found.width.exceeds(cells))
      this.#events.push({ kind: 'warning', message: BEYOND_HEADER, position, contradicts: true });
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
    if (this.#sign?.isGiven === false) this.#events.push(UNPROVED);
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
    const named = this.#profileOf(cells);
    if (named !== null) {
      this.#begin(named, cells, position);
      this.#events.push({ kind: 'warning', message: BY_NAMES, position });
      if (named.amount.rule === 'signed') this.#sign = new SignProof();
      return;
    }
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
    const said = this.#preamble.currency;
    const currency = said ?? profile.currency ?? this.#options.currency ?? profile.usualCurrency;
    if (said !== null && profile.currency !== null && said !== profile.currency) {
      const message = `it says above its header that it is in ${said}, and its columns are in ${profile.currency}`;
      this.#events.push({ kind: 'warning', message, position, contradicts: true });
    }
    this.#reading = figureReading(profile, currency ?? 'this currency', exponentIn(currency, this.#options));
    this.#header = { type: 'csv', account: this.#preamble.account, currency, id: null, page: null };
    const reader = new ProfileRow(profile, columns, this.#reading);
    const dateColumn = (cells[columns.date] ?? '').trim();
    this.#found = { profile, columns, reader, dateColumn, width: new Width(cells) };
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
