import { isFailed } from '../../domain/check.ts';
import { paymentDocument } from '../../documents/payment.ts';
import { explainPayment, findPayment } from '../../operations/explain-payment.ts';
import { refusal } from '../../operations/judge-execution.ts';
import { warnOfFlags } from '../payee-flags.ts';
import type { Command } from '../command.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'payment explain',
  summary: 'Show every check of executing a payment now, passed and failed',
  details: 'Exit 0 when it can be executed by you now, otherwise the code that `payment execute` would end with.',
  arguments: [{ name: 'ref', about: 'payment: reference, id or voucher number' }],
  examples: [{ command: 'treasury payment explain {PAYMENT}', about: 'why can I (not) execute it?' }],
  access: 'books.read',
  writes: false,
  exits: [6, 8],
  document: 'payment_explanation',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const { dayAt } = await officeFacts(store);
    const view = await findPayment(store, actor, input.text('ref'));
    const flags = await warnOfFlags(context, view.payment.requisitionId);
    const { checks } = await explainPayment(store, actor, { paymentId: view.payment.id, dayAt });
    if (checks.some(isFailed))
      throw refusal(view.payment.ref, checks, { unchanged: 'Nothing was changed.', everyCheck: true });
    return {
      data: { payment: paymentDocument(view, context.now(), flags), executable: true, checks },
      human: {
        lines: [`${view.payment.ref} can be executed by ${actor.username} now.`],
        checks,
        next: [`treasury payment execute ${view.payment.ref}`],
      },
    };
  },
};
