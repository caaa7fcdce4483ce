import { replenishmentDocument } from '../../documents/replenishment.ts';
import { rejectReplenishment } from '../../operations/reject-replenishment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'replenish reject',
  summary: 'Reject a replenishment that is pending or approved',
  arguments: [{ name: 'ref', about: 'replenishment: reference or id' }],
  examples: [
    {
      command: 'treasury replenish reject {PENDING_REPLENISHMENT} --reason "the fund is being closed"',
      about: 'no money will come',
    },
  ],
  access: 'replenishment.approve',
  writes: true,
  document: 'replenishment',
  async run(context, input) {
    const { before, after } = await rejectReplenishment(await context.store(), await context.actor(), {
      replenishment: input.text('ref'),
      reason: context.flags.reason,
    });
    const document = replenishmentDocument(after);
    return {
      data: document,
      human: { lines: [`${document.ref}: ${before.request.status} > ${document.status}`], next: nextSteps(document) },
    };
  },
};
