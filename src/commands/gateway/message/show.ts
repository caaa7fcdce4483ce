import { isOdd } from '../../../domain/odd-message.ts';
import { gatewayMessageDocument } from '../../../documents/gateway-message.ts';
import { findMessage, saysOf } from '../../../operations/settle-messages.ts';
import type { Command } from '../../command.ts';
import { messageCard } from './card.ts';

export const command: Command = {
  path: 'gateway message show',
  summary: 'Show what a gateway said, as it was received, and what came of it',
  arguments: [{ name: 'ref', about: 'message: reference or id' }],
  examples: [{ command: 'treasury gateway message show {MESSAGE}', about: 'every byte of it' }],
  access: 'books.read',
  writes: false,
  document: 'gateway_message',
  async run(context, input) {
    const view = await findMessage(await context.store(), await context.actor(), input.text('ref'));
    const data = gatewayMessageDocument(view, saysOf(view.message));
    const open = isOdd(data.outcome) && data.settled_at === null;
    return {
      data,
      human: {
        card: messageCard(data, await context.zone()),
        next: open ? [`treasury gateway message settle ${data.ref} --reason REASON`] : [],
      },
    };
  },
};
