import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

const AT_ONCE = 500;

/** The fees of payments that are in the book, matched or not, positive minor units; payments without any are not there. */
export async function feesOfPayments(tx: Tx, paymentIds: readonly string[]): Promise<Map<string, number>> {
  const { ledgerEntries: e } = tx.t;
  const fees = new Map<string, number>();
  for (let at = 0; at < paymentIds.length; at += AT_ONCE) {
    const rows = await tx.db
      .select({ paymentId: e.paymentId, sum: sql<number>`sum(${e.amountMinor})`.mapWith(Number) })
      .from(e)
      .where(and(inArray(e.paymentId, paymentIds.slice(at, at + AT_ONCE)), eq(e.kind, 'fee')))
      .groupBy(e.paymentId);
    for (const { paymentId, sum } of rows) if (paymentId !== null) fees.set(paymentId, sum);
  }
  return fees;
}

/** A fee that was booked for a line whose match was undone: it stayed in the book, and nothing explains it now. */
export interface LooseFee {
  readonly id: string;
  readonly ref: string;
  readonly amountMinor: number;
  readonly valueDate: string;
}

/** The loose fees of a fund by the id of the line that each was booked for. */
export async function looseFees(tx: Tx, fundId: string): Promise<Map<string, LooseFee>> {
  const { ledgerEntries: e, matches: m } = tx.t;
  const rows = await tx.db
    .select({ lineId: m.lineId, id: e.id, ref: e.ref, amountMinor: e.amountMinor, valueDate: e.valueDate })
    .from(m)
    .innerJoin(e, eq(e.id, m.entryId))
    .where(
      and(
        eq(e.fundId, fundId),
        // As in the condition of the index of the rarer kinds.
        sql`${e.kind} <> 'payment'`,
        eq(e.kind, 'fee'),
        isNotNull(m.lineId),
        isNotNull(m.undoneAt),
        sql`not exists (select 1 from matches live where live.entry_id = ${e.id} and live.undone_at is null)`,
      ),
    );
  return new Map(rows.flatMap(({ lineId, ...fee }) => (lineId === null ? [] : [[lineId, fee] as const])));
}
