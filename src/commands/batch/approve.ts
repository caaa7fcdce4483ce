import { batchDocument } from '../../documents/batch.ts';
import { quantity } from '../../domain/quantity.ts';
import { approveBatch } from '../../operations/approve-batch.ts';
import type { Command } from '../command.ts';
import { nextSteps, sizeText } from './card.ts';

export const command: Command = {
  path: 'batch approve',
  summary: 'Approve every row of a batch that somebody else made',
  details:
    'All or none, each row by the rules and the policy that hold for one requisition. With the last approval the payments are made of it, and it can be paid. Look at it first (batch show, batch validate); --hash refuses any other than the one that you have seen.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  options: [{ flags: '--hash <hash>', about: 'the hash that you have seen, or its first 8 letters or more' }],
  examples: [{ command: 'treasury batch approve {SUBMITTED_BATCH}', about: 'let all of it be paid' }],
  access: 'requisition.approve',
  writes: true,
  document: 'batch',
  async run(context, input) {
    const approved = await approveBatch(await context.store(), await context.actor(), {
      batch: input.text('ref'),
      hash: input.optional('hash') ?? null,
      reason: context.flags.reason,
    });
    const { before, view, rows, awaiting } = approved;
    const document = batchDocument(view, rows);
    const { ref } = document;
    return {
      data: document,
      human: {
        lines: [
          awaiting === 0
            ? `${ref}: ${before} > ${document.status}`
            : `${ref} is approved by you; ${quantity(awaiting, 'row')} of it still need somebody else's approval.`,
          `${sizeText(document)} from fund ${document.fund}`,
          `Hash ${document.hash}`,
        ],
        next: awaiting === 0 ? nextSteps(document) : [`treasury batch approve ${ref}`],
      },
    };
  },
};
