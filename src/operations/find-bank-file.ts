import { requireAbilityAt, type Actor } from '../domain/access.ts';
import {
  getBankFile,
  resolveBankFile,
  saidOfFile,
  type BankFileView,
  type ShownOrder,
} from '../store/bank-file-views.ts';
import { ordersOfFile } from '../store/bank-files.ts';
import type { Store } from '../store/store.ts';
import { readMessage } from './read-message.ts';

/** The file that a text names, with its orders. Throws not found, also for those of other companies, or forbidden OUT_OF_SCOPE. */
export const findBankFileNamed = (
  store: Store,
  actor: Actor,
  text: string,
): Promise<{ readonly view: BankFileView; readonly orders: readonly ShownOrder[] }> =>
  store.read(async (tx) => {
    const view = await getBankFile(tx, await resolveBankFile(tx, text, actor.grants));
    requireAbilityAt(actor, 'books.read', view.fund);
    const said = await saidOfFile(tx, view.file.id);
    const orders = (await ordersOfFile(tx, view.file.id)).map((order) => {
      const message = said.get(order.attempt.id)?.at(-1);
      return { ...order, said: message === undefined ? null : { message, result: readMessage(message) } };
    });
    return { view, orders };
  });
