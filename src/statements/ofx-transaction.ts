import { nearestAmount } from './amount.ts';
import { exponentIn } from './currency.ts';
import { unreadable } from './faults.ts';
import { LONGEST_DESCRIPTION } from './limits.ts';
import { compactMoment, dayExists } from './moment.ts';
import type { ParserOptions, StatementHeader, StatementLine } from './statement.ts';

/** A transaction (`STMTTRN`) as it is written. */
export interface Transaction {
  readonly position: number;
  kind: string | null;
  posted: string | null;
  available: string | null;
  amount: string | null;
  currency: string | null;
  id: string | null;
  corrects: string | null;
  serverId: string | null;
  cheque: string | null;
  reference: string | null;
  name: string | null;
  payee: string | null;
  otherAccount: string | null;
  memo: string | null;
}

/** A transaction of which nothing is known but where it begins. */
export const aTransaction = (position: number): Transaction => ({
  position,
  kind: null,
  posted: null,
  available: null,
  amount: null,
  currency: null,
  id: null,
  corrects: null,
  serverId: null,
  cheque: null,
  reference: null,
  name: null,
  payee: null,
  otherAccount: null,
  memo: null,
});

/**
 * A transaction as a line of its statement, with what is wrong with its amount where it can be counted all the same. Throws usage
 * STATEMENT_UNREADABLE without an amount that can be read.
 */
export function transactionLine(
  transaction: Transaction,
  header: StatementHeader,
  options: ParserOptions,
): { readonly line: StatementLine; readonly amountFault: string | null } {
  const { position, posted, available, amount, name, payee, memo, kind } = transaction;
  if (amount === null) throw unreadable(position, 'the transaction has no amount');
  const currency = transaction.currency ?? header.currency;
  const exponent = exponentIn(currency, options);
  const moment = posted === null ? null : compactMoment(posted);
  const counterparty = name ?? payee;
  const { minor, fault } = nearestAmount(amount, { position, exponent });
  const line = {
    position,
    bookedOn: moment?.day ?? '',
    valueOn: available === null ? null : compactMoment(available).day,
    bookedAt: moment?.at ?? null,
    amountMinor: minor,
    balanceMinor: null,
    externalId: transaction.id,
    references: referencesOf(transaction),
    counterparty,
    counterpartyAccount: transaction.otherAccount,
    description: (memo ?? counterparty ?? '').slice(0, LONGEST_DESCRIPTION),
    isCharge: kind === 'FEE' || kind === 'SRVCHG',
  };
  const isOther = currency !== null && currency !== header.currency;
  return { line: isOther ? { ...line, otherCurrency: currency } : line, amountFault: fault };
}

function referencesOf({ corrects, serverId, cheque, reference }: Transaction): string[] {
  const references: string[] = [];
  for (const one of [corrects, serverId, cheque, reference]) if (one !== null) references.push(one);
  return references;
}

/** What is worth a word about a transaction; null when nothing is. */
export const transactionFault = ({ posted, corrects }: Transaction, { bookedOn }: StatementLine): string | null => {
  if (posted === null) return 'the transaction has no day';
  if (!dayExists(bookedOn)) return `${bookedOn} is no day of the calendar`;
  return corrects === null ? null : 'the transaction corrects or takes back an earlier one';
};

/** Types that take money out of an account, and those that bring some. Of the others (ATM, POS, INT) the sign tells, or either may be. */
const SIDES: ReadonlyMap<string, 'out' | 'in'> = new Map([
  ...['DEBIT', 'CHECK', 'PAYMENT', 'CASH', 'DIRECTDEBIT', 'REPEATPMT', 'FEE', 'SRVCHG'].map(
    (type) => [type, 'out'] as const,
  ),
  ...['CREDIT', 'DEP', 'DIRECTDEP', 'DIV'].map((type) => [type, 'in'] as const),
]);

/** With them a credit card is paid, which is money in for its account. */
const CARD_PAYMENTS: ReadonlySet<string> = new Set(['PAYMENT', 'REPEATPMT', 'DIRECTDEBIT']);

/**
 * Where the type of a transaction says another direction than the sign of its amount; null where they agree. Amounts are signed
 * from the view of the customer: debits, checks and fees below zero, credits above it (OFX 1.6 and 2.2, 3.2.9.2; in
 * their table of types ATM, POS and INT depend on the sign). Somebody paid or was paid, and nobody can tell which. What corrects
 * another one may be of either side, and a payment of a credit card comes in.
 */
export function sideFault(
  { kind, corrects }: Transaction,
  { amountMinor }: StatementLine,
  isCard: boolean,
): string | null {
  const type = kind?.toUpperCase() ?? '';
  const side = SIDES.get(type);
  if (
    side === undefined ||
    amountMinor === 0 ||
    corrects !== null ||
    (isCard && side === 'out' && CARD_PAYMENTS.has(type))
  )
    return null;
  if (amountMinor < 0 === (side === 'out')) return null;
  const [sign, words] = side === 'out' ? ['above', 'money out'] : ['below', 'money in'];
  return `${type} is ${words}, but its amount is ${sign} zero: it is not certain which was meant`;
}
