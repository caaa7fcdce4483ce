import { LONGEST_DESCRIPTION } from './limits.ts';
import type { Details } from './mt940-details.ts';
import type { Entry } from './mt940-entry.ts';
import type { StatementLine } from './statement.ts';

/** The line that an entry and its description make. */
export function lineOf(entry: Entry, details: Details): StatementLine {
  return {
    position: entry.position,
    bookedOn: entry.booked.iso,
    valueOn: entry.value.iso,
    bookedAt: null,
    amountMinor: entry.amountMinor,
    balanceMinor: null,
    externalId: entry.bankReference,
    references: referencesOf(entry, details),
    counterparty: details.counterparty,
    counterpartyAccount: details.counterpartyAccount,
    description: descriptionOf(entry.extra, details.description),
    isCharge: entry.amountMinor < 0 && isCharge(entry.typeCode, details.businessCode),
  };
}

function referencesOf({ reference, bankReference }: Entry, { references }: Details): readonly string[] {
  if (references.length === 0) return reference === null ? NONE : [reference];
  const all = reference === null ? [] : [reference];
  for (const one of references) if (one !== bankReference && !all.includes(one)) all.push(one);
  return all;
}

const NONE: readonly string[] = [];

const descriptionOf = (extra: string, description: string): string => {
  if (extra === '' || description.indexOf(extra) >= 0) return capped(description);
  return capped(description === '' ? extra : `${extra} ${description}`);
};

const capped = (text: string): string =>
  text.length > LONGEST_DESCRIPTION ? text.slice(0, LONGEST_DESCRIPTION) : text;

/** SWIFT's types for charges and commission, and the German codes for settlement of the account, fees and commission. */
const isCharge = (typeCode: string, businessCode: string | null): boolean =>
  businessCode === null ? CHARGE_TYPES.test(typeCode) : CHARGE_CODES.test(businessCode) || CHARGE_TYPES.test(typeCode);

const CHARGE_TYPES = /^.C(?:HG|OM)/;
const CHARGE_CODES = /^80[589]$/;
