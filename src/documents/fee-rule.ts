import { tariffIn, type FeeRuleView } from '../store/fee-rules.ts';
import { maybeMoney, money } from './money.ts';

/** A fee rule as scripts see it. The last step of a tariff may have no end: `up_to` is null then. */
export function feeRuleDocument({ rule, fund, changeRef, proposedBy, confirmedBy, endedBy }: FeeRuleView) {
  const { currency } = fund;
  return {
    id: rule.id,
    ref: rule.ref,
    fund: fund.code,
    name: rule.name,
    books: rule.contains === '' ? ('within' as const) : ('charges' as const),
    contains: rule.contains === '' ? null : rule.contains,
    tariff: tariffIn(rule.tariff).map(({ upToMinor, feeMinor }) => ({
      ...maybeMoney('up_to', upToMinor, currency),
      ...money('at_most', feeMinor, currency),
    })),
    currency,
    status: rule.endedAt === null ? ('live' as const) : ('ended' as const),
    change: changeRef,
    proposed_by: proposedBy,
    confirmed_by: confirmedBy,
    created_at: rule.createdAt.toISOString(),
    ended_by: endedBy,
    ended_at: rule.endedAt?.toISOString() ?? null,
  };
}
export type FeeRuleDocument = ReturnType<typeof feeRuleDocument>;
