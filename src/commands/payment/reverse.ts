import { formatAmount } from '../../domain/money.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import { judgeReversal, proposeReversal } from '../../operations/reverse-payment.ts';
import { visible } from '../../terminal/clean.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';

export const command: Command = {
  path: 'payment reverse',
  summary: 'Propose to take a payment back whole; somebody else confirms it',
  details:
    'Needs --reason. By a treasurer or CFO who neither requested nor executed it. When it is confirmed the fund is credited, the execution stays, fees stay spent, ' +
    'and the requisition must be approved again before anything of it is paid.',
  arguments: [{ name: 'ref', about: 'payment: reference, id or voucher number' }],
  options: [{ flags: '--returned-reference <reference>', about: 'what the money came back with; used once, for ever' }],
  examples: [
    {
      command: 'treasury payment reverse {PAID} --reason "paid to the wrong number" --returned-reference RVX82K1 --yes',
      about: 'the money has come back',
    },
  ],
  access: 'payment.reverse',
  writes: true,
  document: 'change',
  async run(context, input) {
    const { reason } = context.flags;
    const store = await context.store();
    const actor = await context.actor();
    if (reason === null || reason.trim() === '') throw inputsMissing('payment reverse', ['--reason']);
    const { payment } = await findPayment(store, actor, input.text('ref'));
    const returnedReference = input.optional('returnedReference') ?? null;
    const request = { paymentId: payment.id, reason, returnedReference };
    await judgeReversal(store, actor, request);
    const { amountMinor, currency } = payment;
    await context.ask.confirm({
      message: `Propose to reverse ${payment.ref}, ${formatAmount(amountMinor, currency)} to ${visible(payment.payee)}?`,
      ...{ amountMinor, currency, unchanged: 'Nothing was proposed.' },
    });
    return proposedResult(context, await proposeReversal(store, actor, request));
  },
};
