import { addMinor } from '../money.ts';
import { bankAccountOf, type BankAccount } from './bank-account.ts';
import { bankText } from './bank-text.ts';

/** One payment as a bank is told of it; its texts are ones that every bank takes. */
export interface BankOrder {
  /** The attempt's key, which the bank repeats in what it reports: the end-to-end id. */
  readonly key: string;
  readonly amountMinor: number;
  readonly payee: string;
  readonly account: BankAccount;
  /** What the receiver's statement shall say. */
  readonly remarks: string | null;
}

/** Everything that one file says. The same facts make the same bytes. */
export interface BankFile {
  /** The name of the file at the bank, used once for ever. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** The day on which the bank shall pay: 2026-11-28. */
  readonly payOn: string;
  readonly currency: string;
  readonly debtor: { readonly name: string; readonly account: BankAccount };
  readonly orders: readonly BankOrder[];
}

/** ISO 20022: 140 characters of a name and of what a payment is for, 35 of an id. */
const LONGEST_TEXT = 140;
const MESSAGE_ID = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,34}$/;

/** What is wrong with the id of a message, or null. */
export const messageIdFault = (id: string): string | null =>
  MESSAGE_ID.test(id)
    ? null
    : 'it has 1 to 35 letters, digits, dashes or points, and begins with a letter or digit: banks take no others';

export interface OrderTerms {
  readonly key: string;
  readonly amountMinor: number;
  readonly payee: string;
  readonly destination: string;
  readonly purpose: string;
}

/** A payment as an order; everything that is wrong with it, in words, where a bank could not be told of it. */
export function bankOrderOf({ key, amountMinor, payee, destination, purpose }: OrderTerms): BankOrder | string[] {
  const account = bankAccountOf(destination);
  const name = bankText(payee, LONGEST_TEXT);
  if (typeof account !== 'string' && name !== null)
    return { key, amountMinor, payee: name, account, remarks: bankText(purpose, LONGEST_TEXT) };
  const faults = typeof account === 'string' ? [`${account} (write it like 01094:1234567890 or KCB:1234567890)`] : [];
  if (name === null) faults.push('its payee has no letter that banks take');
  return faults;
}

/** Who pays, as an account's holder; null where the name has no letter that banks take. */
export const debtorName = (name: string): string | null => bankText(name, LONGEST_TEXT);

/** The sum of all orders, in minor units, exact. Throws integrity AMOUNT_OVERFLOW. */
export const controlSum = (orders: readonly BankOrder[]): number =>
  orders.reduce((sum, { amountMinor }) => addMinor(sum, amountMinor), 0);
