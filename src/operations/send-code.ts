import type { Actor } from '../domain/access.ts';
import { OTP_CODES_PER_WINDOW, OTP_WINDOW_MS, otpCode, otpDeadline, type CodeChannel } from '../domain/otp.ts';
import { Problem } from '../domain/problem.ts';
import { hashCode } from '../gateways/code-hash.ts';
import type { Mailer } from '../gateways/mail.ts';
import { codeMail } from '../gateways/otp-mail.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { insertChallenge, markSent, sendingsSince, voidChallenge, voidLiveChallenges } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import { newId } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import { lockEnrolmentInForce } from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { paymentCode, type CodeSubject, type Sendable } from './code-subject.ts';
import type { OfficeDay } from './judge-execution.ts';
import { requireOtpUnlocked } from './otp-lock.ts';

export interface SendCodeRequest {
  readonly dayAt: (now: Date) => OfficeDay;
  readonly randomInt: (below: number) => number;
  readonly pepper: Buffer;
  /** How the deadline is written for people. */
  readonly deadlineText: (at: Date) => string;
  readonly dryRun: boolean;
}

export type SentCode =
  | { readonly kind: 'not_needed' }
  /** Mailed to somebody or, with `totp`, awaited from their app: then nothing was mailed, and `to` is null. */
  | { readonly kind: 'sent'; readonly channel: CodeChannel; readonly to: string | null; readonly expiresAt: Date };

/** What a challenge is made of before it is known whether it is needed. */
interface Draft {
  readonly channel: CodeChannel;
  readonly digest: string;
  /** Of a mailed code; the codes of an app are not known in advance. */
  readonly codeHash: string;
}

