import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { retryPayment } from '../../operations/retry-payment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

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
  document: 'payment',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const before = await findPayment(store, actor, input.text('ref'));
    const view = await retryPayment(store, actor, { paymentId: before.payment.id, reason: context.flags.reason });
    const document = paymentDocument(view, context.now());
    return {
      data: document,
      human: { lines: [`${document.ref}: ${before.payment.status} > ${document.status}`], next: nextSteps(document) },
    };
  },
};
