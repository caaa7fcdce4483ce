import { requireWithinReach, type Actor } from '../domain/access.ts';
import { getChangeView, resolveChange } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { kindOf } from './change-kinds.ts';
import { findDeciders, type Proposed } from './two-people.ts';

/** A change that a person may see, and who may confirm it now. Another company's is not found (3), out of scope is 5. */
export const lookAtChange = (store: Store, actor: Actor, named: string): Promise<Proposed> =>
  store.read((tx) => changeWithDeciders(tx, actor, named));

/** The same within a transaction. */
export async function changeWithDeciders(tx: Tx, actor: Actor, named: string): Promise<Proposed> {
  const proposed = await getChangeView(tx, await resolveChange(tx, named, actor.grants));
  const { change } = proposed;
  if (change.companyId !== null) requireWithinReach(actor, { ...change, companyId: change.companyId });
  return { proposed, deciders: await findDeciders(tx, await kindOf(change.kind), change) };
}
