import { webhookDocument } from '../../documents/webhook.ts';
import { removeWebhook } from '../../operations/remove-webhook.ts';
import type { Command } from '../command.ts';
import { webhookCard } from './card.ts';

export const command: Command = {
  path: 'webhook remove',
  summary: 'Tell an address nothing any more',
  details: 'What still waits for it is not told either.',
  arguments: [{ name: 'ref', about: 'webhook: reference or id' }],
  examples: [{ command: 'treasury webhook remove {WEBHOOK}', about: 'from now on' }],
  access: 'office.manage',
  writes: true,
  document: 'webhook',
  async run(context, input) {
    const { view, dropped, changed } = await removeWebhook(
      await context.store(),
      await context.actor(),
      input.text('ref'),
    );
    const document = webhookDocument(view);
    return {
      data: document,
      human: {
        lines: [
          changed
            ? `${document.ref}: active > removed; ${dropped} that waited ${dropped === 1 ? 'is' : 'are'} not told.`
            : `${document.ref} was removed already; nothing was changed.`,
        ],
        card: webhookCard(document),
        next: ['treasury webhook list'],
      },
    };
  },
};
