import { batchDocument } from '../../documents/batch.ts';
import { cancelBatch } from '../../operations/cancel-batch.ts';
import type { Command } from '../command.ts';
import { nextSteps, outcomeText } from './card.ts';

export const command: Command = {
  path: 'batch cancel',
  summary: 'Cancel what is left of a batch',
  details:
    'Its payments that are pending or failed, and the requisitions of which nothing is paid. By whoever made it, an approver, or who cancels payments of its fund; refused (8) while a row is in flight.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  examples: [
    {
      command: 'treasury batch cancel {SUBMITTED_BATCH} --reason "the list was last month\'s"',
      about: 'nothing of it is paid',
    },
  ],
  access: 'anyone',
  writes: true,
  exits: [8],
  document: 'batch',
  async run(context, input) {
    const { before, view, rows } = await cancelBatch(await context.store(), await context.actor(), {
      batch: input.text('ref'),
      reason: context.flags.reason,
    });
    const document = batchDocument(view, rows);
    return {
      data: document,
      human: {
        lines: [`${document.ref}: ${before} > ${document.status}, ${outcomeText(document)}`],
        next: nextSteps(document),
      },
    };
  },
};
