import { replenishmentAmount } from '../domain/ledger.ts';
import { formatAmount } from '../domain/money.ts';
import { newIdentity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

export interface ReplenishmentWish {
  readonly autoTriggered: boolean;
  /** Id of the user; null for what nobody asked for. */
  readonly requestedBy: string | null;
  /** An amount that stays as it is; null for the way back to the imprest level, computed anew at approval. */
  readonly fixedMinor: number | null;
  readonly reason: string;
}

/** A pending request for a fund, not yet stored. */
export async function newReplenishment(
  tx: Tx,
  fund: Row<'funds'>,
  wish: ReplenishmentWish,
): Promise<Row<'replenishmentRequests'>> {
  return {
    ...(await newIdentity(tx, 'replenishmentRequests')),
    fundId: fund.id,
    balanceMinor: fund.balanceMinor,
    requestedMinor: wish.fixedMinor ?? replenishmentAmount(fund),
    approvedMinor: null,
    fundedMinor: null,
    status: 'pending',
    autoTriggered: wish.autoTriggered,
    amountFixed: wish.fixedMinor !== null,
    requestedBy: wish.requestedBy,
    approvedBy: null,
    rejectedBy: null,
    fundedBy: null,
    reason: wish.reason,
    decidedReason: null,
    reference: null,
    createdAt: tx.now,
    decidedAt: null,
    fundedAt: null,
  };
}

/** The request that a fund makes by itself after an entry left it below its reorder level, not yet stored. */
export const automaticReplenishment = (tx: Tx, fund: Row<'funds'>): Promise<Row<'replenishmentRequests'>> =>
  newReplenishment(tx, fund, {
    autoTriggered: true,
    requestedBy: null,
    fixedMinor: null,
    reason: `The balance fell below the reorder level of ${formatAmount(fund.reorderLevelMinor, fund.currency)}.`,
  });
