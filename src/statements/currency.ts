import { exponentOf, isCurrency } from '../domain/currency.ts';
import type { ParserOptions } from './statement.ts';

/** Decimals of what is no active currency of ISO 4217; no fund can hold it, so a statement in it is only looked at. */
const USUAL_DECIMALS = 2;

/** Decimals of the currency of a statement; 2 where it is none of ISO 4217, or where the file names none. */
export const decimalsOf = (currency: string | null): number =>
  currency !== null && isCurrency(currency) ? exponentOf(currency) : USUAL_DECIMALS;

/** Decimals that a parser reads amounts with: those of the currency, as its caller knows them. */
export const exponentIn = (currency: string | null, options: ParserOptions): number =>
  currency === null ? USUAL_DECIMALS : options.exponentOf(currency);

/** What is wrong with the currency that a statement names; null when nothing is. */
export const currencyFault = (currency: string | null): string | null => {
  if (currency === null) return `the file names no currency; its amounts are taken to have ${USUAL_DECIMALS} decimals`;
  if (isCurrency(currency)) return null;
  return `${currency} is no currency of ISO 4217; its amounts are taken to have ${USUAL_DECIMALS} decimals`;
};
