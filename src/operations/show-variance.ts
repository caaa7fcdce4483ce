import { requireAbilityAt, type Actor } from '../domain/access.ts';
import type { Policy } from '../domain/policy.ts';
import { getFund } from '../store/funds.ts';
import { lockPayment } from '../store/payments.ts';
import { allPolicies } from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { getVariance, resolveVariance, type VarianceView } from '../store/variances.ts';
import { mayDecide } from './judge-variance.ts';

/** A variance with what tells about it: who may decide on it while it is pending, and the policies that judge it. */
export interface ShownVariance {
  readonly view: VarianceView;
  /** Usernames; none once it is decided. */
  readonly mayDecide: readonly string[];
  readonly policies: ReadonlyMap<number, Policy>;
}

/** The variance that a text names. Throws not found, also for those of other companies, or forbidden OUT_OF_SCOPE. */
export const showVariance = (store: Store, actor: Actor, text: string): Promise<ShownVariance> =>
  store.read((tx) => varianceWithDeciders(tx, actor, text));

/** The same within a transaction. */
export async function varianceWithDeciders(tx: Tx, actor: Actor, text: string): Promise<ShownVariance> {
  const view = await getVariance(tx, await resolveVariance(tx, text, actor.grants));
  requireAbilityAt(actor, 'books.read', view.fund);
  const policies = await allPolicies(tx);
  const { variance } = view;
  if (variance.status !== 'pending') return { view, mayDecide: [], policies };
  const { fund } = await getFund(tx, variance.fundId);
  const payment = variance.paymentId === null ? null : await lockPayment(tx, variance.paymentId);
  const able = await mayDecide(tx, { fund, variance, payment });
  return { view, mayDecide: able.map(({ username }) => username), policies };
}
