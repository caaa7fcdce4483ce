import { varianceDocument } from '../../documents/variance.ts';
import { rejectVariance } from '../../operations/reject-variance.ts';
import { allPolicies } from '../../store/policies.ts';
import type { Command } from '../command.ts';
import { aboutOf, nextSteps } from './card.ts';

export const command: Command = {
  path: 'variance reject',
  summary: 'Reject a difference: nothing is posted',
  details:
    'By a CFO who could approve it: not who recorded it, nor who requested or executed its payment. A match that it was recorded ' +
    'with is undone; the payment stays as it was paid.',
  arguments: [{ name: 'ref', about: 'variance: reference or id' }],
  options: [{ flags: '--reason <text>', about: 'why it is none', required: true }],
  examples: [
    { command: 'treasury variance reject {VARIANCE} --reason "the receipt was misread"', about: 'the books stay' },
  ],
  access: 'variance.approve',
  writes: true,
  document: 'variance',
  async run(context, input) {
    const store = await context.store();
    const view = await rejectVariance(store, await context.actor(), {
      variance: input.text('ref'),
      reason: context.flags.reason ?? '',
    });
    const document = varianceDocument(view, await store.read(allPolicies));
    return {
      data: document,
      human: {
        lines: [
          `${document.ref}: pending > ${document.status}. Nothing was posted.`,
          ...(document.match === null ? [] : [`The match ${document.match} of ${aboutOf(document)} is undone.`]),
        ],
        next: nextSteps(document),
      },
    };
  },
};
