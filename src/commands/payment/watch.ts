import { waitFor, WAITING_OPTIONS } from './waiting.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'payment watch',
  summary: 'Tell each step of a payment until its outcome is known',
  details: 'As `payment wait`; each step is told on stderr as it happens. Ctrl-C stops watching, nothing else.',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  options: WAITING_OPTIONS,
  examples: [{ command: 'treasury payment watch {PAYMENT} --for 5min', about: 'at a terminal, after exit 8' }],
  access: 'books.read',
  writes: false,
  exits: [8, 9],
  document: 'payment',
  run: (context, input) => waitFor(context, input, (step) => context.say(step)),
};
