import { isCurrency } from '../domain/currency.ts';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Delimiter } from './csv-rows.ts';
import { dateFormat } from './date-text.ts';
import type { FigureStyle } from './minor-units.ts';

/** How a row says what was moved, and in which direction. */
export type AmountRule =
  /** Money out and money in have a column each; figures in `debit` are without a sign, or all below zero. */
  | {
      readonly rule: 'debit-credit';
      readonly debit: string;
      readonly credit: string;
      readonly debits: 'positive' | 'negative';
    }
  /** One column with a sign; what is above zero is money in, or money out where the bank sees it so. */
  | { readonly rule: 'signed'; readonly amount: string; readonly positive: 'in' | 'out' }
  /** One column without a sign, and one that names the direction. */
  | {
      readonly rule: 'marked';
      readonly amount: string;
      readonly mark: string;
      readonly in: readonly string[];
      readonly out: readonly string[];
    };

/** What the columns of a bank's file mean. Columns go by the names in the header; letters and digits of them count. */
export interface ColumnProfile extends FigureStyle {
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly valueDate: string | null;
  /** Texts of several columns are put together. */
  readonly description: readonly string[];
  readonly externalId: string | null;
  readonly references: readonly string[];
  readonly counterparty: string | null;
  readonly counterpartyAccount: string | null;
  readonly balance: string | null;
  readonly amount: AmountRule;
  /** Such as dd/MM/yyyy; the first that fits is read. `yyyy-MM-dd` is always read. */
  readonly dateFormats: readonly string[];
  readonly charset: 'windows-1252' | null;
  readonly delimiter: Delimiter;
  /** Lines that are passed over before the header is looked for. */
  readonly skipLines: number;
  /** The sheet of a workbook with several; null for the only one. */
  readonly sheet: string | null;
  /** Currency of the account; null where the fund's is meant. */
  readonly currency: string | null;
  /** Currency where there is no fund either, which is only looked at. */
  readonly usualCurrency: string | null;
  /** Words that make money out a charge of the bank. */
  readonly charges: readonly string[];
}

/** How a profile is written down by its maker: everything that has a usual value may be left out. */
type Written = Readonly<Record<string, unknown>>;

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const DELIMITERS = [',', ';', '\t', '|'] as const;
const DECIMALS = ['.', ','] as const;
const THOUSANDS = [',', '.', ' ', "'", null] as const;
const CHARSETS = ['utf-8', 'windows-1252'] as const;

const FIELDS = new Set(
  (
    'name title date value_date description external_id references counterparty counterparty_account balance amount ' +
    'date_formats decimal thousands charset delimiter skip_lines sheet currency usual_currency charges'
  ).split(' '),
);

const MOST_SKIPPED = 1_000;
const LONGEST_NAME = 100;
const MOST_NAMES = 50;

/** A profile as it is written down, checked. Throws usage PROFILE_INVALID, which names every fault of it. */
export function readProfile(value: unknown): ColumnProfile {
  const reader = new ProfileReader(value);
  const decimal = reader.choice('decimal', DECIMALS, '.');
  const profile: ColumnProfile = {
    name: reader.named(),
    title: reader.column('title', false) ?? '',
    date: reader.column('date', true) ?? '',
    valueDate: reader.column('value_date', false),
    description: reader.columns('description', 1),
    externalId: reader.column('external_id', false),
    references: reader.columns('references', 0),
    counterparty: reader.column('counterparty', false),
    counterpartyAccount: reader.column('counterparty_account', false),
    balance: reader.column('balance', false),
    amount: reader.amount(),
    dateFormats: reader.dateFormats(),
    decimal,
    thousands: reader.choice('thousands', THOUSANDS, decimal === '.' ? ',' : '.'),
    charset: reader.choice('charset', CHARSETS, 'utf-8') === 'utf-8' ? null : 'windows-1252',
    delimiter: reader.choice('delimiter', DELIMITERS, ','),
    skipLines: reader.skipLines(),
    sheet: reader.column('sheet', false),
    currency: reader.currency('currency'),
    usualCurrency: reader.currency('usual_currency'),
    charges: reader.columns('charges', 0),
  };
  if (profile.thousands === decimal) reader.fault('thousands and decimal are the same character');
  reader.refuse();
  return profile;
}

class ProfileReader {
  readonly #value: Written;
  readonly #faults: string[] = [];

  constructor(value: unknown) {
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#value = isTable ? (value as Written) : {};
    if (!isTable) this.fault('a profile is a table of names and values');
    const unknown = Object.keys(this.#value).filter((field) => !FIELDS.has(field));
    if (unknown.length > 0)
      this.fault(`unknown: ${unknown.map(quoted).join(', ')}; known are ${[...FIELDS].join(', ')}`);
  }

  fault(fault: string): void {
    this.#faults.push(fault);
  }

  refuse(): void {
    const [first, ...more] = this.#faults;
    if (first === undefined) return;
    const all = more.length === 0 ? first : `${this.#faults.length} things are wrong with it`;
    throw usage('PROFILE_INVALID', `This is no column profile: ${all}.`, {
      unchanged: 'Nothing was saved.',
      faults: this.#faults,
    });
  }

  /** What stands under a name; undefined where nothing does. Names of every object's own do not count. */
  #get(field: string, of: Written = this.#value): unknown {
    return Object.hasOwn(of, field) ? of[field] : undefined;
  }

