import { columnKey } from '../domain/column-key.ts';
import type { StatementLine } from './statement.ts';

/** Which cell holds what; -1 for a column that the file has not. */
export interface MpesaColumns {
  readonly receipt: number;
  readonly completed: number;
  readonly initiated: number;
  readonly details: number;
  readonly status: number;
  readonly paidIn: number;
  readonly withdrawn: number;
  readonly balance: number;
  readonly reason: number;
  readonly otherParty: number;
  readonly linked: number;
  readonly account: number;
  readonly currency: number;
}

/** The names that exports give their columns, without spaces and points. */
const NAMES: Readonly<Record<keyof MpesaColumns, readonly string[]>> = {
  receipt: ['receiptno', 'receiptnumber', 'receipt', 'mpesareceiptno', 'mpesareceiptnumber'],
  completed: ['completiontime', 'completiondate'],
  initiated: ['initiationtime'],
  details: ['details', 'transactiondetails', 'description'],
  status: ['transactionstatus', 'status'],
  paidIn: ['paidin', 'moneyin'],
  withdrawn: ['withdrawn', 'withdrawal', 'paidout', 'moneyout'],
  balance: ['balance'],
  reason: ['reasontype', 'transactiontype'],
  otherParty: ['otherpartyinfo', 'oppositeparty', 'otherparty', 'phonenumber'],
  linked: ['linkedtransactionid'],
  account: ['acno', 'accountno', 'accountnumber'],
  currency: ['currency'],
};

/** Some exports write the currency into the heads of the columns of amounts: `Paid In (KES)`. */
const withoutCurrency = (key: string): string =>
  key.replace(/^((?:paid|money|withdraw|balance)[a-z]*?)(?:kes|kshs?)$/, '$1');

/** The columns of a header of M-Pesa's; null where it is none: a receipt, when it was completed, and what was moved. */
export function mpesaColumns(header: readonly string[]): MpesaColumns | null {
  const keys = header.map(withoutCurrency);
  const place = (column: keyof MpesaColumns): number => keys.findIndex((key) => NAMES[column].includes(key));
  const columns = {
    receipt: place('receipt'),
    completed: place('completed'),
    initiated: place('initiated'),
    details: place('details'),
    status: place('status'),
    paidIn: place('paidIn'),
    withdrawn: place('withdrawn'),
    balance: place('balance'),
    reason: place('reason'),
    otherParty: place('otherParty'),
    linked: place('linked'),
    account: place('account'),
    currency: place('currency'),
  };
  const moves = columns.paidIn >= 0 || columns.withdrawn >= 0;
  return columns.receipt >= 0 && columns.completed >= 0 && moves ? columns : null;
}

/** The name of a column that must be one, where a header has it twice: nobody knows which of them counts. */
export function columnTwice(header: readonly string[]): string | null {
  const keys = header.map(withoutCurrency);
  for (const column of ['receipt', 'completed', 'status', 'paidIn', 'withdrawn', 'balance', 'currency'] as const) {
    const [, second] = keys.filter((key) => NAMES[column].includes(key));
    if (second !== undefined) return second;
  }
  return null;
}

/** Whether a row is a header of M-Pesa's. */
export const isMpesaHeader = (cells: readonly string[]): boolean => mpesaColumns(cells.map(columnKey)) !== null;

/** What a row says, cell by cell. */
export interface MpesaWords {
  readonly receipt: string;
  readonly details: string;
  readonly reason: string;
  readonly otherParty: string;
  readonly linked: string;
  readonly account: string;
}

/** What a row says in the cells of these columns. */
export const wordsOf = (columns: MpesaColumns, cell: (column: number) => string): MpesaWords => ({
  receipt: cell(columns.receipt),
  details: cell(columns.details),
  reason: cell(columns.reason),
  otherParty: cell(columns.otherParty),
  linked: cell(columns.linked),
  account: cell(columns.account),
});

/** What was read of a row already. */
export type MpesaFigures = Pick<StatementLine, 'position' | 'bookedOn' | 'bookedAt' | 'amountMinor' | 'balanceMinor'>;

/**
 * The line of a row. A receipt has several rows (payment, charge, overdraft): its number is the external id of each, and the
 * kind of each is in its description.
 */
export function mpesaLine(words: MpesaWords, figures: MpesaFigures): StatementLine {
  const { receipt, details, reason, otherParty } = words;
  const party = partyOf(otherParty === '' ? partyIn(details) : otherParty);
  return {
    position: figures.position,
    bookedOn: figures.bookedOn,
    valueOn: null,
    bookedAt: figures.bookedAt,
    amountMinor: figures.amountMinor,
    balanceMinor: figures.balanceMinor,
    externalId: receipt === '' ? null : receipt,
    references: referencesOf(words),
    counterparty: party.name,
    counterpartyAccount: party.account,
    description: reason === '' || details.startsWith(reason) ? details : `${reason}: ${details}`,
    isCharge: figures.amountMinor < 0 && isChargeBy(reason, details),
  };
}

function referencesOf({ linked, account, details }: MpesaWords): readonly string[] {
  const [, conversation] = CONVERSATION.exec(details) ?? [];
  if (linked === '' && account === '' && conversation === undefined) return NONE;
  return [linked, account, conversation ?? ''].filter((reference) => reference !== '');
}

const NONE: readonly string[] = [];

/** Payments through the API carry the identifier that they were sent with. */
const CONVERSATION = /conversation id is ([\w-]{1,60})/i;

interface Party {
  readonly name: string | null;
  readonly account: string | null;
}

const NOBODY: Party = { name: null, account: null };

/** `2547****678 - JANE DOE`, a number alone, or a name alone. Phones may be masked. */
function partyOf(text: string): Party {
  if (text === '') return NOBODY;
  const hyphen = text.indexOf('-');
  const before = (hyphen < 0 ? text : text.slice(0, hyphen)).trim();
  if (!NUMBER.test(before)) return { name: text, account: null };
  const name = hyphen < 0 ? '' : text.slice(hyphen + 1).trim();
  return { name: name === '' ? null : name, account: before };
}

const NUMBER = /^\+?[\d*xX]{4,20}$/;

/** The party within details: `Pay Bill from 2547****678 - JANE DOE Acc. 12`. Only a number before the hyphen tells that it is one. */
function partyIn(details: string): string {
  const hyphen = details.indexOf(' - ');
  if (hyphen < 0) return '';
  const number = details.slice(details.lastIndexOf(' ', hyphen - 1) + 1, hyphen);
  if (!NUMBER.test(number)) return '';
  const account = details.indexOf(' Acc. ', hyphen);
  return `${number} - ${details.slice(hyphen + 3, account < 0 ? details.length : account)}`;
}

/** What kind of movement details begin with: `Business Payment Charge to 2547...`. */
const kindIn = (details: string): string => details.split(KIND_END, 1)[0] ?? '';

const KIND_END = / (?:to|from|by|via|at) | - /;

/** Whether money that goes out is a charge, by its reason or, without one, by what its details begin with. */
export const isChargeBy = (reason: string, details: string): boolean =>
  /\bcharges?\b|\bfees?\b/i.test(reason === '' ? kindIn(details) : reason);
