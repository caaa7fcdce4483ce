import { gatewayMessageDocument } from '../../../documents/gateway-message.ts';
import { saysOf, settleMessages } from '../../../operations/settle-messages.ts';
import { isProposed } from '../../../operations/two-people.ts';
import { proposedResult } from '../../change/proposed.ts';
import type { Command } from '../../command.ts';
import { inputsMissing } from '../../missing-inputs.ts';

export const command: Command = {
  path: 'gateway message settle',
  summary: 'Say that what a gateway said was looked at, and why nothing has to be done about it',
  details: [
    'Needs --reason; by a treasurer or CFO who neither requested nor executed what it is about. Nothing is paid, released or posted. What',
    'says for certain that nothing was paid, and is about no order of ours, one person settles; whatever else, as it could hide money, is',
    'a change that somebody else confirms (`change confirm`). Several: all or none.',
  ].join(' '),
  arguments: [{ name: 'ref...', about: 'messages: references or ids' }],
  examples: [
    {
      command: 'treasury gateway message settle {MESSAGE} --reason "Safaricom: sent to us by mistake, case 4711"',
      about: 'somebody has asked',
    },
  ],
  access: 'payment.declare_not_paid',
  writes: true,
  document: 'gateway_message',
  async run(context, input) {
    const { reason } = context.flags;
    if (reason === null || reason.trim() === '') throw inputsMissing('gateway message settle', ['--reason']);
    const settled = await settleMessages(await context.store(), await context.actor(), {
      refs: input.many('ref'),
      reason,
    });
    if (isProposed(settled)) return proposedResult(context, settled);
    const documents = settled.map((view) => gatewayMessageDocument(view, saysOf(view.message)));
    const [only] = documents;
    return {
      data: only !== undefined && documents.length === 1 ? only : documents,
      human: {
        lines: documents.map(({ ref }) => `${ref}: open > settled`),
        next: ['treasury gateway message list'],
      },
    };
  },
};
