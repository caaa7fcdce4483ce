import type { EntryKind, EntryType } from '../domain/ledger.ts';
import type { Row } from '../store/tables.ts';
import { money } from './money.ts';

/** An entry with the names that people know its parts by. */
export interface EntryNames {
  readonly entry: Row<'ledgerEntries'>;
  readonly fundCode: string;
  readonly currency: string;
  readonly paymentRef: string | null;
  readonly executionRef: string | null;
  readonly replenishmentRef?: string | null;
  readonly varianceRef?: string | null;
  readonly reversesRef?: string | null;
  readonly reversedByRef?: string | null;
  readonly matchRef?: string | null;
  readonly reconciledBy?: string | null;
  readonly reconciledAt?: Date | null;
  readonly lineRef?: string | null;
}

/** One line of a fund's book as scripts see it. */
export function ledgerEntryDocument({
  entry,
  fundCode,
  currency,
  paymentRef,
  executionRef,
  replenishmentRef,
  varianceRef,
  reversesRef,
  reversedByRef,
  matchRef = null,
  reconciledBy = null,
  reconciledAt = null,
  lineRef = null,
}: EntryNames) {
  return {
    id: entry.id,
    ref: entry.ref,
    fund: fundCode,
    seq: entry.seq,
    // The database allows no other types and kinds.
    type: entry.type as EntryType,
    kind: entry.kind as EntryKind,
    ...money('amount', entry.amountMinor, currency),
    ...money('balance_after', entry.balanceAfterMinor, currency),
    currency,
    value_date: entry.valueDate,
    payment: paymentRef,
    execution: executionRef,
    replenishment: replenishmentRef ?? null,
    variance: varianceRef ?? null,
    reverses: reversesRef ?? null,
    reversed_by: reversedByRef ?? null,
    description: entry.description,
    reconciled: matchRef !== null,
    reconciled_by: reconciledBy,
    reconciled_at: reconciledAt?.toISOString() ?? null,
    match: matchRef,
    statement_line: lineRef,
    created_at: entry.createdAt.toISOString(),
  };
}
export type LedgerEntryDocument = ReturnType<typeof ledgerEntryDocument>;
