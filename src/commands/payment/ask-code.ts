import type { Actor } from '../../domain/access.ts';
import { isFailed } from '../../domain/check.ts';
import { Problem } from '../../domain/problem.ts';
import type { Mailer } from '../../gateways/mail.ts';
import { otpCommand, paymentCode, type CodeSubject } from '../../operations/code-subject.ts';
import { sendCodeFor, type SentCode } from '../../operations/send-code.ts';
import { verifyCodeFor, type VerifiedCode } from '../../operations/verify-code.ts';
import type { Store } from '../../store/store.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';

export interface CodeCase {
  readonly store: Store;
  readonly actor: Actor;
  /** What the code is for, and its reference. */
  readonly subject: CodeSubject;
  readonly ref: string;
}

/** A code for one payment. */
export const codeCaseOf = (
  { store, actor }: Pick<CodeCase, 'store' | 'actor'>,
  payment: { id: string; ref: string },
) => ({
  ...{ store, actor, ref: payment.ref },
  subject: paymentCode(payment.id),
});

/** Does it; where only a code is missing and somebody sits at a terminal, one is sent and asked for, and it is done then. */
export async function askingForCode<T>(
  context: Context,
  subject: () => Promise<CodeCase>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!lacksOnlyCode(error) || context.flags.dryRun || !context.ask.possible) throw error;
  }
  await sendAndAskCode(context, await subject());
  return work();
}

function lacksOnlyCode(error: unknown): boolean {
  const failing = error instanceof Problem ? (error.details.checks ?? []).filter(isFailed) : [];
  return failing.length > 0 && failing.every((check) => check.id === 'otp' || check.id === 'otp_expiry');
}

/** Sends a new code to the person who is logged in, or awaits one of their app: then no mail is opened. */
export async function requestCode(context: Context, subject: CodeCase): Promise<SentCode> {
  const { dayAt, timezone } = await officeFacts(subject.store);
  const mailer: Mailer = { send: async (mail) => (await context.mailer()).send(mail) };
  const sent = await sendCodeFor(subject.store, mailer, subject.actor, {
    subject: subject.subject,
    dayAt,
    randomInt: context.randomInt,
    pepper: await context.pepper(),
    deadlineText: (at) => formatInstant(at, timezone),
    dryRun: context.flags.dryRun,
  });
  if (sent.kind === 'sent' && !context.flags.dryRun)
    context.say(
      sent.to === null
        ? `The code for ${subject.ref} comes from your app; nothing was mailed.`
        : `A code for ${subject.ref} was sent to ${hidden(sent.to)}.`,
    );
  return sent;
}

/** Compares one code that was given without a question; says how many recovery codes are left when it was one. */
export async function checkCode(context: Context, subject: CodeCase, code: string): Promise<VerifiedCode> {
  const verified = await verifyCodeFor(subject.store, subject.actor, {
    subject: subject.subject,
    code,
    pepper: await context.pepper(),
  });
  if (verified.recoveryCodesLeft !== null)
    context.warn(
      `A recovery code was used up; ${verified.recoveryCodesLeft} are left. New ones: treasury user totp recovery`,
    );
  return verified;
}

/**
 * Sends a code and asks for it until it is right: shows the time left, sends another on `r`, ends on `q` (Problem cancelled).
 * A wrong code is said and asked for again; a void or expired one ends with its own refusal (exit 4).
 */
export async function sendAndAskCode(context: Context, subject: CodeCase): Promise<SentCode & { verified: boolean }> {
  let sent = await requestCode(context, subject);
  while (sent.kind === 'sent') {
    const app = sent.channel === 'totp';
    const answer = await context.ask.code({
      message: app ? 'Code from your app' : 'Code',
      source: app ? 'app' : 'mail',
      expiresAt: sent.expiresAt,
      unchanged: 'Nothing was paid.',
    });
    if (answer.kind === 'quit') throw quit(subject);
    if (answer.kind === 'expired') throw expired(subject);
    if (answer.kind === 'resend') {
      sent = await requestCode(context, subject);
      continue;
    }
    if (await isRight(context, subject, answer.code)) return { ...sent, verified: true };
  }
  return { ...sent, verified: false };
}

async function isRight(context: Context, subject: CodeCase, code: string): Promise<boolean> {
  try {
    await checkCode(context, subject, code);
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'OTP_INVALID') throw error;
    context.say(error.message);
    return false;
  }
}

const quit = ({ subject, ref }: CodeCase): Problem =>
  new Problem('cancelled', 'INTERRUPTED', 'You left without entering the code.', {
    unchanged: 'Nothing was paid.',
    fix: otpCommand(subject.of, ref),
  });

const expired = ({ subject, ref }: CodeCase): Problem =>
  new Problem('auth', 'OTP_EXPIRED', 'The five minutes in which a code could be given are over.', {
    unchanged: 'Nothing was paid.',
    fix: otpCommand(subject.of, ref),
  });

/** `c***@acme.example`: enough to know which mailbox to look into. */
const hidden = (email: string): string => email.replace(/^(.)[^@]*/, '$1***');
