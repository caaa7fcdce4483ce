import { normaliseDestination, tidyText } from '../domain/destination.ts';
import { parseAmount } from '../domain/money.ts';
import { isMethod, METHODS } from '../domain/payment.ts';
import { Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { termsFaults, type Terms } from '../domain/requisition.ts';
import { normalPhone } from './phone.ts';

/** What somebody wants paid, as it was typed. */
export interface Draft {
  readonly payee: string;
  readonly amount: string;
  readonly purpose: string;
  readonly method: string;
  readonly destination: string;
  readonly category: string | null;
}

/** A draft with its destination read as a phone number; null when it cannot be one. */
export interface PhonedDraft extends Draft {
  readonly phone: string | null;
}

/** Reads the destination as a phone number, before any transaction: only M-Pesa will need it. */
export const withPhone = async (draft: Draft): Promise<PhonedDraft> => ({
  ...draft,
  phone: await normalPhone(draft.destination),
});

/** Terms that can be kept, or everything that is wrong with them. */
export type ReadTerms = { readonly terms: Terms } | { readonly faults: readonly string[] };

/** Reads a draft in the currency that will be paid. */
export function readTerms(draft: PhonedDraft, currency: string): ReadTerms {
  const method = isMethod(draft.method) ? draft.method : null;
  const words = {
    payee: tidyText(draft.payee),
    purpose: tidyText(draft.purpose),
    category: draft.category === null || draft.category.trim() === '' ? null : tidyText(draft.category),
    method,
    destination: destinationOf(draft),
  };
  const amount = readAmount(draft.amount, currency);
  const faults = [
    ...(typeof amount === 'string' ? [amount] : []),
    ...(method === null ? [`${quoted(draft.method)} is not a method: ${METHODS.join(', ')}`] : []),
    ...termsFaults(words),
  ];
  if (faults.length > 0 || method === null || typeof amount === 'string') return { faults };
  return { terms: { ...words, method, amountMinor: amount } };
}

const destinationOf = ({ method, destination, phone }: PhonedDraft): string =>
  method === 'mpesa' && phone !== null ? phone : normaliseDestination(destination);

/** The amount in minor units, or what is wrong with it. */
function readAmount(text: string, currency: string): number | string {
  try {
    return parseAmount(text.trim(), currency);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'usage') return error.message.replace(/\.$/, '');
    throw error;
  }
}
