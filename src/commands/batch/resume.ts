import type { Command } from '../command.ts';
import { RUN_OPTIONS, runWholeBatch } from './run.ts';

export const command: Command = {
  path: 'batch resume',
  summary: 'Go on with a batch that was begun and not finished',
  details:
    'By whoever began it, within 24 hours of its code, without another one, and without being asked again. Rows that were paid, are in flight, failed or were cancelled are left alone; a failed one goes with it once `payment retry` has made it pending.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  options: RUN_OPTIONS,
  examples: [{ command: 'treasury batch resume {BEGUN_BATCH}', about: 'after an interruption' }],
  access: 'payment.execute',
  writes: true,
  exits: [8, 12],
  document: 'batch',
  run: (context, input) => runWholeBatch(context, input, 'resume'),
};
