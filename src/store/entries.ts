import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from './transaction.ts';
import type { NewRow, Row } from './tables.ts';

/** Adds one line to a fund's book and to its running totals. The fund's row must already carry the new balance and seq. */
export async function insertEntry(tx: Tx, entry: NewRow<'ledgerEntries'>): Promise<void> {
  await tx.db.insert(tx.t.ledgerEntries).values(entry);
  await addToTotals(tx, entry);
}

async function addToTotals(tx: Tx, entry: NewRow<'ledgerEntries'>): Promise<void> {
  const { ledgerTotals } = tx.t;
  const where = and(
    eq(ledgerTotals.fundId, entry.fundId),
    eq(ledgerTotals.type, entry.type),
    eq(ledgerTotals.kind, entry.kind),
  );
  const [present] = await tx.db.select({ entries: ledgerTotals.entries }).from(ledgerTotals).where(where);
  if (present === undefined) {
    await tx.db
      .insert(ledgerTotals)
      .values({ fundId: entry.fundId, type: entry.type, kind: entry.kind, entries: 1, amountMinor: entry.amountMinor });
    return;
  }
  await tx.db
    .update(ledgerTotals)
    .set({
      entries: sql`${ledgerTotals.entries} + 1`,
      amountMinor: sql`${ledgerTotals.amountMinor} + ${entry.amountMinor}`,
    })
    .where(where);
}

export type EntryRow = Row<'ledgerEntries'>;
