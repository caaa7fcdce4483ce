import { retryPayment } from '../../operations/retry-payment.ts';
import type { Command } from '../command.ts';
import { step } from './step.ts';

export const command: Command = {
  path: 'payment retry',
  summary: 'Make a failed payment pending again',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  examples: [
    {
      command: 'treasury payment retry {FAILED} --reason "the phone is reachable again"',
      about: 'allowed while attempts remain',
    },
  ],
  access: 'payment.retry',
  writes: true,
  exits: [8],
  document: 'payment',
  run: (context, input) => step(context, input, retryPayment),
};
