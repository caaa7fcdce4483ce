import { decimalOf } from '../money.ts';
import type { BankFile, BankOrder } from './bank-order.ts';

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
export const DATE_FORMS = ['YYYY-MM-DD', 'DD/MM/YYYY', 'DD-MM-YYYY', 'YYYYMMDD', 'DDMMYYYY'] as const;

/** How a bank wants a CSV file of payments. */
export interface CsvLayout {
  readonly name: string;
  readonly separator: (typeof SEPARATORS)[number];
  /** Whether the first row names the columns. */
  readonly header: boolean;
  readonly date: (typeof DATE_FORMS)[number];
  readonly columns: readonly { readonly title: string; readonly field: LayoutField }[];
}

/** Everything that a bank may ask for, under names that say what it is. */
const GENERIC: CsvLayout = {
  name: 'generic',
  separator: ',',
  header: true,
  date: 'YYYY-MM-DD',
  columns: [
    { title: 'Reference', field: 'key' },
    { title: 'Beneficiary Name', field: 'payee' },
    { title: 'Bank', field: 'bank' },
    { title: 'Bank Code', field: 'bank_code' },
    { title: 'Branch Code', field: 'branch_code' },
    { title: 'BIC', field: 'bic' },
    { title: 'Account Number', field: 'account' },
    { title: 'Amount', field: 'amount' },
    { title: 'Currency', field: 'currency' },
    { title: 'Narration', field: 'remarks' },
    { title: 'Value Date', field: 'date' },
    { title: 'Debit Account', field: 'debtor_account' },
  ],
};

/** The layouts that need no file of their own. */
export const CSV_LAYOUTS: readonly CsvLayout[] = [GENERIC];

/** A file of payments in a layout, RFC 4180: a row for each order, every line ended by CRLF. The same facts give the same text. */
export function bankCsv(file: BankFile, layout: CsvLayout): string {
  const header = layout.header ? [layout.columns.map(({ title }) => title)] : [];
  const rows = file.orders.map((order, at) =>
    layout.columns.map(({ field }) => cellOf(field, { file, order, number: at + 1, date: layout.date })),
  );
  return [...header, ...rows].map((row) => `${row.map(cellIn(layout)).join(layout.separator)}\r\n`).join('');
}

interface Cell {
  readonly file: BankFile;
  readonly order: BankOrder;
  readonly number: number;
  readonly date: CsvLayout['date'];
}

function cellOf(field: LayoutField, { file, order, number, date }: Cell): string {
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
    amount: decimalOf(order.amountMinor, file.currency),
    currency: file.currency,
    remarks: order.remarks ?? '',
    date: dateIn(date, file.payOn),
    debtor: file.debtor.name,
    debtor_account: file.debtor.account.number,
    message_id: file.messageId,
  };
  return cells[field];
}

/** Kenya's clearing codes have two digits of the bank and three of its branch; another's length is not taken apart. */
const codesOf = (code: string | null): { readonly bank: string; readonly branch: string } =>
  code?.length === 5 ? { bank: code.slice(0, 2), branch: code.slice(2) } : { bank: code ?? '', branch: '' };

function dateIn(form: CsvLayout['date'], day: string): string {
  const [year = '', month = '', of = ''] = day.split('-');
  return form.replace('YYYY', year).replace('MM', month).replace('DD', of);
}

/** Quoted where it holds what steers the reading of the file. No text of an order begins like a formula: it was made safe before. */
const cellIn =
  ({ separator }: CsvLayout) =>
  (cell: string): string =>
    cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** What is wrong with a layout that somebody wrote, each fault in full. */
export function layoutFaults({ columns }: CsvLayout): string[] {
  const has = (field: LayoutField): boolean => columns.some((column) => column.field === field);
  const faults = (['account', 'amount', 'payee'] as const)
    .filter((field) => !has(field))
    .map((field) => `it has no column for the ${field}`);
  if (!has('key') && !has('remarks'))
    faults.push('it has no column for the key, by which the bank’s report tells which payment it means');
  return faults;
}
