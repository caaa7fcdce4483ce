import { wants, webhookBody } from '../domain/webhook.ts';
import type { Store } from '../store/store.ts';
import { activeWebhooks, chainsBehind, eventsAfter, lockCursor, moveCursor, putNotices } from '../store/webhooks.ts';
import type { Tx } from '../store/transaction.ts';

/** Events that are looked at in one transaction. */
const AT_ONCE = 200;

/**
 * Puts what happened into the outbox for each webhook that wants it. The events are those of the audit chains, written in the
 * transaction of what they tell; how far each chain has been told is kept beside them, so that nothing is left out or put there twice.
 * Answers how much was put there.
 */
export async function spreadEvents(store: Store): Promise<number> {
  let put = 0;
  for (const { chain } of await store.read(chainsBehind)) put += await store.write((tx) => spreadChain(tx, chain));
  return put;
}

async function spreadChain(tx: Tx, chain: string): Promise<number> {
  const webhooks = await activeWebhooks(tx);
  const seq = await lockCursor(tx, chain);
  const events = await eventsAfter(tx, { chain, seq }, AT_ONCE);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const notices = events.flatMap((event) => {
    const { action, at } = JSON.parse(event.body) as { readonly action: string; readonly at: string };
    return webhooks
      .filter(({ events: wanted, createdAt }) => new Date(at) >= createdAt && wants(wanted, action))
      .map(({ id }) => ({ webhookId: id, body: webhookBody(event) }));
  });
  await putNotices(tx, notices);
  await moveCursor(tx, chain, last.seq);
  return notices.length;
}
