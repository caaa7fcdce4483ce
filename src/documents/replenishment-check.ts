import type { FundView } from '../store/funds.ts';
import { money } from './money.ts';

/** A fund below its reorder level, with the request that is open and the one that this check made. */
export function replenishmentCheckDocument({ view, created }: { view: FundView; created: string | null }) {
  const { fund } = view;
  return {
    fund: fund.code,
    ...money('balance', fund.balanceMinor, fund.currency),
    ...money('reorder_level', fund.reorderLevelMinor, fund.currency),
    ...money('short_by', fund.reorderLevelMinor - fund.balanceMinor, fund.currency),
    currency: fund.currency,
    open_replenishment: view.openReplenishment,
    created,
  };
}
export type ReplenishmentCheckDocument = ReturnType<typeof replenishmentCheckDocument>;
