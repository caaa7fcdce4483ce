import { payeeFlags, type Flag } from '../domain/payee-flags.ts';
import { payeeFacts } from '../store/payee-facts.ts';
import { getRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/**
 * What somebody should look at before a requisition is approved or paid; nothing of it refuses anything. The requisition is named by its
 * id, or given as it would be: a dry run keeps none.
 */
export const flagsOf = (store: Store, requisition: Row<'requisitions'> | string): Promise<Flag[]> =>
  store.read(async (tx) =>
    flagsIn(tx, typeof requisition === 'string' ? await getRequisition(tx, requisition) : requisition),
  );

/** Flags of many requisitions, by their ids. */
export const flagsOfAll = (
  store: Store,
  requisitions: readonly Row<'requisitions'>[],
): Promise<ReadonlyMap<string, readonly Flag[]>> =>
  store.read(async (tx) => {
    const flags = new Map<string, readonly Flag[]>();
    for (const requisition of requisitions) flags.set(requisition.id, await flagsIn(tx, requisition));
    return flags;
  });

/** The same inside a transaction. */
export const flagsIn = async (tx: Tx, requisition: Row<'requisitions'>): Promise<Flag[]> =>
  payeeFlags(await payeeFacts(tx, requisition));
