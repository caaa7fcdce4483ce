import type { Command } from '../command.ts';
import { RUN_OPTIONS, runWholeBatch } from './run.ts';

export const command: Command = {
  path: 'batch execute',
  summary: 'Pay the rows of a batch: one code for all of them',
  details: [
    'Uses the code of the batch up, then pays row by row; on a terminal it runs the code step itself. What happened is said on the way. A row that is refused or fails is left and',
    'named (exit 12); without --stop-on-error the others go on. What is paid in an app is reserved, and open until its reference is given (exit 8). Rows are saved several at a',
    'time, and up to ten orders are under way to M-Pesa together, one with --stop-on-error. Ctrl-C stops after the rows in hand. However it ended, `batch resume` goes on within',
    '24 hours of the code, and nobody is paid twice.',
  ].join(' '),
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  options: RUN_OPTIONS,
  examples: [{ command: 'treasury batch execute {READY_BATCH} --yes', about: 'pay what was approved' }],
  access: 'payment.execute',
  writes: true,
  exits: [8, 12],
  document: 'batch',
  run: (context, input) => runWholeBatch(context, input, 'execute'),
};
