import { Problem } from '../../domain/problem.ts';
import { webhookDocument } from '../../documents/webhook.ts';
import { tellOne } from '../../operations/deliver-webhooks.ts';
import { newId } from '../../store/references.ts';
import { lockWebhook, resolveWebhook, webhookViews } from '../../store/webhooks.ts';
import { visible } from '../../terminal/clean.ts';
import type { Command } from '../command.ts';
import { webhookCard } from './card.ts';

export const command: Command = {
  path: 'webhook test',
  summary: 'Post a signed event webhook.test to an address, now',
  arguments: [{ name: 'ref', about: 'webhook: reference or id' }],
  examples: [{ command: 'treasury webhook test {WEBHOOK}', about: 'is it there, and does it take what is signed?' }],
  access: 'office.manage',
  writes: false,
  exits: [9],
  document: 'webhook',
  async run(context, input) {
    const store = await context.store();
    const { username } = await context.actor();
    const { webhook, view } = await store.read(async (tx) => {
      const id = await resolveWebhook(tx, input.text('ref'));
      const [found] = await webhookViews(tx, { removed: true, id });
      return { webhook: await lockWebhook(tx, id), view: found };
    });
    if (view === undefined) throw new Error(`webhook ${webhook.ref} has gone`);
    const now = context.now();
    const body = JSON.stringify({
      type: 'webhook.test',
      timestamp: now.toISOString(),
      data: { actor: username, subject: webhook.ref },
    });
    const document = webhookDocument(view);
    const address = visible(document.url);
    const error = await tellOne(webhook, { id: newId(), body }, { pepper: await context.pepper(), now });
    if (error !== null)
      throw new Problem('external', 'WEBHOOK_NOT_TAKEN', `${address} did not take it: ${error}.`, {
        unchanged: 'Nothing was changed.',
        fix: `treasury webhook remove ${webhook.ref}, or put it right there`,
      });
    return { data: document, human: { lines: [`${address} took it.`], card: webhookCard(document) } };
  },
};
