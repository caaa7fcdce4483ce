import { formatAmount } from '../../domain/money.ts';
import { suspenseItemDocument } from '../../documents/suspense-item.ts';
import { proposeSettlement } from '../../operations/settle-suspense.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';

export const command: Command = {
  path: 'suspense settle',
  summary: 'Propose what becomes of money that left without a debit',
  details: [
    'Without --returned the fund is debited for it: the money is gone. With --returned it has come back, and nothing is posted.',
    'Needs --reason; always a change that somebody else confirms (`change confirm`), by neither its executor nor its requester.',
  ].join(' '),
  arguments: [{ name: 'ref', about: 'suspense item: reference' }],
  options: [{ flags: '--returned', about: 'the money came back' }],
  examples: [
    {
      command: 'treasury suspense settle {SUSPENSE} --returned --reason "sent back on 3 October"',
      about: 'it came back',
    },
  ],
  access: 'payment.declare_not_paid',
  writes: true,
  document: 'change',
  async run(context, input) {
    const { reason } = context.flags;
    if (reason === null || reason.trim() === '') throw inputsMissing('suspense settle', ['--reason']);
    const { proposed, view } = await proposeSettlement(await context.store(), await context.actor(), {
      ref: input.text('ref'),
      returned: input.flag('returned'),
      reason,
    });
    const { amount_minor: minor, currency, ref } = suspenseItemDocument(view);
    context.say(`${ref}: ${formatAmount(minor, currency)}`);
    return proposedResult(context, proposed);
  },
};
