import { newId } from './references.ts';
import type { Tx } from './transaction.ts';

/** Notes that the office goes on from a clock that contradicted its newest event. */
export async function insertClockAcceptance(
  tx: Tx,
  acceptance: { readonly newestAt: Date; readonly userId: string; readonly changeId: string | null },
): Promise<void> {
  await tx.db.insert(tx.t.clockAcceptances).values({ id: newId(), acceptedAt: tx.now, ...acceptance });
}
