import type { Actor } from '../domain/access.ts';
import { kindOf } from '../domain/variance.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import type { Store } from '../store/store.ts';
import { getVariance, updateVariance, type VarianceView } from '../store/variances.ts';
import { requiredReason } from './decide-requisition.ts';
import { lockDecision, partsOf } from './decide-variance.ts';
import { undoByRejection } from './variance-match.ts';

/**
 * Rejects a variance: nothing is posted, and the match that it was recorded with is undone. By whoever could approve it. Throws
 * not found, forbidden or refused with every check, usage for a wrong reason.
 */
export async function rejectVariance(
  store: Store,
  actor: Actor,
  request: { readonly variance: string; readonly reason: string },
): Promise<VarianceView> {
  const reason = requiredReason(request.reason);
  return store.write(async (tx) => {
    const found = await lockDecision(tx, actor, { variances: [request.variance], reason, act: 'reject' });
    const [variance] = found.variances;
    if (variance === undefined) throw new Error(`${request.variance} has gone`);
    const { fund, payment } = partsOf(found, variance);
    await updateVariance(tx, variance.id, {
      ...{ status: 'rejected', decidedBy: actor.userId, decidedAt: tx.now, decidedReason: reason },
      ...{ policyVersion: found.policy.version, entryId: null },
    });
    if (variance.matchId !== null) await undoByRejection(tx, actor, { matchId: variance.matchId, reason });
    await recordFundEvent(tx, fund, {
      ...{ actor: actor.username, action: 'variance.rejected', subject: variance.ref, origin: actor.origin },
      payload: {
        fund: fund.code,
        kind: kindOf(variance),
        payment: payment?.ref ?? null,
        variance_minor: variance.varianceMinor,
        currency: fund.currency,
        status_before: variance.status,
        status_after: 'rejected',
        policy: found.policy.version,
        reason,
      },
    });
    return getVariance(tx, variance.id);
  });
}
