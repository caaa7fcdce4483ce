import type { WebhookDocument } from '../../documents/webhook.ts';
import { visible } from '../../terminal/clean.ts';
import type { CardLine } from '../command.ts';

/** One webhook for people. */
export const webhookCard = (document: WebhookDocument): CardLine[] => [
  { label: 'Webhook', value: document.ref },
  { label: 'Address', value: visible(document.url) },
  { label: 'Events', value: document.events.join(', ') },
  { label: 'Status', value: document.status },
  { label: 'Waiting', value: String(document.waiting) },
];
