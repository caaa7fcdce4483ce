import { hasAccount } from './payment.ts';

/** Two wishes for one payee and amount this close together may be one wish twice. */
export const DUPLICATE_WINDOW_MS = 30 * 24 * 60 * 60 * 1000;
/** References that a flag names; there may be more. */
const MOST_NAMED = 5;

/** A payee's name as it is compared: no accents, one case, single spaces, no punctuation, nothing that cannot be seen. */
export const payeeKey = (payee: string): string =>
  payee
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** A destination as it is compared: letters and digits only, in one case. */
export const destinationKey = (destination: string): string =>
  destination
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** From when to when another wish for the same payee and amount counts as the same, both included. */
export const duplicateWindow = (createdAt: Date): { readonly from: Date; readonly to: Date } => ({
  from: new Date(createdAt.getTime() - DUPLICATE_WINDOW_MS),
  to: new Date(createdAt.getTime() + DUPLICATE_WINDOW_MS),
});

/** Another requisition, as far as it is named. */
export interface Named {
  readonly number: string;
  readonly payee: string;
  readonly destination: string;
}

export interface PayeeFacts {
  readonly payee: string;
  readonly method: string;
  readonly destination: string;
  /** Whether this payee was approved to be paid there before. */
  readonly knownThere: boolean;
  /** Approved before for the same payee, with another destination; newest first. */
  readonly elsewhere: readonly Named[];
  /** Approved before for the same destination, with another payee; newest first. */
  readonly ofOthers: readonly Named[];
  /** Neither rejected nor cancelled, for the same payee and amount within 30 days; newest first. */
  readonly same: readonly Named[];
}

export interface Flag {
  readonly code: 'NEW_DESTINATION' | 'DESTINATION_OF_ANOTHER' | 'SAME_PAYEE_AND_AMOUNT';
  readonly message: string;
  /** Numbers of the requisitions that it is about, five at most. */
  readonly references: readonly string[];
}

/**
 * What somebody should look at before this is approved or paid: money that would go where this payee has never been paid, or where
 * somebody else is, and a wish that may be another one twice. A flag refuses nothing.
 */
export function payeeFlags(facts: PayeeFacts): Flag[] {
  const { payee, destination, knownThere, elsewhere, ofOthers, same } = facts;
  const account = hasAccount(facts.method);
  return [
    ...(account && !knownThere && elsewhere.length > 0
      ? [
          flag('NEW_DESTINATION', elsewhere, (named) => {
            const before = [...new Set(elsewhere.map((one) => one.destination))].slice(0, MOST_NAMED).join(', ');
            return `${payee} was never paid to ${destination}, but to ${before} (${named}).`;
          }),
        ]
      : []),
    ...(account && ofOthers.length > 0
      ? [
          flag('DESTINATION_OF_ANOTHER', ofOthers, (named) => {
            const others = [...new Set(ofOthers.map((one) => one.payee))].slice(0, MOST_NAMED).join(', ');
            return `${destination} is where ${others} was paid (${named}).`;
          }),
        ]
      : []),
    ...(same.length > 0
      ? [flag('SAME_PAYEE_AND_AMOUNT', same, (named) => `${payee} has the same amount in ${named}, within 30 days.`)]
      : []),
  ];
}

function flag(code: Flag['code'], named: readonly Named[], say: (references: string) => string): Flag {
  const references = named.slice(0, MOST_NAMED).map((one) => one.number);
  const more = named.length > MOST_NAMED ? ' and more' : '';
  return { code, message: say(`${references.join(', ')}${more}`), references };
}
