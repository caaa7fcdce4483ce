import { varianceDocument } from '../../documents/variance.ts';
import { showVariance } from '../../operations/show-variance.ts';
import type { Command } from '../command.ts';
import { nextSteps, varianceCard } from './card.ts';

export const command: Command = {
  path: 'variance show',
  summary: 'One variance: the figures, who recorded it, and who may decide',
  arguments: [{ name: 'ref', about: 'variance: reference or id' }],
  examples: [{ command: 'treasury variance show {VARIANCE}', about: 'look before you approve' }],
  access: 'books.read',
  writes: false,
  document: 'variance',
  async run(context, input) {
    const shown = await showVariance(await context.store(), await context.actor(), input.text('ref'));
    const document = varianceDocument(shown.view, shown.policies);
    return {
      data: document,
      human: { card: varianceCard(document, await context.zone(), shown.mayDecide), next: nextSteps(document) },
    };
  },
};
