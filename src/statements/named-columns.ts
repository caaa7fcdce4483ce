import { columnKey } from '../domain/column-key.ts';
import { isCurrency } from '../domain/currency.ts';
import { USUAL } from './bank-profiles.ts';
import { type ColumnProfile, readProfile } from './column-profile.ts';
import type { StatementLine } from './statement.ts';

/** What banks call columns that can only mean one thing, without spaces and points. */
const DATE = /^(?:transaction|trans|trx|txn|tran|posting|posted|booking|book|entry)?date(?:posted|booked)?$/;
const VALUE_DATE = /^val(?:ue)?date$/;
const DESCRIPTION =
  /^(?:(?:transaction)?(?:description|details?|particulars|narration|narrative|remarks)|paymentdetails|memo)$/;
const DEBIT = /^(?:debits?|withdrawals?|withdrawn|moneyout|paidout|debitamount|withdrawalamount|amountdebited)$/;
const CREDIT = /^(?:credits?|deposits?|moneyin|paidin|creditamount|depositamount|amountcredited)$/;
const AMOUNT = /^(?:transaction)?amount$/;
const BALANCE = /^(?:running|account|ledger|book)?balance$/;
const REFERENCE =
  /^(?:(?:transaction|bank|customer)?(?:ref|reference)(?:no|number)?|(?:cheque|chq|instrument)(?:no|number))$/;

/** Columns that can turn what the others say: rows that did not happen, other currencies, marks of direction, charges beside the amount. */
const CHANGES_MEANING =
  /status|currency|indicator|^(?:ccy|sign|dc|cd|(?:dr|debit)(?:or)?(?:cr|credit)|(?:cr|credit)(?:or)?(?:dr|debit)|fees?|charges?|commission|tax|vat)$/;

const LONGEST_NAME = 60;

/** The currency that the head of a column of amounts may end with: `Debit (KES)`, `Balance (Ksh)`. */
const CURRENCY = /^(.+?)(kshs?|[a-z]{3})$/;

/** The name of a column without the currency at its end, and that currency; null where it ends with none. */
function withCurrency(key: string): { readonly name: string; readonly currency: string } | null {
  const [, name, written] = CURRENCY.exec(key) ?? [];
  if (name === undefined || written === undefined) return null;
  const currency = written.startsWith('ksh') ? 'KES' : written.toUpperCase();
  return isCurrency(currency) ? { name, currency } : null;
}

/** Which name the key of a column has, with a currency at its end or without. */
const isNamed = (key: string, name: RegExp): boolean => name.test(key) || name.test(withCurrency(key)?.name ?? '');

/** The currency in the heads of columns of amounts, whose names have none by themselves; null where there is none. */
function currenciesOf(columns: readonly string[]): readonly string[] {
  const keys = columns.map(columnKey).filter((key) => ![DEBIT, CREDIT, AMOUNT, BALANCE].some((name) => name.test(key)));
  return [...new Set(keys.flatMap((key) => withCurrency(key)?.currency ?? []))];
}

/**
 * What the columns of a bank mean that nobody made a profile for, where their names leave no choice: a date, a description, and
 * debits and credits in a column each, or amounts with a sign whose balances prove the sign. Null where a name is missing or
 * stands there twice. Days come first, as everywhere in Kenya.
 */
export function profileByNames(cells: readonly string[]): ColumnProfile | null {
  const keys = cells.map((cell) => columnKey(cell));
  const named = keys.filter((key) => key !== '');
  if (named.some((key) => CHANGES_MEANING.test(key)) || new Set(named).size < named.length) return null;
  const all = (name: RegExp): string[] => cells.filter((_, at) => isNamed(keys[at] ?? '', name));
  const one = (name: RegExp): string | null => {
    const [first = null, ...more] = all(name);
    return more.length === 0 ? first : null;
  };
  const [date, description, debit, credit] = [one(DATE), one(DESCRIPTION), one(DEBIT), one(CREDIT)];
  const [amount, balance] = [one(AMOUNT), one(BALANCE)];
  if (date === null || description === null || cells.some((cell) => cell.length > LONGEST_NAME)) return null;
  const rule =
    debit !== null && credit !== null
      ? { rule: 'debit-credit', debit, credit }
      : all(DEBIT).length + all(CREDIT).length === 0 && amount !== null && balance !== null
        ? { rule: 'signed', amount }
        : null;
  const amounts = [debit, credit, amount, balance].filter((name) => name !== null);
  const [currency = null, ...others] = currenciesOf(amounts);
  if (rule === null || others.length > 0) return null;
  return readProfile({
    ...USUAL,
    currency,
    ...{ name: 'columns', title: 'columns by their names', date, description, amount: rule, balance },
    value_date: one(VALUE_DATE),
    references: all(REFERENCE),
  });
}

/**
 * Whether running balances prove the sign of amounts. Where every amount is the same, balances follow from each other with either
 * sign, in one order of time or the other.
 */
export class SignProof {
  #first: number | null = null;
  #differs = false;
  #isWhole = true;

  add({ amountMinor, balanceMinor }: Pick<StatementLine, 'amountMinor' | 'balanceMinor'>): void {
    if (balanceMinor === null) this.#isWhole = false;
    if (amountMinor === 0) return;
    this.#first ??= amountMinor;
    if (amountMinor !== this.#first) this.#differs = true;
  }

  /** Whether the balances can tell; a statement that moves nothing needs none. */
  get isGiven(): boolean {
    return this.#first === null || (this.#isWhole && this.#differs);
  }
}
