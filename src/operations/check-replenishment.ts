import { mayAt, requireAbility, requireAbilityAt, type Actor } from '../domain/access.ts';
import { belowReorderLevel } from '../domain/ledger.ts';
import { formatAmount } from '../domain/money.ts';
import { findOpenReplenishment, getFund, listFunds, lockFund, resolveFund, type FundView } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { storeRequest } from './request-replenishment.ts';

/** A fund below its reorder level, with the request that is open for it. */
export interface LowFund {
  readonly view: FundView;
  /** The request that this check made. */
  readonly created: string | null;
}

export interface ReplenishmentCheck {
  /** One fund only; null for all that the person reaches. */
  readonly fund: string | null;
  /** Whether requests that are missing shall be made. */
  readonly create: boolean;
}

/** The open funds below their reorder level. With `create` each gets a request unless one is open, where the person may request. */
export async function checkReplenishment(store: Store, actor: Actor, check: ReplenishmentCheck): Promise<LowFund[]> {
  requireAbility(actor, 'replenishment.check');
  if (!check.create) return store.read((tx) => lowFunds(tx, actor, check.fund));
  requireAbility(actor, 'replenishment.request');
  return store.write(async (tx) => {
    const found = await lowFunds(tx, actor, check.fund);
    const low: LowFund[] = [];
    // Locked in the order of their ids, as everywhere.
    for (const { view } of found.toSorted((a, b) => (a.view.fund.id < b.view.fund.id ? -1 : 1))) {
      const created = await createMissing(tx, actor, view.fund.id);
      low.push({ view: await getFund(tx, view.fund.id), created });
    }
    return low.filter(({ view }) => belowReorderLevel(view.fund)).toReversed();
  });
}

async function lowFunds(tx: Tx, actor: Actor, named: string | null): Promise<LowFund[]> {
  const id = named === null ? undefined : await resolveFund(tx, named, actor.grants);
  if (id !== undefined) requireAbilityAt(actor, 'replenishment.check', (await getFund(tx, id)).fund);
  const all = { limit: 0, after: null };
  const { rows } = await listFunds(tx, { low: true, ...(id === undefined ? {} : { id }) }, all, actor.grants);
  return rows.filter((view) => mayAt(actor, 'replenishment.check', view.fund)).map((view) => ({ view, created: null }));
}

async function createMissing(tx: Tx, actor: Actor, fundId: string): Promise<string | null> {
  const fund = await lockFund(tx, fundId);
  // Under the lock: it may have been topped up, or requested, since it was found.
  if (fund.state !== 'open' || !belowReorderLevel(fund) || !mayAt(actor, 'replenishment.request', fund)) return null;
  if ((await findOpenReplenishment(tx, fund.id)) !== undefined) return null;
  const reason = `The balance is below the reorder level of ${formatAmount(fund.reorderLevelMinor, fund.currency)}.`;
  return (await storeRequest(tx, actor, fund, { autoTriggered: true, requestedBy: null, fixedMinor: null, reason }))
    .ref;
}
