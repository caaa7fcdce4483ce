import { usage } from '../../domain/problem.ts';
import type { CodeChannel } from '../../domain/otp.ts';
import { otpCommand } from '../../operations/code-subject.ts';
import type { Human, Input, OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { checkCode, requestCode, sendAndAskCode, type CodeCase } from './ask-code.ts';

/** How a code is sent and verified, whatever it is for. */
export const CODE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--send', about: 'only send a code' },
  { flags: '--verify', about: 'only verify a code that was sent' },
  { flags: '--code-stdin', about: 'read the code from standard input' },
];

/** Why no idempotency key is taken with a code. */
export const refusesSecret = (input: Input): string | null =>
  input.flag('verify') ? 'a code is a secret, and of what a key stands for a hash is kept' : null;

/** Refuses flags that contradict each other. `path` is that of the command. */
export function refuseContradictions(context: Context, input: Input, path: string): void {
  if (input.flag('send') && input.flag('verify'))
    throw usage('FLAGS_CONTRADICT', '--send and --verify exclude each other.', { unchanged: 'Nothing was sent.' });
  if (!input.flag('verify') && input.flag('codeStdin')) {
    throw usage('FLAGS_CONTRADICT', '--code-stdin needs --verify.', {
      unchanged: 'Nothing was sent.',
      fix: `treasury ${path} REF --verify --code-stdin`,
    });
  }
  if (input.flag('verify') && context.flags.dryRun) {
    throw usage('DRY_RUN_REFUSED', 'Verifying a code uses it up, so it cannot be tried with --dry-run.', {
      unchanged: 'Nothing was verified.',
    });
  }
}

async function givenCode(context: Context, input: Input, { subject, ref }: CodeCase): Promise<string> {
  // On a terminal standard input is whoever sits there: they are asked, with or without the flag.
  if (context.ask.possible) return context.ask.secret('Code');
  if (input.flag('codeStdin')) return (await context.readStdin()).trim();
  throw usage('INPUT_MISSING', 'The code is missing: nobody can be asked for it here.', {
    unchanged: 'Nothing was verified.',
    fix: `${otpCommand(subject.of, ref)} --verify --code-stdin`,
  });
}

export interface GivenCode {
  readonly channel: CodeChannel;
  readonly sent: boolean;
  readonly sentTo: string | null;
  readonly verified: boolean;
  readonly expiresAt: Date;
}

/** Sends a code, verifies one, or on a terminal both; null when none is needed. */
export async function sendOrVerify(context: Context, input: Input, of: CodeCase): Promise<GivenCode | null> {
  if (input.flag('verify')) {
    const { channel, expiresAt } = await checkCode(context, of, await givenCode(context, input, of));
    return { channel, sent: false, sentTo: null, verified: true, expiresAt };
  }
  const asking = context.ask.possible && !input.flag('send') && !context.flags.dryRun;
  const sent = asking ? await sendAndAskCode(context, of) : { ...(await requestCode(context, of)), verified: false };
  if (sent.kind === 'not_needed') return null;
  const { channel, to, verified, expiresAt } = sent;
  return { channel, sent: to !== null && !context.flags.dryRun, sentTo: to, verified, expiresAt };
}

/** A code that is needed, for scripts. */
export const codeData = (code: GivenCode) => ({
  required: true,
  channel: code.channel,
  sent: code.sent,
  sent_to: code.sentTo,
  verified: code.verified,
  expires_at: code.expiresAt.toISOString(),
});

/** A code for people, and what comes next. */
export function codeWords(noun: 'payment' | 'batch', ref: string, code: GivenCode): Human {
  const awaited =
    code.channel === 'totp'
      ? `A code of your app, or a recovery code, is taken for ${ref} in the next five minutes.`
      : `The code for ${ref} is good for five minutes.`;
  return {
    lines: [code.verified ? `The code for ${ref} was verified.` : awaited],
    next: [code.verified ? `treasury ${noun} execute ${ref}` : `treasury ${noun} otp ${ref} --verify`],
  };
}
