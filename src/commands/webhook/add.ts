import { resolve } from 'node:path';
import { requireAbility } from '../../domain/access.ts';
import { Problem, usage } from '../../domain/problem.ts';
import { webhookDocument } from '../../documents/webhook.ts';
import { removeFile, writeSecretFile } from '../../gateways/secret-file.ts';
import { newWebhookSecret, webhookSecretText } from '../../gateways/webhook.ts';
import { addWebhook } from '../../operations/add-webhook.ts';
import type { WebhookView } from '../../store/webhooks.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { webhookCard } from './card.ts';

export const command: Command = {
  path: 'webhook add',
  summary: 'Tell an address what happens, from now on',
  details:
    'Each event of the audit log that it asks for is posted by a worker as JSON, signed as Standard Webhooks say (webhook-id, webhook-timestamp, webhook-signature), at least once and until it is taken. https only, but on this machine; no redirects. The secret is written to a file, and kept under the pepper.',
  arguments: [{ name: 'url', about: 'https://example.org/treasury' }],
  options: [
    { flags: '--events <events>', about: 'payment.executed,replenishment.* (default: everything)' },
    { flags: '--secret-out <file>', about: 'the new file for the secret', required: true },
  ],
  examples: [
    {
      command: 'treasury webhook add https://example.org/treasury --events payment.executed --secret-out hook.secret',
      about: 'of every payment that was made',
    },
  ],
  access: 'office.manage',
  writes: true,
  refusesKey: () => 'a secret comes of it, which is kept in its file only',
  exits: [9],
  document: 'webhook',
  async run(context, input) {
    if (context.flags.dryRun)
      throw usage(
        'DRY_RUN_REFUSED',
        'A webhook cannot be added in a rehearsal: its secret would be good for nothing.',
        {
          unchanged: 'Nothing was added.',
        },
      );
    const actor = await context.actor();
    requireAbility(actor, 'office.manage');
    const file = resolve(input.text('secretOut'));
    const secret = newWebhookSecret();
    const pepper = await context.pepper();
    const [url, events] = [input.text('url'), input.many('events')];
    const view = await withFile(context, { file, text: webhookSecretText(secret) }, async () =>
      addWebhook(await context.store(), actor, { url, events, secret, pepper }),
    );
    const document = webhookDocument(view);
    return {
      data: document,
      human: {
        lines: [`Its secret is in ${file}: give it to whoever reads at that address.`],
        card: webhookCard(document),
        next: [`treasury webhook test ${document.ref}`, 'treasury schedule crontab'],
      },
    };
  },
};

/** The file comes first, so that no webhook exists whose secret nobody has; without the webhook it goes again. */
async function withFile(
  context: Context,
  { file, text }: { readonly file: string; readonly text: string },
  make: () => Promise<WebhookView>,
): Promise<WebhookView> {
  if (!(await writeSecretFile(file, `${text}\n`, { exclusive: true }))) {
    throw usage('FILE_EXISTS', `${file} is there already, and is not written over.`, {
      unchanged: 'Nothing was added.',
      fix: '--secret-out ANOTHER_FILE',
    });
  }
  try {
    return await make();
  } catch (error) {
    // Whether it was saved may not be known: then its secret must not be lost.
    if (error instanceof Problem && error.kind === 'pending') context.warn(`The secret is in ${file}.`);
    else await removeFile(file);
    throw error;
  }
}
