import { Problem } from './problem.ts';

export const ENTRY_TYPES = ['debit', 'credit', 'adjustment'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];
export const ENTRY_KINDS = [
  'opening',
  'payment',
  'fee',
  'replenishment',
  'variance',
  'transfer',
  'return',
  'reversal',
  'suspense',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Book {
  readonly balanceMinor: number;
  readonly entrySeq: number;
}

/** What an entry does to its fund's balance, in minor units: debits take, credits give, adjustments are signed. */
export const entryDelta = (type: EntryType, amountMinor: number): number =>
  type === 'debit' ? -amountMinor : amountMinor;

/** The book after one more entry. Throws refused BALANCE_OVERFLOW when the balance would leave the safe integers: the books are well. */
export function bookAfter(book: Book, entry: { type: EntryType; amountMinor: number }): Book {
  const balanceMinor = book.balanceMinor + entryDelta(entry.type, entry.amountMinor);
  if (!Number.isSafeInteger(balanceMinor)) {
    throw new Problem('refused', 'BALANCE_OVERFLOW', 'The balance would be greater than this tool can keep.', {
      unchanged: 'Nothing was posted.',
      fix: 'post a smaller amount, or to another fund',
    });
  }
  return { balanceMinor, entrySeq: book.entrySeq + 1 };
}

/** Money that can be paid out now. */
export const availableMinor = (fund: { balanceMinor: number; reservedMinor: number }): number =>
  fund.balanceMinor - fund.reservedMinor;

/** A fund needs money when its balance is strictly below its reorder level. */
export const belowReorderLevel = (fund: { balanceMinor: number; reorderLevelMinor: number }): boolean =>
  fund.balanceMinor < fund.reorderLevelMinor;

/** How a fund is called: frozen and closed first, then low or ok. */
export function fundStatus(fund: {
  state: string;
  balanceMinor: number;
  reorderLevelMinor: number;
}): 'ok' | 'low' | 'frozen' | 'closed' {
  if (fund.state === 'frozen' || fund.state === 'closed') return fund.state;
  return belowReorderLevel(fund) ? 'low' : 'ok';
}

/** What a request asks for: the way back to the imprest level, or as much of it as one amount can be when the fund owes that much. */
export const replenishmentAmount = (fund: { balanceMinor: number; imprestLevelMinor: number }): number =>
  Math.min(fund.imprestLevelMinor - fund.balanceMinor, Number.MAX_SAFE_INTEGER);

/** `PV-NBI-2026-00412`: gapless per fund and posting year. */
export const voucherNumber = (fundCode: string, year: number, seq: number): string =>
  `PV-${fundCode}-${year}-${String(seq).padStart(5, '0')}`;
