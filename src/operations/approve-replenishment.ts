import { type Actor } from '../domain/access.ts';
import { approvableMinor, approvalChecks } from '../domain/replenishment.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getReplenishment, updateReplenishment, type ReplenishmentView } from '../store/replenishments.ts';
import type { Store } from '../store/store.ts';
import { lockCase, refuseFailing } from './judge-replenishment.ts';

export interface ReplenishmentDecision {
  readonly replenishment: string;
  readonly reason: string | null;
}

export interface ReplenishmentStepTaken {
  readonly before: ReplenishmentView;
  readonly after: ReplenishmentView;
}

/**
 * Approves a pending request by a CFO who did not make it. Unless its amount was fixed by the requester, it is the way back
 * to the imprest level as the fund stands now. Throws with every check: forbidden when a person or role fails, else refused.
 */
export async function approveReplenishment(
  store: Store,
  actor: Actor,
  decision: ReplenishmentDecision,
): Promise<ReplenishmentStepTaken> {
  return store.write(async (tx) => {
    const found = await lockCase(tx, actor, decision.replenishment, 'replenishment.approve');
    const { before, request, fund } = found;
    refuseFailing(request, approvalChecks(found), 'approved');
    const amountMinor = approvableMinor(request, fund);
    await updateReplenishment(tx, request.id, {
      status: 'approved',
      requestedMinor: amountMinor,
      approvedMinor: amountMinor,
      approvedBy: actor.userId,
      decidedReason: decision.reason,
      decidedAt: tx.now,
    });
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'replenishment.approved',
      subject: request.ref,
      origin: actor.origin,
      payload: {
        fund: fund.code,
        balance_minor: fund.balanceMinor,
        currency: fund.currency,
        before: { status: request.status, requested_minor: request.requestedMinor },
        after: { status: 'approved', requested_minor: amountMinor },
        reason: decision.reason,
      },
    });
    return { before, after: await getReplenishment(tx, request.id) };
  });
}
