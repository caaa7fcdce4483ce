import { bankText } from './bank-text.ts';

/** An account at a bank, as a bank file names it. Kenya has no IBAN: a bank is told by its clearing code, its BIC or its name. */
export interface BankAccount {
  /** The clearing system's number of bank and branch, in digits: 01094. */
  readonly code: string | null;
  readonly bic: string | null;
  /** The bank as people wrote it, where that is neither. */
  readonly name: string | null;
  /** Letters and digits only. */
  readonly number: string;
}

/** ISO 20022 takes 34 characters of an account, and 140 of a name. */
const LONGEST_NUMBER = 34;
const LONGEST_BANK = 140;
/** Kenya: two digits of the bank and three of the branch. Others have more. */
const CODE = /^\d{2,11}$/;
/** ISO 9362, as narrow as pain.001.001.03 has it. */
const BIC = /^[A-Z]{4}([A-Z]{2})[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?$/;
/** BARCLAYS and POSTBANK have the form of a BIC: one counts only in a country that a bank of this region clears with. */
const COUNTRIES: ReadonlySet<string> = new Set(['KE', 'UG', 'TZ', 'RW', 'BI', 'SS', 'CD', 'ET', 'SO']);

/**
 * A destination of method bank as an account: `01094:1234567890` (clearing code), `KCBLKENX:1234567890` (BIC), both as
 * `KCBLKENX/01094:1234567890`, or a bank's name as in `KCB:1234567890`, also with a space for the colon. What is wrong, in words,
 * where it does not say bank and account.
 */
export function bankAccountOf(destination: string): BankAccount | string {
  const [, bank, written] = /^([^:]+):(.+)$/u.exec(destination) ?? /^(\S+) (.+)$/u.exec(destination) ?? [];
  if (bank === undefined || written === undefined) return 'it does not say at which bank the account is';
  const number = written.replaceAll(/[ \-.:]/g, '');
  if (!/^[A-Za-z0-9]+$/.test(number)) return 'its account is not of letters and digits alone';
  if (!/\d/.test(number)) return 'its account has no digit';
  if (number.length > LONGEST_NUMBER) return `its account has more than ${LONGEST_NUMBER} characters`;
  const told = bankOf(bank.trim());
  return told === null ? 'its bank is in letters that no bank takes' : { ...told, number };
}

function bankOf(bank: string): Omit<BankAccount, 'number'> | null {
  const parts = bank.split('/').map((part) => part.trim());
  const codes = parts.map((part) => part.replaceAll('-', '')).filter((part) => CODE.test(part));
  const bics = parts.filter(isBic);
  const [code = null, ...moreCodes] = codes;
  const [bic = null, ...moreBics] = bics;
  if (codes.length + bics.length === parts.length && moreCodes.length + moreBics.length === 0)
    return { code, bic, name: null };
  const name = bankText(bank, LONGEST_BANK);
  return name === null ? null : { code: null, bic: null, name };
}

function isBic(text: string): boolean {
  const country = BIC.exec(text)?.[1];
  return country !== undefined && COUNTRIES.has(country);
}
