import { raisesReplenishment } from '../domain/replenishment.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { findOpenReplenishment } from '../store/funds.ts';
import { insertReplenishment } from '../store/replenishments.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { automaticReplenishment } from './new-replenishment.ts';

/**
 * After an entry: a fund that stands below its reorder level gets a pending request that nobody asked for, unless one is
 * open. The caller holds the fund's lock and passes its row after the entry. Null when nothing was to be done.
 */
export async function triggerReplenishment(
  tx: Tx,
  fund: Row<'funds'>,
): Promise<{ fund: Row<'funds'>; replenishment: Row<'replenishmentRequests'> } | null> {
  if (!raisesReplenishment(fund) || (await findOpenReplenishment(tx, fund.id)) !== undefined) return null;
  const replenishment = await automaticReplenishment(tx, fund);
  await insertReplenishment(tx, replenishment);
  const head = await recordFundEvent(tx, fund, {
    actor: 'system',
    action: 'replenishment.requested',
    subject: replenishment.ref,
    payload: {
      fund: fund.code,
      balance_minor: fund.balanceMinor,
      requested_minor: replenishment.requestedMinor,
      currency: fund.currency,
      auto_triggered: true,
    },
  });
  return { fund: { ...fund, ...head }, replenishment };
}
