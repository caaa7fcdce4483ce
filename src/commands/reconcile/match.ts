import { matchByHand } from '../../operations/match-by-hand.ts';
import type { Command } from '../command.ts';
import { handResult } from './hand.ts';

export const command: Command = {
  path: 'reconcile match',
  summary: 'Match a statement line with a ledger entry by hand',
  details:
    'Both must be open, of one fund and of the same amount; a payment stands for its debit. Not for payments that you requested or executed. A differing amount is a variance.',
  arguments: [
    { name: 'line', about: 'statement line: reference or id' },
    { name: 'entry', about: 'ledger entry or payment: reference or id' },
  ],
  examples: [
    {
      command: 'treasury reconcile match {LINE} {PAID_MPESA} --reason "same cheque number"',
      about: 'the payment is reconciled then',
    },
  ],
  access: 'reconcile.run',
  writes: true,
  document: 'match',
  async run(context, input) {
    const wish = { line: input.text('line'), entry: input.text('entry'), reason: context.flags.reason };
    return handResult(await matchByHand(await context.store(), await context.actor(), wish), 'matched');
  },
};
