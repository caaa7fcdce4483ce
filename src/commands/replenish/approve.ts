import { formatAmount } from '../../domain/money.ts';
import { replenishmentDocument } from '../../documents/replenishment.ts';
import { approveReplenishment } from '../../operations/approve-replenishment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'replenish approve',
  summary: 'Approve a replenishment that somebody else requested',
  details: 'Unless the requester fixed the amount, it is computed again from the balance now.',
  arguments: [{ name: 'ref', about: 'replenishment: reference or id' }],
  examples: [{ command: 'treasury replenish approve {PENDING_REPLENISHMENT}', about: 'let it be funded' }],
  access: 'replenishment.approve',
  writes: true,
  document: 'replenishment',
  async run(context, input) {
    const { before, after } = await approveReplenishment(await context.store(), await context.actor(), {
      replenishment: input.text('ref'),
      reason: context.flags.reason,
    });
    const document = replenishmentDocument(after);
    const money = (minor: number) => formatAmount(minor, document.currency);
    const amounts = [before.request.requestedMinor, document.requested_amount_minor];
    return {
      data: document,
      human: {
        lines: [
          `${document.ref}: ${before.request.status} > ${document.status}`,
          amounts[0] === amounts[1]
            ? `Amount: ${money(document.requested_amount_minor)}`
            : `Amount: ${amounts.map(money).join(' > ')}`,
        ],
        next: nextSteps(document),
      },
    };
  },
};
