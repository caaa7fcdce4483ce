import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { codeNeeded } from '../domain/execution-facts.ts';
import { OTP_CODES_PER_WINDOW, OTP_WINDOW_MS, otpCode, otpDeadline } from '../domain/otp.ts';
import { Problem } from '../domain/problem.ts';
import { hashCode } from '../gateways/code-hash.ts';
import type { Mailer } from '../gateways/mail.ts';
import { codeMail } from '../gateways/otp-mail.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { insertChallenge, markSent, sendingsSince, voidChallenge, voidLiveChallenges } from '../store/challenges.ts';
import { lockFund } from '../store/funds.ts';
import { getPaymentView } from '../store/payments.ts';
import { newId } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { authorisationDigest, judgeExecution, refusal, type OfficeDay } from './judge-execution.ts';
import { requireOtpUnlocked } from './otp-lock.ts';

export interface SendCodeRequest {
  readonly paymentId: string;
  readonly dayAt: (now: Date) => OfficeDay;
  readonly randomInt: (below: number) => number;
  readonly pepper: Buffer;
  /** How the deadline is written for people. */
  readonly deadlineText: (at: Date) => string;
  readonly dryRun: boolean;
}

export type SentCode =
  | { readonly kind: 'not_needed' }
  | { readonly kind: 'sent'; readonly to: string; readonly expiresAt: Date };

interface Prepared {
  readonly challengeId: string;
  readonly sentAt: Date;
  readonly expiresAt: Date;
  readonly payment: Row<'payments'>;
  readonly fund: Pick<Row<'funds'>, 'code' | 'headHash'>;
}

/**
 * Mails a new code for one payment to the person who will execute it, and voids their last one. The code can be used only
 * once the mail server has taken it: when it does not (Problem external, exit 9), no usable code is left behind.
 * Throws what execution would throw for segregation, role and status; Problem forbidden for too many codes, conflict OTP_SUPERSEDED
 * when another one was asked for meanwhile: that one is good, and this one is not.
 */
export async function sendCode(
  store: Store,
  mailer: Mailer,
  executor: Actor,
  request: SendCodeRequest,
): Promise<SentCode> {
  const code = otpCode(request.randomInt(1_000_000));
  const digest = await digestOf(store, executor, request.paymentId);
  const codeHash = await hashCode(code, digest, request.pepper);
  const prepared = await store.write((tx) => prepareChallenge(tx, executor, request, { digest, codeHash }), {
    apart: true,
  });
  if (prepared === null) return { kind: 'not_needed' };
  const { payment, fund, challengeId, sentAt, expiresAt } = prepared;
  if (request.dryRun) return { kind: 'sent', to: executor.email, expiresAt };
  try {
    await mailer.send(
      codeMail({
        to: executor.email,
        code,
        payment,
        fundCode: fund.code,
        auditHead: fund.headHash,
        deadline: request.deadlineText(expiresAt),
      }),
    );
  } catch (error) {
    await store.write((tx) => voidChallenge(tx, challengeId), { apart: true });
    throw error;
  }
  const newest = await store.write(async (tx) => {
    const locked = await lockFund(tx, payment.fundId);
    const newest = await markSent(tx, { id: challengeId, paymentId: payment.id, executorId: executor.userId, sentAt });
    await recordFundEvent(tx, locked, {
      actor: executor.username,
      action: 'otp.sent',
      subject: payment.ref,
      origin: executor.origin,
      payload: { channel: 'mail', digest, expires_at: expiresAt },
    });
    return newest;
  });
  if (!newest) throw superseded(payment);
  return { kind: 'sent', to: executor.email, expiresAt };
}

const digestOf = (store: Store, executor: Actor, paymentId: string): Promise<string> =>
  store.read(async (tx) => {
    const { payment } = await getPaymentView(tx, paymentId);
    return authorisationDigest(payment, executor.userId);
  });

async function prepareChallenge(
  tx: Tx,
  executor: Actor,
  request: SendCodeRequest,
  secret: { digest: string; codeHash: string },
): Promise<Prepared | null> {
  const day = request.dayAt(tx.now);
  const found = await judgeExecution(tx, { paymentId: request.paymentId, executor, day, gatewayReference: null });
  const { payment, fund } = found.dossier;
  requireAbilityAt(executor, 'payment.execute', fund);
  const blocking = found.checks.filter(
    (check) => isFailed(check) && ['status', 'segregation', 'role'].includes(check.id),
  );
  if (blocking.length > 0) throw refusal(payment.ref, blocking, { unchanged: 'No code was sent.' });
  if (!codeNeeded(found.facts)) return null;
  await requireOtpUnlocked(tx, executor);
  await refuseTooManyCodes(tx, payment);
  await voidLiveChallenges(tx, payment.id, executor.userId);
  const challengeId = newId();
  const expiresAt = otpDeadline(tx.now);
  await insertChallenge(tx, {
    id: challengeId,
    paymentId: payment.id,
    executorId: executor.userId,
    digest: secret.digest,
    codeHash: secret.codeHash,
    failures: 0,
    createdAt: tx.now,
    sentAt: null,
    expiresAt,
    verifiedAt: null,
    consumedAt: null,
    voidedAt: null,
  });
  return { challengeId, sentAt: tx.now, expiresAt, payment, fund };
}

const superseded = ({ ref }: Row<'payments'>): Problem =>
  new Problem('conflict', 'OTP_SUPERSEDED', `Another code for ${ref} was asked for while this one was sent.`, {
    unchanged: 'The code of this mail is void; the newest one is good.',
    retryable: false,
  });

async function refuseTooManyCodes(tx: Tx, payment: Row<'payments'>): Promise<void> {
  const sendings = await sendingsSince(tx, payment.id, new Date(tx.now.getTime() - OTP_WINDOW_MS));
  const [oldest] = sendings;
  if (oldest === undefined || sendings.length < OTP_CODES_PER_WINDOW) return;
  const waitMs = oldest.getTime() + OTP_WINDOW_MS - tx.now.getTime();
  throw new Problem(
    'forbidden',
    'OTP_TOO_MANY',
    `${OTP_CODES_PER_WINDOW} codes were sent for ${payment.ref} within 15 minutes; the next can be sent in ${Math.max(1, Math.ceil(waitMs / 60_000))} min.`,
    { unchanged: 'No code was sent.', retryable: true },
  );
}
