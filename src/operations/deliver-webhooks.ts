import { waitAfter } from '../domain/backoff.ts';
import { WEBHOOK_BACKOFF } from '../domain/webhook.ts';
import { openWebhookSecret, tell } from '../gateways/webhook.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { noteNotice, takeNotices } from '../store/webhooks.ts';

/** Told side by side: an address that does not answer makes nobody else wait. */
const AT_ONCE = 10;

export interface Telling {
  readonly pepper: () => Promise<Buffer>;
  readonly now: () => Date;
  /** 0 <= chance < 1. */
  readonly chance: () => number;
}

/**
 * Tells webhooks what waits for them; what is not taken is tried again later and later. Something may be told twice, under the same id,
 * never left out. Answers how many were told, and why others were not.
 */
export async function deliverWebhooks(
  store: Store,
  telling: Telling,
): Promise<{ told: number; failures: readonly string[] }> {
  const taken = await store.write((tx) => takeNotices(tx, AT_ONCE));
  if (taken.length === 0) return { told: 0, failures: [] };
  const pepper = await telling.pepper();
  const results = await Promise.all(
    taken.map(async ({ message, webhook }) => ({
      message,
      webhook,
      error: await tellOne(webhook, { id: message.id, body: message.payload }, { pepper, now: telling.now() }),
    })),
  );
  for (const { message, error } of results) {
    await store.write((tx) => {
      const wait = waitAfter(message.deliveries + 1, telling.chance(), WEBHOOK_BACKOFF);
      return noteNotice(tx, message.id, error === null ? null : { error, nextAt: new Date(tx.now.getTime() + wait) });
    });
  }
  const failures = results.flatMap(({ webhook, error }) => (error === null ? [] : [`${webhook.ref}: ${error}`]));
  return { told: results.length - failures.length, failures: [...new Set(failures)] };
}

/** Tells one webhook one thing; answers why it was not taken, null when it was. */
export async function tellOne(
  { id: webhookId, url, secret: sealed }: Row<'webhooks'>,
  notice: { readonly id: string; readonly body: string },
  { pepper, now }: { readonly pepper: Buffer; readonly now: Date },
): Promise<string | null> {
  const secret = openWebhookSecret(sealed, { pepper, webhookId });
  if (secret === null) return 'its secret was sealed under another pepper: remove it, and add it again';
  return tell({ url, id: `msg_${notice.id}`, body: notice.body, secret, now });
}
