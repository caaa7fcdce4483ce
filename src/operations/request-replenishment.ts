import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { replenishmentAmount } from '../domain/ledger.ts';
import { textFault, tidyText } from '../domain/destination.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { findOpenReplenishment, lockFund, resolveFund } from '../store/funds.ts';
import { getReplenishment, insertReplenishment, type ReplenishmentView } from '../store/replenishments.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { newReplenishment, type ReplenishmentWish } from './new-replenishment.ts';

const LONGEST_REASON = 500;

export interface ReplenishmentRequest {
  readonly fund: string;
  /** As typed; without one the way back to the imprest level, computed anew at approval. */
  readonly amount: string | null;
  readonly reason: string;
}

/**
 * Asks for a fund to be topped up. Throws usage, forbidden, refused FUND_CLOSED or NOTHING_NEEDED, or conflict
 * REPLENISHMENT_OPEN that names the request which is open already.
 */
export async function requestReplenishment(
  store: Store,
  actor: Actor,
  request: ReplenishmentRequest,
): Promise<ReplenishmentView> {
  return store.write(async (tx) => {
    const fund = await lockFund(tx, await resolveFund(tx, request.fund, actor.grants));
    requireAbilityAt(actor, 'replenishment.request', fund);
    const reason = usableReason(request.reason);
    const fixedMinor = request.amount === null ? null : parseAmount(request.amount, fund.currency);
    await requireRequestable(tx, fund, fixedMinor);
    const row = await storeRequest(tx, actor, fund, {
      autoTriggered: false,
      requestedBy: actor.userId,
      fixedMinor,
      reason,
    });
    return getReplenishment(tx, row.id);
  });
}

function usableReason(text: string): string {
  const reason = tidyText(text);
  const fault = textFault('the reason', reason, LONGEST_REASON);
  if (fault === null) return reason;
  throw usage('REASON_INVALID', `${fault}.`, { unchanged: 'Nothing was requested.' });
}

async function requireRequestable(tx: Tx, fund: Row<'funds'>, fixedMinor: number | null): Promise<void> {
  const unchanged = 'Nothing was requested.';
  if (fund.state === 'closed')
    throw new Problem('refused', 'FUND_CLOSED', `Fund ${fund.code} is closed.`, {
      unchanged,
      fix: `treasury fund show ${fund.code}`,
    });
  const open = await findOpenReplenishment(tx, fund.id);
  if (open !== undefined) {
    throw new Problem(
      'conflict',
      'REPLENISHMENT_OPEN',
      `Fund ${fund.code} has an open request already: ${open.ref} (${open.status}).`,
      {
        unchanged,
        fix: `treasury replenish show ${open.ref}`,
        retryable: false,
      },
    );
  }
  if (fixedMinor !== null || replenishmentAmount(fund) > 0) return;
  const money = (minor: number) => formatAmount(minor, fund.currency);
  throw new Problem(
    'refused',
    'NOTHING_NEEDED',
    `Fund ${fund.code} holds ${money(fund.balanceMinor)}; its imprest level is ${money(fund.imprestLevelMinor)}.`,
    { unchanged, fix: `treasury replenish request ${fund.code} --amount AMOUNT --reason TEXT` },
  );
}

/** Stores a pending request for a locked fund as one event in the name of a person. */
export async function storeRequest(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  wish: ReplenishmentWish,
): Promise<Row<'replenishmentRequests'>> {
  const row = await newReplenishment(tx, fund, wish);
  await insertReplenishment(tx, row);
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'replenishment.requested',
    subject: row.ref,
    origin: actor.origin,
    payload: {
      fund: fund.code,
      balance_minor: fund.balanceMinor,
      requested_minor: row.requestedMinor,
      currency: fund.currency,
      auto_triggered: row.autoTriggered,
      reason: row.reason,
    },
  });
  return row;
}
