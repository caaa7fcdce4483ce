import type { Actor } from '../domain/access.ts';
import { usableWebhook, withoutSecrets } from '../domain/webhook.ts';
import { sealWebhookSecret } from '../gateways/webhook.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { newIdentity } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { activeWebhooks, insertWebhook, skipToNow, webhookViews, type WebhookView } from '../store/webhooks.ts';
import { lockOfficeAs } from './manage-office.ts';
import { requirePepperInForce } from './pepper-in-force.ts';

export interface NewWebhook {
  readonly url: string;
  /** As typed; none for everything. */
  readonly events: readonly string[];
  /** Random bytes that the caller keeps; the database gets them sealed. */
  readonly secret: Buffer;
  readonly pepper: Buffer;
}

/** Lets an address be told what happens from now on, by an admin. Throws usage WEBHOOK_INVALID, forbidden ROLE_MISSING. */
export async function addWebhook(store: Store, admin: Actor, request: NewWebhook): Promise<WebhookView> {
  const { url, events } = usableWebhook(request);
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    await requirePepperInForce(tx, request.pepper);
    // Nobody was told of what was before, and nobody is now.
    if ((await activeWebhooks(tx)).length === 0) await skipToNow(tx);
    const identity = await newIdentity(tx, 'webhooks');
    const row: Row<'webhooks'> = {
      ...identity,
      ...{ url, events, createdBy: admin.userId, createdAt: tx.now, removedBy: null, removedAt: null },
      secret: sealWebhookSecret(request.secret, { pepper: request.pepper, webhookId: identity.id }),
    };
    await insertWebhook(tx, row);
    const { username: actor, origin } = admin;
    // Others read the audit log, and are told of it.
    const payload = { url: withoutSecrets(url), events: events.split(',') };
    await recordOfficeEvent(tx, { actor, origin, action: 'webhook.added', subject: row.ref, payload });
    const [view] = await webhookViews(tx, { removed: false, id: row.id });
    if (view === undefined) throw new Error(`webhook ${row.ref} has gone`);
    return view;
  });
}
