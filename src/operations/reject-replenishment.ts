import type { Actor } from '../domain/access.ts';
import { rejectionChecks } from '../domain/replenishment.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getReplenishment, updateReplenishment } from '../store/replenishments.ts';
import type { Store } from '../store/store.ts';
import type { ReplenishmentDecision, ReplenishmentStepTaken } from './approve-replenishment.ts';
import { lockCase, refuseFailing } from './judge-replenishment.ts';

/** Rejects a request that is pending or approved. Throws with every check: forbidden when the role fails, else refused. */
export async function rejectReplenishment(
  store: Store,
  actor: Actor,
  decision: ReplenishmentDecision,
): Promise<ReplenishmentStepTaken> {
  return store.write(async (tx) => {
    const found = await lockCase(tx, actor, decision.replenishment, 'replenishment.approve');
    const { before, request, fund } = found;
    refuseFailing(request, rejectionChecks(found), 'rejected');
    await updateReplenishment(tx, request.id, {
      status: 'rejected',
      rejectedBy: actor.userId,
      decidedReason: decision.reason,
      decidedAt: tx.now,
    });
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'replenishment.rejected',
      subject: request.ref,
      origin: actor.origin,
      payload: {
        fund: fund.code,
        before: { status: request.status },
        after: { status: 'rejected' },
        reason: decision.reason,
      },
    });
    return { before, after: await getReplenishment(tx, request.id) };
  });
}
