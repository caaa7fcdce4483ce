import { addToTotals, insertLedgerEntry, startTotals } from './execution-writes.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Adds one line to a fund's book and to its running totals. The fund's row must already carry the new balance and seq. */
export async function insertEntry(tx: Tx, entry: Row<'ledgerEntries'>): Promise<void> {
  const totals = { fundId: entry.fundId, type: entry.type, kind: entry.kind, amountMinor: entry.amountMinor };
  await insertLedgerEntry(tx, entry);
  if ((await addToTotals(tx, totals)) === 0) await startTotals(tx, totals);
}