interface Prepared extends Sendable {
  readonly challengeId: string;
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** Mails a new code for one payment to the person who will execute it (see `sendCodeFor`). */
export const sendCode = (
  store: Store,
  mailer: Mailer,
  executor: Actor,
  { paymentId, ...request }: SendCodeRequest & { readonly paymentId: string },
): Promise<SentCode> => sendCodeFor(store, mailer, executor, { ...request, subject: paymentCode(paymentId) });

type Request = SendCodeRequest & { readonly subject: CodeSubject };

/**
 * Mails a new code for a payment or batch to the person who will execute it, and voids their last one; whose codes come from an app is mailed
 * nothing: the app's code is awaited, under the same deadline and limits. A mailed code can be used only once the mail server has taken
 * it: when it does not (Problem external, exit 9), no usable code is left behind.
 * Throws what execution would throw for segregation, role and status; Problem forbidden for too many codes, conflict OTP_SUPERSEDED
 * when another one was asked for meanwhile: that one is good, and this one is not.
 */
export async function sendCodeFor(store: Store, mailer: Mailer, executor: Actor, request: Request): Promise<SentCode> {
  const { digest, channel } = await lookAt(store, executor, request.subject);
  return channel === 'totp'
    ? awaitAppCode(store, executor, request, digest)
    : mailCode(store, mailer, executor, { ...request, digest });
}

const lookAt = (store: Store, executor: Actor, subject: CodeSubject): Promise<Pick<Draft, 'digest' | 'channel'>> =>
  store.read(async (tx) => ({
    digest: (await subject.look(tx, executor)).digest,
    channel: await channelFor(tx, executor),
  }));

const channelFor = async (tx: Tx, { userId }: Actor): Promise<CodeChannel> =>
  (await lockEnrolmentInForce(tx, userId)) === undefined ? 'mail' : 'totp';

async function awaitAppCode(store: Store, executor: Actor, request: Request, digest: string): Promise<SentCode> {
  const draft: Draft = { channel: 'totp', digest, codeHash: NO_HASH };
  return store.write(async (tx) => {
    const prepared = await prepareChallenge(tx, executor, request, draft);
    if (prepared === null) return { kind: 'not_needed' };
    await recordSent(tx, executor, draft, prepared);
    return { kind: 'sent', channel: 'totp', to: null, expiresAt: prepared.expiresAt };
  });
}

/** No hash reads like this, so no code matches it. */
const NO_HASH = 'totp';

async function mailCode(
  store: Store,
  mailer: Mailer,
  executor: Actor,
  request: Request & { digest: string },
): Promise<SentCode> {
  const code = otpCode(request.randomInt(1_000_000));
  const { digest, subject } = request;
  const draft: Draft = { channel: 'mail', digest, codeHash: await hashCode(code, digest, request.pepper) };
  const prepared = await store.write((tx) => prepareChallenge(tx, executor, request, draft), { apart: true });
  if (prepared === null) return { kind: 'not_needed' };
  const { ref, fund, facts, challengeId, sentAt, expiresAt } = prepared;
  const sent: SentCode = { kind: 'sent', channel: 'mail', to: executor.email, expiresAt };
  if (request.dryRun) return sent;
  try {
    await mailer.send(
      codeMail({
        to: executor.email,
        code,
        subject: { noun: subject.of.kind, ref, facts },
        fundCode: fund.code,
        auditHead: fund.headHash,
        deadline: request.deadlineText(expiresAt),
      }),
    );
  } catch (error) {
    await store.write((tx) => voidChallenge(tx, subject.of, challengeId), { apart: true });
    throw error;
  }
  const newest = await store.write(async (tx) => {
    const locked = await lockFund(tx, fund.id);
    const newest = await markSent(tx, subject.of, { id: challengeId, executorId: executor.userId, sentAt });
    await recordSent(tx, executor, draft, { ...prepared, fund: locked });
    return newest;
  });
  if (!newest) throw superseded(ref);
  return sent;
}

async function recordSent(
  tx: Tx,
  executor: Actor,
  { channel, digest }: Draft,
  { ref, fund, expiresAt }: Pick<Prepared, 'ref' | 'fund' | 'expiresAt'>,
): Promise<void> {
  await recordFundEvent(tx, fund, {
    actor: executor.username,
    action: 'otp.sent',
    subject: ref,
    origin: executor.origin,
    payload: { channel, digest, expires_at: expiresAt },
  });
}

async function prepareChallenge(
  tx: Tx,
  executor: Actor,
  { subject, dayAt }: Request,
  { channel, digest, codeHash }: Draft,
): Promise<Prepared | null> {
  const sendable = await subject.judge(tx, executor, dayAt);
  if (sendable === null) return null;
  await requireOtpUnlocked(tx, executor);
  if ((await channelFor(tx, executor)) !== channel) throw channelChanged();
  await refuseTooManyCodes(tx, subject, sendable.ref);
  await voidLiveChallenges(tx, subject.of, executor.userId);
  const challengeId = newId();
  const expiresAt = otpDeadline(tx.now);
  await insertChallenge(tx, subject.of, {
    id: challengeId,
    executorId: executor.userId,
    channel,
    digest,
    codeHash,
    failures: 0,
    createdAt: tx.now,
    // Nothing needs to arrive before a code of an app can be given.
    sentAt: channel === 'totp' ? tx.now : null,
    expiresAt,
    verifiedAt: null,
    consumedAt: null,
    voidedAt: null,
  });
  return { ...sendable, challengeId, sentAt: tx.now, expiresAt };
}

const superseded = (ref: string): Problem =>
  new Problem('conflict', 'OTP_SUPERSEDED', `Another code for ${ref} was asked for while this one was sent.`, {
    unchanged: 'The code of this mail is void; the newest one is good.',
    retryable: false,
  });

const channelChanged = (): Problem =>
  new Problem('conflict', 'CHANGED_MEANWHILE', 'Where your codes come from changed at this moment.', {
    unchanged: 'No code was sent.',
    retryable: true,
  });

async function refuseTooManyCodes(tx: Tx, { of }: CodeSubject, ref: string): Promise<void> {
  const sendings = await sendingsSince(tx, of, new Date(tx.now.getTime() - OTP_WINDOW_MS));
  const [oldest] = sendings;
  if (oldest === undefined || sendings.length < OTP_CODES_PER_WINDOW) return;
  const waitMs = oldest.getTime() + OTP_WINDOW_MS - tx.now.getTime();
  throw new Problem(
    'forbidden',
    'OTP_TOO_MANY',
    `${OTP_CODES_PER_WINDOW} codes were sent for ${ref} within 15 minutes; the next can be sent in ${Math.max(1, Math.ceil(waitMs / 60_000))} min.`,
    { unchanged: 'No code was sent.', retryable: true },
  );
}