  named(): string {
    const name = this.#get('name');
    if (typeof name === 'string' && NAME.test(name)) return name;
    this.fault('name must be small letters, digits and hyphens, and begin with a letter');
    return '';
  }

  /** The name of a column, or another short text. */
  column(field: string, needed: boolean, of: Written = this.#value): string | null {
    const name = this.#get(field, of);
    if (name === undefined || name === null) {
      if (needed) this.fault(`${field} is missing`);
      return null;
    }
    if (isColumn(name)) return name;
    this.fault(`${field} must be a text with a letter or digit, of at most ${LONGEST_NAME} characters`);
    return null;
  }

  currency(field: string): string | null {
    const currency = this.column(field, false);
    if (currency === null || isCurrency(currency)) return currency;
    this.fault(`${field} ${quoted(currency)} is none of ISO 4217`);
    return null;
  }

  /** One name or a list of them. */
  columns(field: string, least: number, of: Written = this.#value): readonly string[] {
    const value = this.#get(field, of) ?? [];
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (names.length < least) this.fault(`${field} is missing`);
    if (names.length <= MOST_NAMES && names.every(isColumn)) return names;
    this.fault(
      `${field} must be a text with a letter or digit, of at most ${LONGEST_NAME} characters, or a list of at most ${MOST_NAMES} of them`,
    );
    return [];
  }

  choice<T extends string | null>(field: string, choices: readonly T[], usual: T, of: Written = this.#value): T {
    const value = this.#get(field, of);
    if (value === undefined) return usual;
    const chosen = choices.find((one) => one === value);
    if (chosen !== undefined) return chosen;
    this.fault(`${field} must be ${choices.map((one) => JSON.stringify(one)).join(' or ')}`);
    return usual;
  }

  skipLines(): number {
    const value = this.#get('skip_lines') ?? 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_SKIPPED) return value;
    this.fault(`skip_lines must be a whole number from 0 to ${MOST_SKIPPED}`);
    return 0;
  }

  dateFormats(): readonly string[] {
    const formats = this.columns('date_formats', 1);
    for (const format of formats) {
      if (dateFormat(format) === null)
        this.fault(
          `date_formats: ${quoted(format)} is no way of writing days, such as dd/MM/yyyy, d-M-yy or dd MMM yyyy`,
        );
    }
    const orders = new Set(formats.flatMap((format) => dateFormat(format)?.order ?? []));
    if (orders.has('dmy') && orders.has('mdy'))
      this.fault('date_formats: some begin with the day and some with the month, so 03/04/2026 could be two days');
    return formats;
  }

  amount(): AmountRule {
    const value = this.#get('amount');
    const of = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Written) : {};
    const rule = this.choice('rule', ['debit-credit', 'signed', 'marked', ''] as const, '', of);
    if (rule === 'debit-credit')
      return {
        rule,
        debit: this.column('debit', true, of) ?? '',
        credit: this.column('credit', true, of) ?? '',
        debits: this.choice('debits', ['positive', 'negative'] as const, 'positive', of),
      };
    const amount = this.column('amount', rule !== '', of) ?? '';
    if (rule === 'signed') return { rule, amount, positive: this.choice('positive', ['in', 'out'] as const, 'in', of) };
    if (rule === 'marked') return this.#marked(of, amount);
    this.fault(
      'amount must say its rule: debit-credit (with debit, credit), signed (with amount) or marked (with amount, mark, in, out)',
    );
    return { rule: 'signed', amount, positive: 'in' };
  }

  #marked(of: Written, amount: string): AmountRule {
    const rule = {
      rule: 'marked',
      amount,
      mark: this.column('mark', true, of) ?? '',
      in: this.columns('in', 1, of),
      out: this.columns('out', 1, of),
    } as const;
    const both = rule.in.filter((mark) => rule.out.some((other) => sameMark(mark, other)));
    if (both.length > 0) this.fault(`amount: ${both.map(quoted).join(', ')} is both in and out`);
    return rule;
  }
}

const isColumn = (name: unknown): name is string =>
  typeof name === 'string' && /[\p{Letter}\p{Number}]/u.test(name) && name.length <= LONGEST_NAME;

/** Whether a cell is a mark of the profile, whatever its letters' size. */
export const sameMark = (cell: string, mark: string): boolean =>
  cell.trim().toUpperCase() === mark.trim().toUpperCase();
