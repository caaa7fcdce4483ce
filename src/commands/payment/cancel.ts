import { cancelPayment } from '../../operations/retry-payment.ts';
import type { Command } from '../command.ts';
import { step } from './step.ts';

export const command: Command = {
  path: 'payment cancel',
  summary: 'Cancel a payment that is pending or failed',
  details: 'Where it is scheduled, its schedule is removed with it.',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  examples: [
    {
      command: 'treasury payment cancel {PAYMENT} --reason "the supplier withdrew"',
      about: 'its money becomes free for another payment',
    },
  ],
  access: 'payment.cancel',
  writes: true,
  exits: [8],
  document: 'payment',
  run: (context, input) => step(context, input, cancelPayment),
};
