import { requireAbility, requireAbilityAt, type Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { endFeeRule, getFeeRule, resolveFeeRule, type FeeRuleView } from '../store/fee-rules.ts';
import { lockFund, resolveFund } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import { requiredReason } from './decide-requisition.ts';

/**
 * Ends a fee rule at once: from now on nothing is booked by it; what was booked stays. By one treasurer or CFO, as it takes a power
 * away and gives none. Throws forbidden, not found, conflict FEE_RULE_ENDED, usage REASON_INVALID.
 */
export async function endRule(
  store: Store,
  actor: Actor,
  wish: { readonly rule: string; readonly fund: string; readonly reason: string },
): Promise<FeeRuleView> {
  requireAbility(actor, 'reconcile.run');
  requirePerson(actor);
  const reason = requiredReason(wish.reason);
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, wish.fund, actor.grants));
    requireAbilityAt(actor, 'reconcile.run', fund);
    const id = await resolveFeeRule(tx, wish.rule, { fundId: fund.id, grants: actor.grants });
    const { rule, endedBy } = await getFeeRule(tx, id);
    if (rule.endedAt !== null) {
      throw new Problem('conflict', 'FEE_RULE_ENDED', `The rule ${rule.name} (${rule.ref}) was ended by ${endedBy}.`, {
        unchanged: 'Nothing was changed.',
        fix: `treasury reconcile fee list --fund ${fund.code}`,
        retryable: false,
      });
    }
    await endFeeRule(tx, id, actor.userId);
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'fee_rule.ended',
      subject: rule.ref,
      origin: actor.origin,
      payload: { fund: fund.code, name: rule.name, reason },
    });
    return getFeeRule(tx, id);
  });
}
