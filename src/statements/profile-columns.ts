import { columnKey } from '../domain/column-key.ts';
import type { AmountRule, ColumnProfile } from './column-profile.ts';

/** Which cell of a row holds what a profile names; -1 for what it does not name. */
export interface ProfileColumns {
  readonly date: number;
  readonly valueDate: number;
  readonly description: readonly number[];
  readonly externalId: number;
  readonly references: readonly number[];
  readonly counterparty: number;
  readonly counterpartyAccount: number;
  readonly balance: number;
  /** Of the rule's columns, in its order: debit and credit, or amount and mark. */
  readonly amount: readonly [number, number];
}

const amountNames = (amount: AmountRule): readonly [string, string | null] => {
  if (amount.rule === 'debit-credit') return [amount.debit, amount.credit];
  return [amount.amount, amount.rule === 'marked' ? amount.mark : null];
};

/** The columns that a profile needs and a header has not, by the names of the profile. */
export function missingColumns(profile: ColumnProfile, keys: readonly string[]): readonly string[] {
  const { date, valueDate, description, externalId, references, counterparty, counterpartyAccount, balance } = profile;
  const single = [
    date,
    valueDate,
    externalId,
    counterparty,
    counterpartyAccount,
    balance,
    ...amountNames(profile.amount),
  ];
  return [...single, ...description, ...references]
    .filter((name) => name !== null && !keys.includes(columnKey(name)))
    .map(String);
}

/** Where the columns of a profile stand in a header that has all of them. */
export function profileColumns(profile: ColumnProfile, keys: readonly string[]): ProfileColumns {
  const place = (name: string | null): number => (name === null ? -1 : keys.indexOf(columnKey(name)));
  const [first, second] = amountNames(profile.amount);
  return {
    date: place(profile.date),
    valueDate: place(profile.valueDate),
    description: profile.description.map(place),
    externalId: place(profile.externalId),
    references: profile.references.map(place),
    counterparty: place(profile.counterparty),
    counterpartyAccount: place(profile.counterpartyAccount),
    balance: place(profile.balance),
    amount: [place(first), place(second)],
  };
}
