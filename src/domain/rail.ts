import { bankOrderOf } from './bank-file/bank-order.ts';
import { exponentOf } from './currency.ts';
import type { RailTerms } from './evidence.ts';
import { formatAmount } from './money.ts';

/** Machines that carry money out and answer later: Safaricom's Daraja, and files for a bank. */
export const RAILS = ['daraja', 'bankfile'] as const;
export type RailKind = (typeof RAILS)[number];

/** Whether a text names a rail. */
export const isRail = (text: string): text is RailKind => RAILS.some((rail) => rail === text);

/** The method that each rail carries. */
export const METHOD_OF: Readonly<Record<RailKind, 'mpesa' | 'bank'>> = { daraja: 'mpesa', bankfile: 'bank' };

/** The two spellings of the order's key in a question (Daraja portal 2026, and the older documentation). */
export const STATUS_FIELDS = ['OriginalConversationID', 'OriginatorConversationID'] as const;

/** How orders to Daraja are made; amounts in minor units. Secrets are not among them. */
export interface DarajaSettings {
  readonly baseUrl: string;
  readonly shortCode: string;
  readonly initiator: string;
  /** BusinessPayment, SalaryPayment or PromotionPayment. */
  readonly command: string;
  /** Where results are reported; each order adds a part of its own. */
  readonly resultUrl: string;
  readonly smallestMinor: number;
  readonly largestMinor: number;
  /** What Transaction Status calls the key of the order it is asked about; copies of the portal spell it in two ways. */
  readonly statusField: (typeof STATUS_FIELDS)[number];
  /** For so long after sending, "no such order" proves nothing. */
  readonly quietMs: number;
}

/** Whose account a bank file pays from. */
export interface BankfileSettings {
  readonly debtorName: string;
  readonly debtorAccount: string;
  /** Bank and branch code of the clearing system. */
  readonly debtorBank: string;
  readonly debtorBic: string | null;
}

/** A rail in force: what decides about an order before anything is sent. */
export interface RailInForce {
  readonly kind: RailKind;
  readonly account: string;
  readonly highestFeeMinor: number;
  readonly limits: OrderLimits;
}

/** What a rail takes at all. */
export interface OrderLimits {
  readonly currency: string | null;
  readonly wholeUnits: boolean;
  readonly smallestMinor: number;
  readonly largestMinor: number;
}

/** What every order to Daraja keeps to: whole shillings between two amounts. */
export const darajaLimits = ({ smallestMinor, largestMinor }: DarajaSettings): OrderLimits => ({
  currency: 'KES',
  wholeUnits: true,
  smallestMinor,
  largestMinor,
});

/** What a bank file takes. */
export const BANKFILE_LIMITS: OrderLimits = {
  currency: null,
  wholeUnits: false,
  smallestMinor: 1,
  largestMinor: Number.MAX_SAFE_INTEGER,
};

/** Daraja says amount, receiver and receipt of what it paid; a status file of a bank names the order alone. */
export const termsOf = (kind: RailKind, quietMs: number): RailTerms => ({
  saysTerms: kind === 'daraja',
  givesReceipts: kind === 'daraja',
  quietMs,
});

/** Why a rail would not take an order; null when it would. All reasons in one text. */
export function orderFault(
  { kind, limits }: RailInForce,
  {
    amountMinor,
    currency,
    payee,
    destination,
  }: {
    readonly amountMinor: number;
    readonly currency: string;
    readonly payee: string;
    readonly destination: string;
  },
): string | null {
  const money = (minor: number) => formatAmount(minor, currency);
  if (limits.currency !== null && limits.currency !== currency)
    return `${NAMES[kind]} pays ${limits.currency}; this payment is in ${currency}.`;
  const faults: string[] = kind === 'bankfile' ? bankFaults({ payee, destination }) : [];
  const unit = 10 ** exponentOf(currency);
  if (limits.wholeUnits && amountMinor % unit !== 0)
    faults.push(`${NAMES[kind]} pays whole shillings; this payment is ${money(amountMinor)}.`);
  if (amountMinor < limits.smallestMinor)
    faults.push(`${NAMES[kind]} pays at least ${money(limits.smallestMinor)}; this payment is ${money(amountMinor)}.`);
  if (amountMinor > limits.largestMinor)
    faults.push(
      `${NAMES[kind]} pays at most ${money(limits.largestMinor)} at once; this payment is ${money(amountMinor)}.`,
    );
  return faults.length === 0 ? null : faults.join(' ');
}

/** What a file for the bank could not say. */
function bankFaults(terms: { readonly payee: string; readonly destination: string }): string[] {
  const order = bankOrderOf({ key: '', amountMinor: 1, purpose: '', ...terms });
  return Array.isArray(order) ? [`The bank cannot be told of ${terms.destination}: ${order.join('; ')}.`] : [];
}

const NAMES: Readonly<Record<RailKind, string>> = { daraja: 'M-Pesa', bankfile: 'The bank' };
