import { findPayment } from '../../operations/explain-payment.ts';
import type { Command, Result } from '../command.ts';
import { codeCaseOf } from './ask-code.ts';
import {
  CODE_OPTIONS,
  refusesSecret,
  codeData,
  codeWords,
  refuseContradictions,
  sendOrVerify,
  type GivenCode,
} from './give-code.ts';

export const command: Command = {
  path: 'payment otp',
  summary: 'Send the one-time code of a payment and ask for it',
  details:
    'The code goes to you, who will execute the payment, and is good for five minutes. Without a terminal it is only sent; then give it with --verify --code-stdin. ' +
    'Once you have enrolled an app (user totp enroll) nothing is mailed: --verify takes a code of the app, or a recovery code; each counts once.',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  options: CODE_OPTIONS,
  examples: [
    { command: 'treasury payment otp {PAYMENT} --send', about: 'mail me a code' },
    {
      command: 'printf %s {CODE} | treasury payment otp {PAYMENT} --verify --code-stdin',
      about: 'verify it from a script',
    },
  ],
  access: 'payment.execute',
  writes: true,
  refusesKey: refusesSecret,
  document: 'payment_code',
  async run(context, input) {
    refuseContradictions(context, input, command.path);
    const store = await context.store();
    const actor = await context.actor();
    const { payment } = await findPayment(store, actor, input.text('ref'));
    const given = await sendOrVerify(context, input, codeCaseOf({ store, actor }, payment));
    return given === null ? notNeeded(payment.ref) : codeResult(payment.ref, given);
  },
};

const notNeeded = (ref: string): Result => ({
  data: {
    payment: ref,
    required: false,
    channel: null,
    sent: false,
    sent_to: null,
    verified: false,
    expires_at: null,
  },
  warnings: [`${ref} needs no code; nothing was sent.`],
  human: { next: [`treasury payment execute ${ref}`] },
});

const codeResult = (ref: string, code: GivenCode): Result => ({
  data: { payment: ref, ...codeData(code) },
  human: codeWords('payment', ref, code),
});
