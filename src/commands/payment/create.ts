import { paymentDocument } from '../../documents/payment.ts';
import { formatAmount } from '../../domain/money.ts';
import { createPayment } from '../../operations/create-payment.ts';
import { resolveFund } from '../../store/funds.ts';
import { resolveRequisition } from '../../store/requisitions.ts';
import { visible } from '../../terminal/clean.ts';
import { warnOfFlags } from '../payee-flags.ts';
import type { Command } from '../command.ts';
import { nextSteps } from './show.ts';

export const command: Command = {
  path: 'payment create',
  summary: 'Order the payment of an approved requisition',
  details:
    'Payee, method and destination are those the requisition was approved with. Without --amount all that is left of it is paid.',
  options: [
    { flags: '--requisition <req>', about: 'approved requisition: reference or number', required: true },
    { flags: '--fund <code>', about: "fund that pays, at the requisition's place or above", required: true },
    { flags: '--amount <amount>', about: 'part of what was approved' },
    { flags: '--max-retries <n>', about: 'attempts that may fail (default 3)' },
  ],
  examples: [
    { command: 'treasury payment create --requisition {REQUISITION} --fund PETTY', about: 'pay all of it' },
    {
      command: 'treasury payment create --requisition {REQUISITION} --fund PETTY --amount 1,500.00',
      about: 'pay a part',
    },
  ],
  access: 'payment.create',
  writes: true,
  document: 'payment',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const named = await store.read(async (tx) => ({
      requisitionId: await resolveRequisition(tx, input.text('requisition'), actor.grants),
      fundId: await resolveFund(tx, input.text('fund'), actor.grants),
    }));
    const view = await createPayment(store, actor, {
      ...named,
      amount: input.optional('amount') ?? null,
      maxRetries: input.optional('maxRetries') ?? null,
    });
    const flags = await warnOfFlags(context, view.payment.requisitionId);
    const document = paymentDocument(view, context.now(), flags);
    return {
      data: document,
      human: {
        lines: [
          `Payment ${document.ref} created: ${formatAmount(document.amount_minor, document.currency)} to ${visible(document.payee)}, ${document.method} ${visible(document.destination)}.`,
        ],
        next: nextSteps(document),
      },
    };
  },
};
