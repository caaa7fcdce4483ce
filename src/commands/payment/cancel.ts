import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { cancelPayment } from '../../operations/retry-payment.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'payment cancel',
  summary: 'Cancel a payment that is pending or failed',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  examples: [
    {
      command: 'treasury payment cancel {PAYMENT} --reason "the supplier withdrew"',
      about: 'its money becomes free for another payment',
    },
  ],
  access: 'payment.cancel',
  writes: true,
  document: 'payment',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const before = await findPayment(store, actor, input.text('ref'));
    const view = await cancelPayment(store, actor, { paymentId: before.payment.id, reason: context.flags.reason });
    const document = paymentDocument(view, context.now());
    return {
      data: document,
      human: { lines: [`${document.ref}: ${before.payment.status} > ${document.status}`], next: nextSteps(document) },
    };
  },
};
