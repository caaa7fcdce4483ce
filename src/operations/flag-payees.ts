import { payeeFlags, type Flag } from '../domain/payee-flags.ts';
import { payeeFacts } from '../store/payee-facts.ts';
import { getRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';

/** What somebody should look at before a requisition is approved or paid; nothing of it refuses anything. */
export const flagsOf = (store: Store, requisitionId: string): Promise<Flag[]> =>
  store.read(async (tx) => payeeFlags(await payeeFacts(tx, await getRequisition(tx, requisitionId))));

/** Flags of many requisitions, by their ids. */
export const flagsOfAll = (store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Flag[]>> =>
  store.read(async (tx) => {
    const flags = new Map<string, readonly Flag[]>();
    for (const id of ids) flags.set(id, payeeFlags(await payeeFacts(tx, await getRequisition(tx, id))));
    return flags;
  });
