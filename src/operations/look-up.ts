import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { getFeeRule, resolveFeeRule, type FeeRuleView } from '../store/fee-rules.ts';
import { getFund, resolveFund, type FundView } from '../store/funds.ts';
import { getEntry, resolveEntry, type EntryView } from '../store/ledger.ts';
import { getImported, resolveStatement, type ImportedView } from '../store/imported-statements.ts';
import { getReplenishment, resolveReplenishment, type ReplenishmentView } from '../store/replenishments.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

/** The fund that a text names. Throws not found, also for those of other companies, or forbidden OUT_OF_SCOPE. */
export const findFund = (store: Store, actor: Actor, text: string): Promise<FundView> =>
  store.read((tx) => readableFund(tx, actor, text));

/** The same inside a transaction. */
export async function readableFund(tx: Tx, actor: Actor, text: string): Promise<FundView> {
  const view = await getFund(tx, await resolveFund(tx, text, actor.grants));
  requireAbilityAt(actor, 'books.read', view.fund);
  return view;
}

/** The replenishment request that a text names. Throws as `findFund` does. */
export const findReplenishment = (store: Store, actor: Actor, text: string): Promise<ReplenishmentView> =>
  store.read(async (tx) => {
    const view = await getReplenishment(tx, await resolveReplenishment(tx, text, actor.grants));
    requireAbilityAt(actor, 'books.read', (await getFund(tx, view.request.fundId)).fund);
    return view;
  });

/** The ledger entry that a text names. Throws as `findFund` does. */
export const findEntry = (store: Store, actor: Actor, text: string): Promise<EntryView> =>
  store.read(async (tx) => {
    const view = await getEntry(tx, await resolveEntry(tx, text, actor.grants));
    requireAbilityAt(actor, 'books.read', (await getFund(tx, view.entry.fundId)).fund);
    return view;
  });

/** The imported statement that a text names. Throws as `findFund` does. */
export const findImported = (store: Store, actor: Actor, text: string): Promise<ImportedView> =>
  store.read(async (tx) => {
    const view = await getImported(tx, await resolveStatement(tx, text, actor.grants));
    requireAbilityAt(actor, 'books.read', (await getFund(tx, view.statement.fundId)).fund);
    return view;
  });

/** The fee rule that a text names, of one fund or of all that the person may know of. Throws as `findFund` does. */
export const findFeeRule = (
  store: Store,
  actor: Actor,
  { rule, fund }: { readonly rule: string; readonly fund: string | null },
): Promise<FeeRuleView> =>
  store.read(async (tx) => {
    const fundId = fund === null ? null : (await readableFund(tx, actor, fund)).fund.id;
    const view = await getFeeRule(tx, await resolveFeeRule(tx, rule, { fundId, grants: actor.grants }));
    requireAbilityAt(actor, 'books.read', view.fund);
    return view;
  });
