import { waitFor, WAITING_OPTIONS } from './waiting.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'payment wait',
  summary: 'Wait until the outcome of a payment is known',
  details: 'Exit 0 once it is paid, 9 when it has certainly failed, 8 when it is still open at the end of --for.',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  options: WAITING_OPTIONS,
  examples: [{ command: 'treasury payment wait {PAYMENT} --for 5min', about: 'in a script, after exit 8' }],
  access: 'books.read',
  writes: false,
  exits: [8, 9],
  document: 'payment',
  run: (context, input) => waitFor(context, input, () => undefined),
};
