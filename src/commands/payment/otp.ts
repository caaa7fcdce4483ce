import { usage } from '../../domain/problem.ts';
import type { CodeChannel } from '../../domain/otp.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import type { Command, Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { checkCode, requestCode, sendAndAskCode, type CodeCase } from './ask-code.ts';

export const command: Command = {
  path: 'payment otp',
  summary: 'Send the one-time code of a payment and ask for it',
  details:
    'The code goes to you, who will execute the payment, and is good for five minutes. Without a terminal it is only sent; then give it with --verify --code-stdin. ' +
    'Once you have enrolled an app (user totp enroll) nothing is mailed: --verify takes a code of the app, or a recovery code; each counts once.',
  arguments: [{ name: 'ref', about: 'payment: reference or id' }],
  options: [
    { flags: '--send', about: 'only send a code' },
    { flags: '--verify', about: 'only verify a code that was sent' },
    { flags: '--code-stdin', about: 'read the code from standard input' },
  ],
  examples: [
    { command: 'treasury payment otp {PAYMENT} --send', about: 'mail me a code' },
    {
      command: 'printf %s {CODE} | treasury payment otp {PAYMENT} --verify --code-stdin',
      about: 'verify it from a script',
    },
  ],
  access: 'payment.execute',
  writes: true,
  refusesKey: (input) =>
    input.flag('verify') ? 'a code is a secret, and of what a key stands for a hash is kept' : null,
  document: 'payment_code',
  async run(context, input) {
    refuseContradictions(context, input);
    const store = await context.store();
    const actor = await context.actor();
    const view = await findPayment(store, actor, input.text('ref'));
    const subject = { store, actor, paymentId: view.payment.id, ref: view.payment.ref };
    if (input.flag('verify')) return verifyOnly(context, input, subject);
    const asking = context.ask.possible && !input.flag('send') && !context.flags.dryRun;
    const sent = asking
      ? await sendAndAskCode(context, subject)
      : { ...(await requestCode(context, subject)), verified: false };
    if (sent.kind === 'not_needed') return notNeeded(subject);
    const { channel, to, verified, expiresAt } = sent;
    return codeResult(subject, {
      channel,
      sent: to !== null && !context.flags.dryRun,
      sentTo: to,
      verified,
      expiresAt,
    });
  },
};

function refuseContradictions(context: Context, input: Input): void {
  if (input.flag('send') && input.flag('verify'))
    throw usage('FLAGS_CONTRADICT', '--send and --verify exclude each other.', { unchanged: 'Nothing was sent.' });
  if (!input.flag('verify') && input.flag('codeStdin')) {
    throw usage('FLAGS_CONTRADICT', '--code-stdin needs --verify.', {
      unchanged: 'Nothing was sent.',
      fix: 'treasury payment otp REF --verify --code-stdin',
    });
  }
  if (input.flag('verify') && context.flags.dryRun) {
    throw usage('DRY_RUN_REFUSED', 'Verifying a code uses it up, so it cannot be tried with --dry-run.', {
      unchanged: 'Nothing was verified.',
    });
  }
}

async function verifyOnly(context: Context, input: Input, subject: CodeCase): Promise<Result> {
  const code = await givenCode(context, input);
  const { channel, expiresAt } = await checkCode(context, subject, code);
  return codeResult(subject, { channel, sent: false, sentTo: null, verified: true, expiresAt });
}

async function givenCode(context: Context, input: Input): Promise<string> {
  if (input.flag('codeStdin')) return (await context.readStdin()).trim();
  if (context.ask.possible) return context.ask.secret('Code');
  throw usage('INPUT_MISSING', 'The code is missing: nobody can be asked for it here.', {
    unchanged: 'Nothing was verified.',
    fix: 'treasury payment otp REF --verify --code-stdin',
  });
}

const notNeeded = (subject: CodeCase): Result => ({
  data: {
    payment: subject.ref,
    required: false,
    channel: null,
    sent: false,
    sent_to: null,
    verified: false,
    expires_at: null,
  },
  warnings: [`${subject.ref} needs no code; nothing was sent.`],
  human: { next: [`treasury payment execute ${subject.ref}`] },
});

function codeResult(
  subject: CodeCase,
  code: { channel: CodeChannel; sent: boolean; sentTo: string | null; verified: boolean; expiresAt: Date },
): Result {
  const { ref } = subject;
  const awaited =
    code.channel === 'totp'
      ? `A code of your app, or a recovery code, is taken for ${ref} in the next five minutes.`
      : `The code for ${ref} is good for five minutes.`;
  return {
    data: {
      payment: ref,
      required: true,
      channel: code.channel,
      sent: code.sent,
      sent_to: code.sentTo,
      verified: code.verified,
      expires_at: code.expiresAt.toISOString(),
    },
    human: {
      lines: [code.verified ? `The code for ${ref} was verified.` : awaited],
      next: [code.verified ? `treasury payment execute ${ref}` : `treasury payment otp ${ref} --verify`],
    },
  };
}
