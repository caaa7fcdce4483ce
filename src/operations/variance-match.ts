import type { Actor } from '../domain/access.ts';
import { getMatch } from '../store/matched-views.ts';
import { insertMatch, liveGroup, undoMatches } from '../store/matches.ts';
import { updatePayment } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

// What a decision on a variance means for the match that it was recorded with; the only place where differences touch matches.

/**
 * Approved: the payment and its adjustment together are what the statement says, so both are matched and the payment is
 * reconciled. The caller has locked the payment and posted the entry. Answers the payment's status afterwards.
 */
export async function reconcileByVariance(
  tx: Tx,
  { payment, matchId, entry }: { payment: Row<'payments'>; matchId: string; entry: Row<'ledgerEntries'> },
): Promise<string> {
  const match = await getMatch(tx, matchId);
  // Undone since: the difference is a fact all the same, but no statement shows this payment any more.
  if (match.undoneAt !== null) return payment.status;
  const group = await liveGroup(tx, match);
  const { undoneBy: _by, undoneAt: _at, undoneReason: _why, ...live } = match;
  await insertMatch(tx, {
    ...live,
    ...(await newIdentity(tx, 'matches')),
    entryId: entry.id,
    entryPart: 1,
    // Without a line there is nothing that could be matched twice.
    linePart: match.lineId === null ? 1 : Math.max(...group.map(({ linePart }) => linePart)) + 1,
    createdAt: tx.now,
  });
  if (payment.status === 'reconciled') return payment.status;
  await updatePayment(tx, payment.id, { status: 'reconciled' });
  return 'reconciled';
}

/** Rejected: the line is not this payment's, and free for another; the payment stays as it was paid. */
export async function undoByRejection(
  tx: Tx,
  actor: Actor,
  { matchId, reason }: { matchId: string; reason: string | null },
): Promise<void> {
  const group = await liveGroup(tx, await getMatch(tx, matchId));
  await undoMatches(tx, group, { by: actor.userId, reason });
}
