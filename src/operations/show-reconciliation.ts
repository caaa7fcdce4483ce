import { requireAbility, requireAbilityAt, type Actor } from '../domain/access.ts';
import { addDays, dayInZone, daysBetween } from '../domain/day.ts';
import { getFund, resolveFund } from '../store/funds.ts';
import { getOffice } from '../store/office.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { findReconciliation, type ReconciledPayment } from '../store/matched-views.ts';
import { reconciliationOf, unmatchedItems, type FundReconciliation, type UnmatchedItem } from '../store/unmatched.ts';

const WEEK = 7;
const MONTH = 30;

/** How far a fund, or every fund within reach, is reconciled; with ages counted to today in the office's zone. Throws forbidden, not found. */
export async function showReconciliation(
  store: Store,
  actor: Actor,
  fund: string | null,
): Promise<FundReconciliation[]> {
  requireAbility(actor, 'books.read');
  return store.read(async (tx) => {
    const today = dayInZone(tx.now, (await getOffice(tx)).timezone);
    const fundId = await readableFundId(tx, actor, fund);
    return reconciliationOf(tx, { fundId, week: addDays(today, -WEEK), month: addDays(today, -MONTH) }, actor.grants);
  });
}

/** An item that nothing explains, and for how many days that has been so. */
export interface AgedItem extends UnmatchedItem {
  readonly ageDays: number;
}

/** Lines and entries that no match explains, oldest first. Throws as above. */
export async function listUnmatched(
  store: Store,
  actor: Actor,
  wish: { readonly fund: string | null; readonly since: string | null; readonly until: string | null },
): Promise<AgedItem[]> {
  requireAbility(actor, 'books.read');
  return store.read(async (tx) => {
    const today = dayInZone(tx.now, (await getOffice(tx)).timezone);
    const fundId = await readableFundId(tx, actor, wish.fund);
    const items = await unmatchedItems(tx, { fundId, since: wish.since, until: wish.until }, actor.grants);
    return items.map((item) => ({ ...item, ageDays: daysBetween(item.day, today) }));
  });
}

async function readableFundId(tx: Tx, actor: Actor, named: string | null): Promise<string | null> {
  if (named === null) return null;
  const id = await resolveFund(tx, named, actor.grants);
  requireAbilityAt(actor, 'books.read', (await getFund(tx, id)).fund);
  return id;
}

/** What explains a reconciled payment. */
export const reconciledOf = (store: Store, paymentId: string): Promise<ReconciledPayment | null> =>
  store.read((tx) => findReconciliation(tx, paymentId));
