import { decimalOf } from '../money.ts';
import type { BankFile, BankOrder } from './bank-order.ts';
import type { OutcomeColumns } from './outcome-columns.ts';

/** What a column of a layout can hold. */
export const LAYOUT_FIELDS = [
  'number',
  'key',
  'payee',
  'bank',
  'bank_code',
  'branch_code',
  'bic',
  'account',
  'amount',
  'currency',
  'remarks',
  'date',
  'debtor',
  'debtor_account',
  'message_id',
] as const;
export type LayoutField = (typeof LAYOUT_FIELDS)[number];

export const SEPARATORS = [',', ';', '|', '\t'] as const;
export const DATE_FORMS = [
  'YYYY-MM-DD',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'DD.MM.YYYY',
  'DD-MMM-YYYY',
  'YYYYMMDD',
  'DDMMYYYY',
] as const;
export const DECIMAL_MARKS = ['.', ','] as const;
/** Quotes around the cells that need them, around every cell, or around none: then what would need them is written with a space. */
export const QUOTINGS = ['needed', 'always', 'never'] as const;

/** A column that holds something of each payment, or the same text in every row. */
export type LayoutColumn =
  | {
      readonly title: string;
      readonly field: LayoutField;
      /** Characters that the bank takes in it; null where it does not say. */
      readonly longest: number | null;
      /** Whether the bank takes no row in which it is empty. */
      readonly needed: boolean;
    }
  | { readonly title: string; readonly text: string };

/** How a bank wants a CSV file of payments, and how it writes what became of them. */
export interface CsvLayout {
  readonly name: string;
  /** The bank, and what the file is called there. */
  readonly title: string;
  readonly separator: (typeof SEPARATORS)[number];
  /** Whether the first row names the columns. */
  readonly header: boolean;
  readonly date: (typeof DATE_FORMS)[number];
  readonly decimal: (typeof DECIMAL_MARKS)[number];
  readonly quoting: (typeof QUOTINGS)[number];
  readonly columns: readonly LayoutColumn[];
  /** Null for a bank that reports otherwise. */
  readonly outcomes: OutcomeColumns | null;
}

const column = (title: string, field: LayoutField): LayoutColumn => ({ title, field, longest: null, needed: false });

/** Everything that a bank may ask for, under names that say what it is. */
const GENERIC: CsvLayout = {
  name: 'generic',
  title: 'Everything that a bank may ask for',
  separator: ',',
  header: true,
  date: 'YYYY-MM-DD',
  decimal: '.',
  quoting: 'needed',
  columns: [
    column('Reference', 'key'),
    column('Beneficiary Name', 'payee'),
    column('Bank', 'bank'),
    column('Bank Code', 'bank_code'),
    column('Branch Code', 'branch_code'),
    column('BIC', 'bic'),
    column('Account Number', 'account'),
    column('Amount', 'amount'),
    column('Currency', 'currency'),
    column('Narration', 'remarks'),
    column('Value Date', 'date'),
    column('Debit Account', 'debtor_account'),
  ],
  outcomes: null,
};

/** The layouts that come with the tool. */
export const CSV_LAYOUTS: readonly CsvLayout[] = [GENERIC];

/** A file of payments in a layout, RFC 4180: a row for each order, every line ended by CRLF. The same facts give the same text. */
export function bankCsv(file: BankFile, layout: CsvLayout): string {
  const header = layout.header ? [layout.columns.map(({ title }) => title)] : [];
  const rows = file.orders.map((order, at) =>
    layout.columns.map((one) => written(one, { file, order, number: at + 1, layout })),
  );
  return [...header, ...rows].map((row) => `${row.map(cellIn(layout)).join(layout.separator)}\r\n`).join('');
}

/** Something that a layout cannot say of an order, and which it is, from 1. */
export interface LayoutMisfit {
  readonly number: number;
  readonly why: string;
}

/**
 * What a bank would refuse, or take for something else, in a layout: a cell that is longer than its column and may not be cut, and one
 * that is empty where it is needed. Only names and remarks are cut: a shorter account is another account.
 */
export function layoutMisfits(file: BankFile, layout: CsvLayout): LayoutMisfit[] {
  return file.orders.flatMap((order, at) =>
    layout.columns.flatMap((one) => {
      if (!('field' in one)) return [];
      const text = written(one, { file, order, number: at + 1, layout });
      const why = misfitOf(one, text);
      return why === null ? [] : [{ number: at + 1, why }];
    }),
  );
}

function misfitOf({ title, field, longest, needed }: Extract<LayoutColumn, { field: string }>, text: string) {
  const what = `${title} (${field})`;
  if (needed && text === '') return `it has nothing for ${what}, which the bank needs`;
  if (longest !== null && text.length > longest)
    return `${what} has ${text.length} characters, and the bank takes ${longest}`;
  return null;
}

interface Cell {
  readonly file: BankFile;
  readonly order: BankOrder;
  readonly number: number;
  readonly layout: CsvLayout;
}

/** Texts for people to read, which say enough when their end is missing. */
const MAY_BE_CUT: ReadonlySet<LayoutField> = new Set(['payee', 'bank', 'remarks', 'debtor']);

function written(one: LayoutColumn, cell: Cell): string {
  if (!('field' in one)) return one.text;
  const { quoting, separator } = cell.layout;
  const text = cellOf(one.field, cell);
  if (!MAY_BE_CUT.has(one.field)) return text;
  const plain = quoting === 'never' ? text.replaceAll(separator, ' ').replaceAll(/ {2,}/g, ' ') : text;
  return plain.slice(0, one.longest ?? undefined).trim();
}

function cellOf(field: LayoutField, { file, order, number, layout }: Cell): string {
  const { account } = order;
  const cells: Readonly<Record<LayoutField, string>> = {
    number: String(number),
    key: order.key,
    payee: order.payee,
    bank: account.name ?? account.bic ?? codesOf(account.code).bank,
    bank_code: codesOf(account.code).bank,
    branch_code: codesOf(account.code).branch,
    bic: account.bic ?? '',
    account: account.number,
    amount: decimalOf(order.amountMinor, file.currency).replace('.', layout.decimal),
    currency: file.currency,
    remarks: order.remarks ?? '',
    date: dateIn(layout.date, file.payOn),
    debtor: file.debtor.name,
    debtor_account: file.debtor.account.number,
    message_id: file.messageId,
  };
  return cells[field];
}

/** Kenya's clearing codes have two digits of the bank and three of its branch; another's length is not taken apart. */
const codesOf = (code: string | null): { readonly bank: string; readonly branch: string } =>
  code?.length === 5 ? { bank: code.slice(0, 2), branch: code.slice(2) } : { bank: code ?? '', branch: '' };

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function dateIn(form: CsvLayout['date'], day: string): string {
  const [year = '', month = '', of = ''] = day.split('-');
  const name = MONTHS[Number(month) - 1] ?? '';
  return form.replace('YYYY', year).replace('DD', of).replace('MMM', name).replace('MM', month);
}

/** Quoted where it holds what steers the reading of the file. No text of an order begins like a formula: it was made safe before. */
const cellIn =
  ({ separator, quoting }: CsvLayout) =>
  (cell: string): string =>
    quoting === 'always' || (quoting === 'needed' && (cell.includes(separator) || /["\r\n]/.test(cell)))
      ? `"${cell.replaceAll('"', '""')}"`
      : cell;
