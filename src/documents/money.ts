import { decimalOf } from '../domain/money.ts';

/** `balance` and `balance_minor`: one amount as JSON documents hold it. */
export type MoneyFields<Name extends string> = Record<Name, string> & Record<`${Name}_minor`, number>;

/** The same where there may be no amount. */
export type MaybeMoneyFields<Name extends string> = Record<Name, string | null> &
  Record<`${Name}_minor`, number | null>;

/** One amount under its name: the decimal string people and scripts read, and the exact minor units beside it. */
export const money = <Name extends string>(name: Name, minor: number, currency: string): MoneyFields<Name> =>
  // A computed key has the type string; its two names are those of the result.
  ({ [name]: decimalOf(minor, currency), [`${name}_minor`]: minor }) as MoneyFields<Name>;

/** One amount that may be absent: both keys are there, null together. */
export const maybeMoney = <Name extends string>(
  name: Name,
  minor: number | null,
  currency: string,
): MaybeMoneyFields<Name> =>
  // As above.
  ({ [name]: minor === null ? null : decimalOf(minor, currency), [`${name}_minor`]: minor }) as MaybeMoneyFields<Name>;
