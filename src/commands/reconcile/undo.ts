import { undoMatch } from '../../operations/undo-match.ts';
import type { Command } from '../command.ts';
import { handResult } from './hand.ts';

export const command: Command = {
  path: 'reconcile undo',
  summary: 'Part what a match tied together',
  details:
    'Line and entry are open again, and a reconciled payment is success again; with a group everything that was tied together. Fees that were booked stay booked. The match is kept, with who undid it, when and why.',
  arguments: [{ name: 'match', about: 'match: reference or id' }],
  examples: [
    { command: 'treasury reconcile undo {MATCH} --reason "another payment of the same day"', about: 'open again' },
  ],
  access: 'reconcile.run',
  writes: true,
  document: 'match',
  async run(context, input) {
    const wish = { match: input.text('match'), reason: context.flags.reason };
    return handResult(await undoMatch(await context.store(), await context.actor(), wish), 'undone');
  },
};
