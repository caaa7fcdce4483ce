import { standsAtOrAbove, type Place } from './access.ts';
import { decimalOf, formatAmount } from './money.ts';
import { hasFormOfReceipt } from './mpesa/receipt.ts';
import type { Check } from './problem.ts';

export const PAYMENT_STATUSES = [
  'pending',
  'executing',
  'success',
  'failed',
  'reconciled',
  'cancelled',
  'reversed',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];
export const METHODS = ['mpesa', 'bank', 'cash'] as const;
export type Method = (typeof METHODS)[number];

/** Whether a text names a method. */
export const isMethod = (text: string): text is Method => METHODS.some((method) => method === text);
/** Whether a text names a status of payments. */
export const isPaymentStatus = (text: string): text is PaymentStatus =>
  PAYMENT_STATUSES.some((status) => status === text);

/** Whether money goes to an account or a phone; cash is handed to whoever is named. */
export const hasAccount = (method: string): boolean => method === 'mpesa' || method === 'bank';

/** Attempts that may fail before a payment must be cancelled and made anew. */
export const DEFAULT_MAX_RETRIES = 3;

/** Through which gateway a method is paid: cash is handed over, the others are paid in M-Pesa's or the bank's own app. */
export const gatewayOf = (method: string): 'cash' | 'manual' => (method === 'cash' ? 'cash' : 'manual');

/** The account whose references must never repeat: one for each method, whichever fund paid. */
export const gatewayAccountOf = (method: string, fundCode: string): string =>
  method === 'cash' ? `cash:${fundCode}` : method;

/**
 * A gateway's reference as it is compared and kept: in capitals, without spaces around, and without any where the rest is a receipt
 * of M-Pesa: people copy those in groups, and one receipt is one payment.
 */
export function normalReference(text: string): string {
  const reference = text.trim().toUpperCase();
  const closed = reference.replaceAll(/\s+/g, '');
  return hasFormOfReceipt(closed) ? closed : reference;
}

/** What is wrong with a normal reference, or null. */
export const referenceFault = (reference: string): string | null =>
  /^[A-Z0-9][A-Z0-9 ./_-]{1,63}$/.test(reference)
    ? null
    : 'a reference has 2 to 64 letters, digits, spaces, dots, dashes, slashes or underscores';

export interface CreationFacts {
  readonly requisition: Place & {
    readonly number: string;
    readonly status: string;
    readonly amountMinor: number;
    readonly currency: string;
  };
  readonly fund: Place & { readonly code: string; readonly state: string; readonly currency: string };
  readonly amountMinor: number;
  /** What the requisition's other payments that are not cancelled come to. */
  readonly committedMinor: number;
}

const check = (
  id: string,
  ok: boolean,
  code: string,
  good: string,
  bad: string,
  command: string | null = null,
): Check => ({
  id,
  ok,
  code: ok ? null : code,
  message: ok ? good : bad,
  fix: ok ? null : { command, who: [] },
  facts: {},
});

/** Whether a payment may be made of a requisition from a fund. */
export function creationChecks({ requisition, fund, amountMinor, committedMinor }: CreationFacts): Check[] {
  const money = (minor: number) => formatAmount(minor, requisition.currency);
  const left = requisition.amountMinor - committedMinor;
  return [
    check(
      'requisition',
      requisition.status === 'approved',
      'REQUISITION_NOT_APPROVED',
      `${requisition.number} is approved.`,
      `${requisition.number} is ${requisition.status}, not approved.`,
      `treasury requisition show ${requisition.number}`,
    ),
    check(
      'currency',
      fund.currency === requisition.currency,
      'CURRENCY_DIFFERS',
      `Both are in ${fund.currency}.`,
      `Fund ${fund.code} holds ${fund.currency}; ${requisition.number} is in ${requisition.currency}.`,
      'treasury fund list',
    ),
    check(
      'place',
      standsAtOrAbove(fund, requisition),
      'FUND_ELSEWHERE',
      `Fund ${fund.code} stands at the requisition's place or above.`,
      `Fund ${fund.code} does not stand at the place of ${requisition.number} or above it.`,
      'treasury fund list',
    ),
    check(
      'amount',
      amountMinor <= left && left > 0,
      'REQUISITION_EXCEEDED',
      `${money(amountMinor)} of ${money(left)} left.`,
      left > 0
        ? `${requisition.number} has ${money(left)} left of ${money(requisition.amountMinor)}; this payment would be ${money(amountMinor)}.`
        : `Nothing is left of the ${money(requisition.amountMinor)} of ${requisition.number}.`,
      left > 0
        ? `treasury payment create --requisition ${requisition.number} --fund ${fund.code} --amount ${decimalOf(left, requisition.currency)}`
        : null,
    ),
    check(
      'fund_open',
      fund.state !== 'closed',
      'FUND_CLOSED',
      `Fund ${fund.code} is not closed.`,
      `Fund ${fund.code} is closed.`,
      'treasury fund list',
    ),
  ];
}
