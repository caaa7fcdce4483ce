import type { Actor } from '../domain/access.ts';
import { withoutSecrets } from '../domain/webhook.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import type { Store } from '../store/store.ts';
import { endWebhook, lockWebhook, resolveWebhook, webhookViews, type WebhookView } from '../store/webhooks.ts';
import { lockOfficeAs } from './manage-office.ts';

/** Tells an address nothing any more, not even what waits for it; answers how much that was. A second time changes nothing. */
export async function removeWebhook(
  store: Store,
  admin: Actor,
  named: string,
): Promise<{ readonly view: WebhookView; readonly dropped: number; readonly changed: boolean }> {
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const { id, ref, url, removedAt } = await lockWebhook(tx, await resolveWebhook(tx, named));
    const changed = removedAt === null;
    const dropped = changed ? await endWebhook(tx, id, admin.userId) : 0;
    if (changed) {
      const { username: actor, origin } = admin;
      // Others read the audit log, and are told of it.
      const payload = { url: withoutSecrets(url), dropped };
      await recordOfficeEvent(tx, { actor, origin, action: 'webhook.removed', subject: ref, payload });
    }
    const [view] = await webhookViews(tx, { removed: true, id });
    if (view === undefined) throw new Error(`webhook ${ref} has gone`);
    return { view, dropped, changed };
  });
}
