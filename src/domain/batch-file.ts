import { LONGEST_NAME, textFault, tidyText } from './destination.ts';
import { headerFaults, IMPORT_COLUMNS, importLine, type ImportLine } from './payee-import.ts';
import { exponentOf } from './currency.ts';
import { formatAmount } from './money.ts';
import type { Terms } from './requisition.ts';

/** The header of lists that offices have from before, in any order and case; all of it goes to phones. */
export const PHONE_LIST_COLUMNS = [
  'MobileNumber',
  'DocumentType',
  'DocumentNumber',
  'Amount',
  'PurposeOfPayment',
  'Name',
] as const;

export const MOST_BATCH_ROWS = 2000;
export const MOST_BATCH_BYTES = 5 * 1024 * 1024;

/** One row of a batch's file, as it was written. */
export interface BatchLine extends ImportLine {
  /** What the payee shows to be known by, such as `ID 12345678`; empty when it does not matter. */
  readonly document: string;
}

/** How the cells of a file are read, or everything that is wrong with its header. */
export type BatchHeader =
  | { readonly read: (cells: readonly string[], line: number) => BatchLine | string }
  | { readonly faults: readonly string[] };

/** Understands a header: that of a payee list, or that of a phone list. */
export function batchHeader(names: readonly string[]): BatchHeader {
  const known = names.map((name) => name.trim().toLowerCase());
  const phones = PHONE_LIST_COLUMNS.map((name) => name.toLowerCase());
  const isPhoneList = known.filter((name) => phones.includes(name)).length > known.filter(isOurs).length;
  const faults = headerFaults(known, isPhoneList ? PHONE_LIST_COLUMNS : IMPORT_COLUMNS);
  if (faults.length > 0) return { faults };
  if (isPhoneList) return { read: (cells, line) => phoneLine(known, cells, line) };
  return {
    read: (cells, line) => {
      const read = importLine(known, cells, line);
      return typeof read === 'string' ? read : { ...read, document: '' };
    },
  };
}

const isOurs = (name: string): boolean => IMPORT_COLUMNS.some((column) => column === name);

function phoneLine(header: readonly string[], cells: readonly string[], line: number): BatchLine | string {
  if (cells.length !== header.length)
    return `line ${line}: ${cells.length} cells where the header has ${header.length}`;
  const cell = (column: (typeof PHONE_LIST_COLUMNS)[number]): string =>
    cells[header.indexOf(column.toLowerCase())] ?? '';
  return {
    line,
    payee: cell('Name'),
    amount: cell('Amount'),
    purpose: cell('PurposeOfPayment'),
    method: 'mpesa',
    destination: cell('MobileNumber'),
    company: '',
    region: '',
    branch: '',
    category: '',
    document: `${cell('DocumentType').trim()} ${cell('DocumentNumber').trim()}`.trim(),
  };
}

/** The document of a line as it is kept, or what is wrong with it. */
export function documentOf(line: Pick<BatchLine, 'document'>): { document: string | null } | { fault: string } {
  const document = tidyText(line.document);
  if (document === '') return { document: null };
  const fault = textFault('the document', document, LONGEST_NAME);
  return fault === null ? { document } : { fault };
}

/** Why M-Pesa cannot pay an amount, or null: it pays whole shillings. */
export function centsFault({ method, amountMinor }: Pick<Terms, 'method' | 'amountMinor'>, currency: string) {
  const whole = 10 ** exponentOf(currency);
  if (method !== 'mpesa' || amountMinor % whole === 0) return null;
  return `M-Pesa pays whole shillings; ${formatAmount(amountMinor, currency)} has cents`;
}

/** A warning for every line that pays the same amount to the same payee or destination as an earlier one. */
export function repeatedWarnings(rows: readonly { readonly line: number; readonly terms: Terms }[]): string[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ line, terms }) => {
    const key = JSON.stringify([terms.method, terms.destination.toLowerCase(), terms.amountMinor]);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, line);
      return [];
    }
    return [`Line ${line} pays the same amount to the same destination as line ${earlier}.`];
  });
}
