import { availableMinor, fundStatus } from '../domain/ledger.ts';
import type { FundView } from '../store/funds.ts';
import { maybeMoney, money } from './money.ts';

/** A fund as scripts see it. */
export function fundDocument(view: FundView) {
  const { fund } = view;
  return {
    id: fund.id,
    ref: fund.ref,
    code: fund.code,
    name: fund.name,
    company: view.company,
    region: view.region,
    branch: view.branch,
    currency: fund.currency,
    ...money('balance', fund.balanceMinor, fund.currency),
    ...money('reserved', fund.reservedMinor, fund.currency),
    ...money('available', availableMinor(fund), fund.currency),
    ...money('reorder_level', fund.reorderLevelMinor, fund.currency),
    ...money('imprest_level', fund.imprestLevelMinor, fund.currency),
    ...money('otp_threshold', fund.otpThresholdMinor, fund.currency),
    ...maybeMoney('payment_limit', fund.paymentLimitMinor, fund.currency),
    ...maybeMoney('daily_limit', fund.dailyLimitMinor, fund.currency),
    auto_replenish: fund.autoReplenish,
    status: fundStatus(fund),
    last_replenished: fund.lastReplenishedAt?.toISOString() ?? null,
    open_replenishment: view.openReplenishment,
    pending_variances: view.pendingVariances,
    created_at: fund.createdAt.toISOString(),
  };
}
export type FundDocument = ReturnType<typeof fundDocument>;
