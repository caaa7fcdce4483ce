import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import { batchRows, resolveBatch, type BatchRow } from '../store/batches.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

/** The batch that a text names. Throws not found, also for those of other companies, or forbidden OUT_OF_SCOPE. */
export async function readableBatch(tx: Tx, actor: Actor, text: string): Promise<BatchView> {
  const view = await getBatchView(tx, await resolveBatch(tx, text, actor.grants));
  requireAbilityAt(actor, 'books.read', view.fund);
  return view;
}

/** The same with its rows, in a transaction of its own. */
export const findBatch = (
  store: Store,
  actor: Actor,
  text: string,
): Promise<{ readonly view: BatchView; readonly rows: readonly BatchRow[] }> =>
  store.read(async (tx) => {
    const view = await readableBatch(tx, actor, text);
    return { view, rows: await batchRows(tx, view.batch.id) };
  });
