import { quoted } from '../domain/quoted.ts';
import type { FileDay } from './calendar.ts';
import { type ColumnProfile, sameMark } from './column-profile.ts';
import type { Row } from './csv-rows.ts';
import { DateReader, knownFormats } from './date-text.ts';
import { unreadable } from './faults.ts';
import { LONGEST_DESCRIPTION } from './limits.ts';
import type { FigureReading } from './minor-units.ts';
import type { ProfileColumns } from './profile-columns.ts';
import type { StatementLine } from './statement.ts';
import { figureIn } from './table.ts';

/** Reads the rows of a table by a profile whose columns were found. */
export class ProfileRow {
  readonly #profile: ColumnProfile;
  readonly #columns: ProfileColumns;
  readonly #reading: FigureReading;
  readonly #dates: DateReader;
  readonly #charges: RegExp | null;
  #booked: FileDay | null = null;
  #value: FileDay | null = null;
  #inMinor = 0;
  #outMinor = 0;

  constructor(profile: ColumnProfile, columns: ProfileColumns, reading: FigureReading) {
    this.#profile = profile;
    this.#columns = columns;
    this.#reading = reading;
    this.#dates = new DateReader(knownFormats(...profile.dateFormats));
    this.#charges = chargesOf(profile.charges);
  }

  /** What the row describes. */
  label({ cells }: Row): string {
    const { description } = this.#columns;
    const [first = -1] = description;
    if (description.length === 1) return (cells[first] ?? '').trim();
    return description
      .map((column) => (cells[column] ?? '').trim())
      .filter((text) => text !== '')
      .join(' ');
  }

  /** What the row moves, by the profile's rule: money in is positive; null where it has no figure. Throws STATEMENT_UNREADABLE. */
  amount(row: Row): number | null {
    const { amount } = this.#profile;
    const [first, second] = this.#columns.amount;
    if (amount.rule === 'debit-credit') return this.#debitOrCredit(row, amount.debits);
    const figure = figureIn(row, first, this.#reading);
    if (figure === null) return null;
    if (amount.rule === 'signed') return amount.positive === 'in' ? figure : 0 - figure;
    const mark = row.cells[second] ?? '';
    if (figure < 0)
      throw unreadable(row.position, `the amount is below zero, and column ${quoted(amount.mark)} has the direction`);
    if (amount.in.some((one) => sameMark(mark, one))) return figure;
    if (amount.out.some((one) => sameMark(mark, one))) return 0 - figure;
    throw unreadable(row.position, `${quoted(mark)} in column ${quoted(amount.mark)} is neither in nor out`);
  }

  /** The running balance; null where the row has none. */
  balance(row: Row): number | null {
    return figureIn(row, this.#columns.balance, this.#reading);
  }

  /** Whether a text is a date as the profile writes them; it is the one of the line that is read next. */
  isDate(text: string): boolean {
    if (!this.#dates.read(text)) return false;
    this.#booked = this.#dates.day;
    return true;
  }

  /** Reads the line of a row whose date was read. Throws STATEMENT_UNREADABLE. */
  line(row: Row, amountMinor: number): StatementLine {
    const { cells, position } = row;
    const columns = this.#columns;
    const { time } = this.#dates;
    const booked = this.#booked ?? this.#dates.day;
    const value = columns.valueDate < 0 ? '' : (cells[columns.valueDate] ?? '').trim();
    if (value !== '' && !this.#dates.read(value))
      throw unreadable(position, `the value date ${quoted(value)} is not written as the profile says`);
    this.#value = value === '' ? null : this.#dates.day;
    this.#add(amountMinor, position);
    const cell = (column: number): string | null => (column < 0 ? null : (cells[column] ?? '').trim() || null);
    const label = this.label(row);
    return {
      position,
      bookedOn: booked.iso,
      valueOn: this.#value?.iso ?? null,
      bookedAt: time === '' ? null : `${booked.iso}T${time}`,
      amountMinor,
      balanceMinor: this.balance(row),
      externalId: cell(columns.externalId),
      references: columns.references.length === 0 ? NONE : columns.references.flatMap((column) => cell(column) ?? []),
      counterparty: cell(columns.counterparty),
      counterpartyAccount: cell(columns.counterpartyAccount),
      description: label.length > LONGEST_DESCRIPTION ? label.slice(0, LONGEST_DESCRIPTION) : label,
      isCharge: amountMinor < 0 && this.#charges !== null && this.#charges.test(label),
    };
  }

  /** The days of the line that was read last which are in no calendar. */
  impossibleDays(): readonly string[] {
    if (this.#booked?.exists !== false && this.#value?.exists !== false) return NONE;
    return [this.#booked, this.#value].flatMap((day) => (day === null || day.exists ? [] : [day.iso]));
  }

  /** What is wrong with a row that says what debits and credits come to. */
  totalFaults(row: Row): readonly string[] {
    const { amount } = this.#profile;
    if (amount.rule !== 'debit-credit') return NONE;
    const sides = [
      [amount.debit, this.#columns.amount[0], this.#outMinor],
      [amount.credit, this.#columns.amount[1], this.#inMinor],
    ] as const;
    return sides.flatMap(([name, column, sum]) => {
      const total = figureIn(row, column, this.#reading);
      if (total === null || Math.abs(total) === sum) return [];
      return [`the total of ${quoted(name)} is ${(row.cells[column] ?? '').trim()}, which its rows do not come to`];
    });
  }

  #debitOrCredit(row: Row, debits: 'positive' | 'negative'): number | null {
    const [debit, credit] = this.#columns.amount;
    const out = figureIn(row, debit, this.#reading);
    const into = figureIn(row, credit, this.#reading);
    if (out === null || out === 0) {
      if (into !== null && into < 0) throw unreadable(row.position, 'the credit is below zero');
      return into ?? out;
    }
    if (into !== null && into !== 0) throw unreadable(row.position, 'it has both a debit and a credit');
    if (out > 0 !== (debits === 'positive'))
      throw unreadable(
        row.position,
        `the debit is ${out < 0 ? 'below' : 'above'} zero, which the profile says debits are not`,
      );
    return debits === 'positive' ? -out : out;
  }

  #add(amountMinor: number, position: number): void {
    if (amountMinor < 0) this.#outMinor -= amountMinor;
    else this.#inMinor += amountMinor;
    if (!Number.isSafeInteger(this.#inMinor) || !Number.isSafeInteger(this.#outMinor))
      throw unreadable(position, 'the sum of its rows is more than can be held exactly');
  }
}

const NONE: readonly string[] = [];

/** Finds the words of a profile as whole words; null where it has none. */
const chargesOf = (words: readonly string[]): RegExp | null => {
  if (words.length === 0) return null;
  const texts = words.map((word) => word.trim().replaceAll(/[^\p{Letter}\p{Number}]+/gu, String.raw`\W+`));
  return new RegExp(`(?<![\\p{Letter}\\p{Number}])(?:${texts.join('|')})(?![\\p{Letter}\\p{Number}])`, 'iu');
};
