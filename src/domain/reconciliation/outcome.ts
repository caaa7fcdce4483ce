import type { EntryKind } from '../ledger.ts';
import type { Pass, Reason } from './facts.ts';

/** Why a line or an entry is left for a person. */
export const EXCEPTION_KINDS = [
  'unbalanced',
  'amount_differs',
  'ambiguous',
  'own_payment',
  'statement_only',
  'ledger_only',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** One line of a statement as an outcome tells of it. */
export interface ToldLine {
  /** The stored line; null before it is saved. */
  readonly id: string | null;
  readonly ref: string | null;
  /** Line of the file. */
  readonly position: number;
  readonly bookedOn: string;
  readonly amountMinor: number;
  readonly externalId: string | null;
  readonly counterparty: string | null;
  readonly description: string;
}

/** One entry of a book as an outcome tells of it. */
export interface ToldEntry {
  readonly ref: string;
  readonly kind: EntryKind;
  readonly valueDate: string;
  readonly deltaMinor: number;
  readonly payment: string | null;
}

/** Lines and entries that explain each other. */
export interface ToldMatch {
  readonly ref: string | null;
  readonly lines: readonly ToldLine[];
  readonly entries: readonly ToldEntry[];
  readonly pass: Pass;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

export interface ToldException {
  readonly kind: ExceptionKind;
  readonly line: ToldLine | null;
  readonly entry: ToldEntry | null;
  /** Signed minor units: of the line, else of the entry; the difference for amounts that differ; null for a whole statement. */
  readonly amountMinor: number | null;
  readonly candidates: readonly { readonly entry: ToldEntry; readonly reasons: readonly Reason[] }[];
  readonly message: string;
  readonly suggestedCommand: string;
}

/** How a book and a statement agree at the end of the statement's last day; all in signed minor units. */
export interface Agreement {
  readonly day: string;
  /** Sum of the book up to that day, by value date. */
  readonly ledgerMinor: number;
  /** Of that, entries that no line explains. */
  readonly ledgerOnlyMinor: number;
  /** Lines that no entry explains. */
  readonly statementOnlyMinor: number;
  /** What lines that name an entry come to beside it: differences that wait for a decision. */
  readonly differsMinor: number;
  readonly closingMinor: number;
}

/** What neither the listed entries nor the listed lines explain: 0 when the arithmetic closes. */
export const unexplainedMinor = (agreement: Agreement): number =>
  agreement.closingMinor -
  (agreement.ledgerMinor - agreement.ledgerOnlyMinor + agreement.statementOnlyMinor + agreement.differsMinor);
