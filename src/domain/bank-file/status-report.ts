import type { StatedFigures } from './file-figures.ts';

/** A status at some level of a bank's report, with the reasons given for it. */
export interface ReportedStatus {
  /** Line of the file, from 1. */
  readonly position: number;
  readonly code: string;
  readonly reasons: readonly string[];
  /** What a bank's own word for it means; a code of ISO 20022 says that by itself. */
  readonly outcome?: Outcome;
  /** Why it is not said of our file, where it is said of a whole one. */
  readonly misfit?: string;
}

/** What the report says of one transfer. */
export interface ReportedTransfer {
  /** Line of the file, from 1. */
  readonly position: number;
  /** The end-to-end id and the UETR, as far as the bank repeats them. */
  readonly key: string | null;
  readonly uetr: string | null;
  readonly status: ReportedStatus | null;
  readonly amount: { readonly minor: number; readonly currency: string } | null;
  readonly account: string | null;
  /** The bank's own reference, which its statement may carry. */
  readonly bankReference: string | null;
}

/** What the report says of one instruction of the file, and of transfers in it. */
export interface ReportedPart {
  readonly id: string | null;
  readonly status: ReportedStatus | null;
  /** What it says of the instruction as it was sent. */
  readonly figures: StatedFigures;
  readonly transfers: readonly ReportedTransfer[];
}

/** What a bank says became of one file: a pain.002 message, or its rows in a CSV of outcomes. */
export interface StatusReport {
  readonly id: string | null;
  /** The message id of the file that it speaks of. */
  readonly originalMessageId: string;
  readonly originalFormat: string | null;
  readonly group: ReportedStatus | null;
  /** What it says of the file as it was sent. */
  readonly figures: StatedFigures;
  readonly parts: readonly ReportedPart[];
}

/** An order of the file that a report speaks of. */
export interface FiledOrder {
  readonly key: string;
  readonly uetr: string;
  readonly account: string;
  /** How the attempt names its receiver, which `account` is a part of. */
  readonly receiver: string;
}

/** What was said of an order; `contradictory`: two things at once. */
export type Outcome = 'paid' | 'failed' | 'in_progress' | 'unknown' | 'contradictory';

/**
 * ISO 20022's external code set of payment statuses, as far as each is certain. Settled is only what was booked (ACSC on the debtor's
 * side, ACCC on the creditor's); ACTC says that the file could be read, and no more. Codes that may mean either, such as BLCK
 * (neither posted nor returned), PART or a bank's own, are not here: unknown.
 */
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ['ACSC', 'paid'],
  ['ACCC', 'paid'],
  ['RJCT', 'failed'],
  ['CANC', 'failed'],
  ['RCVD', 'in_progress'],
  ['ACTC', 'in_progress'],
  ['PATC', 'in_progress'],
  ['ACCP', 'in_progress'],
  ['ACFC', 'in_progress'],
  ['ACPD', 'in_progress'],
  ['ACSP', 'in_progress'],
  ['ACWC', 'in_progress'],
  ['ACWP', 'in_progress'],
  ['PDNG', 'in_progress'],
]);

/** What a status code proves. The list is open: what it does not have is unknown. */
export const outcomeOfStatus = (code: string): Outcome => OUTCOMES.get(code) ?? 'unknown';

/** What a status proves: by its code, or by what the bank's own word for it means. */
export const meaningOf = ({ code, outcome }: ReportedStatus): Outcome => outcome ?? outcomeOfStatus(code);
