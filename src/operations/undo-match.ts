import { requireAbility, type Actor } from '../domain/access.ts';
import { entryDelta, type EntryType } from '../domain/ledger.ts';
import { undoChecks } from '../domain/reconciliation/by-hand.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { getLine, getMatch, getMatchedEntry, resolveMatch } from '../store/matched-views.ts';
import { liveGroup, movePayments, undoMatches, type Match } from '../store/matches.ts';
import { lockPayment } from '../store/payments.ts';
import { pendingVarianceOf } from '../store/variances.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { reconciler, refuseFailingMatch, type HandMatch } from './judge-match.ts';

/** Undoes a match, with everything that was tied together with it; a reconciled payment is success again, fees stay booked. Throws forbidden, refused, not found. */
export async function undoMatch(
  store: Store,
  actor: Actor,
  wish: { readonly match: string; readonly reason: string | null },
): Promise<HandMatch> {
  requireAbility(actor, 'reconcile.run');
  const reason = usableReason(wish.reason);
  return store.write(async (tx) => {
    const unlocked = await getMatch(tx, await resolveMatch(tx, wish.match, actor.grants));
    const { payment: its, entry } = await getMatchedEntry(tx, unlocked.entryId);
    const payment = its === null ? null : await lockPayment(tx, its.id);
    const fund = await lockFund(tx, entry.fundId);
    const match = await getMatch(tx, unlocked.id);
    const person = await reconciler(tx, actor, fund, payment);
    const group = await liveGroup(tx, match);
    const pendingVariance = await pendingVarianceOf(
      tx,
      group.map(({ id }) => id),
    );
    refuseFailingMatch(
      `${match.ref} cannot be undone`,
      undoChecks({
        ...{ match, payment: payment?.ref ?? null, pendingVariance: pendingVariance ?? null },
        ...{ fundCode: fund.code, person },
      }),
      'UNDO_REFUSED',
      'Nothing was undone.',
    );
    await undoMatches(tx, group, { by: actor.userId, reason });
    const back = await paymentsOf(tx, group);
    await movePayments(
      tx,
      back.map(({ id }) => id),
      { from: 'reconciled', to: 'success' },
    );
    const line = match.lineId === null ? null : (await getLine(tx, match.lineId)).line;
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'match.undone',
      subject: match.ref,
      origin: actor.origin,
      payload: {
        fund: fund.code,
        matches: group.map(({ ref }) => ref),
        payments: back.map(({ ref }) => ref),
        line: line?.ref ?? null,
        reason,
      },
    });
    return {
      match: await getMatch(tx, match.id),
      ...{ line: line?.ref ?? null, entry: entry.ref, payment: payment?.ref ?? null, fund },
      amountMinor: line?.amountMinor ?? entryDelta(entry.type as EntryType, entry.amountMinor),
      before: payment?.status ?? null,
      after: payment?.status === 'reconciled' ? 'success' : (payment?.status ?? null),
    };
  });
}

async function paymentsOf(tx: Tx, group: readonly Match[]): Promise<Row<'payments'>[]> {
  const found = new Map<string, Row<'payments'>>();
  for (const { entryId } of group) {
    const { entry, payment } = await getMatchedEntry(tx, entryId);
    if (payment !== null && entry.kind === 'payment') found.set(payment.id, payment);
  }
  return [...found.values()];
}
