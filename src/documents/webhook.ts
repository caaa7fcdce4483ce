import { withoutSecrets } from '../domain/webhook.ts';
import type { WebhookView } from '../store/webhooks.ts';

/** A webhook as scripts see it: which address is told of what, and how it fares. Nothing of its secret, nor of those in its address. */
export const webhookDocument = ({ webhook, createdBy, waiting, lastDeliveredAt, lastError }: WebhookView) => ({
  id: webhook.id,
  ref: webhook.ref,
  url: withoutSecrets(webhook.url),
  events: webhook.events.split(','),
  status: webhook.removedAt === null ? ('active' as const) : ('removed' as const),
  waiting,
  last_delivered_at: lastDeliveredAt?.toISOString() ?? null,
  last_error: lastError,
  created_by: createdBy,
  created_at: webhook.createdAt.toISOString(),
  removed_at: webhook.removedAt?.toISOString() ?? null,
});
export type WebhookDocument = ReturnType<typeof webhookDocument>;
