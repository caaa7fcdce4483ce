import type { EntryKind } from '../ledger.ts';

/** What the matching knows of one line of a statement. */
export interface LineFacts {
  /** Place in the statement, from 0. */
  readonly index: number;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Signed minor units: money in is positive, money out negative. */
  readonly amountMinor: number;
  /** The bank's or M-Pesa's own identifier. */
  readonly externalId: string | null;
  /** The identifier is a receipt of M-Pesa's, which nobody types: whatever it looks like, no other movement has it. */
  readonly isReceipt?: boolean;
  readonly references: readonly string[];
  readonly counterparty: string | null;
  readonly counterpartyAccount: string | null;
  readonly description: string;
  readonly isCharge: boolean;
}

/** What the matching knows of one ledger entry that no statement line explains yet. */
export interface EntryFacts {
  /** Place among the open entries, from 0. */
  readonly index: number;
  /** Value date, in days since 1970-01-01. */
  readonly day: number;
  /** What it did to the balance, signed minor units. */
  readonly deltaMinor: number;
  readonly kind: EntryKind;
  /** What the gateway, the bank or M-Pesa calls it. */
  readonly externalId: string | null;
  /** What the office calls this one and nothing else: payment, voucher, replenishment. */
  readonly references: readonly string[];
  /** What the office calls several by: the requisition, the batch. */
  readonly sharedReferences: readonly string[];
  readonly payee: string | null;
  /** Phone or account, as the payment was ordered. */
  readonly destination: string | null;
  /** Of a payment: its fees that are in the book, positive minor units; not there when nobody asks. */
  readonly feesMinor?: number;
}

/** How certain pairs are found, in the order of their fidelity; the first that fits decides. */
export const PASSES = [
  'external_id',
  'reference',
  'payee_and_date',
  'fee_tolerance',
  'group',
  'fee_rule',
  'amount_differs',
  'by_hand',
] as const;
export type Pass = (typeof PASSES)[number];

/** What speaks for a pair. */
export type Reason =
  | 'same_external_id'
  | 'external_id_in_text'
  | 'same_reference'
  | 'same_phone'
  | 'same_account'
  | 'same_payee'
  | 'same_amount'
  | 'same_day'
  | 'within_days'
  | 'fee_within_tariff'
  | 'sum_of_lines'
  | 'sum_of_entries'
  | 'charge_of_the_day'
  | 'amount_differs'
  | 'identifier_mistyped'
  | 'identifier_cut'
  | 'by_hand';

/** Which version of these rules found a match; counted up whenever they change what is found. */
export const RULE_VERSION = 2;

/** Score of a match by its pass, of 1000; within the pass of payee and date each day apart takes ten. */
export const SCORES: Readonly<Record<Pass, number>> = {
  external_id: 1000,
  reference: 900,
  payee_and_date: 800,
  fee_tolerance: 700,
  group: 600,
  fee_rule: 500,
  amount_differs: 400,
  by_hand: 1000,
};

/** Lines and entries that explain each other; one side has exactly one member. */
export interface Found {
  readonly lines: readonly number[];
  readonly entries: readonly number[];
  readonly pass: Pass;
  readonly score: number;
  readonly reasons: readonly Reason[];
  /** Fee that the line holds beside the entries, positive minor units, with the rule that allows it. */
  readonly fee?: { readonly amountMinor: number; readonly rule: string };
}

/** An entry that may belong to a line, which only a person can say. */
export interface Candidate {
  readonly entry: number;
  readonly reasons: readonly Reason[];
}
