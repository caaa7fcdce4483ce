import type { Origin } from '../domain/access.ts';
import { afterReply } from '../domain/evidence.ts';
import type { Order, Rail, Reply } from '../gateways/rail.ts';
import { attemptById, lockAttempt, moveAttempt } from '../store/attempts.ts';
import { keepMessage } from '../store/gateway-messages.ts';
import { gatewayOfAccount } from '../store/gateways.ts';
import { lockFund } from '../store/funds.ts';
import { lockPaymentsOfAttempts } from '../store/payment-locks.ts';
import { allAtOnce, sharedWrites } from '../store/shared-writes.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { failAttempt } from './fail-attempt.ts';
import { requireEachOnce } from './guarded-writes.ts';
import { isHeldByAnother, leaseEnded, leaseOn, THIS_PROCESS } from './lease.ts';

/** What sending needs of the world outside the database. */
export interface Sending {
  /** Opens the rail under the settings that the attempt was made with. */
  readonly openRail: (settings: Row<'gateways'>) => Promise<Rail>;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Between transactions that follow each other, on a database that only one at a time can write to: lets others have their turn. */
  readonly breathe?: () => Promise<void>;
  readonly origin: Origin;
  readonly holder?: string;
}

/** What became of an attempt that was sent; `taken` says that somebody else has it. */
export type Sent =
  | { readonly state: 'taken' }
  | {
      readonly state: 'accepted' | 'unknown';
      readonly attempt: Row<'paymentAttempts'>;
      readonly reason: string | null;
      /** How often it was sent, as the gateway had no time to look at it. */
      readonly tries: number;
    }
  | {
      readonly state: 'failed';
      readonly payment: Row<'payments'>;
      readonly fund: Row<'funds'>;
      readonly attempt: Row<'paymentAttempts'>;
      readonly reason: string;
      /** Whether whatever is sent after it would be refused as well. */
      readonly stops: boolean;
    };

/** How often an order that was turned away before it was looked at is sent again at once, and after how long. */
const PAUSES_MS = [1_000, 2_000, 4_000];

/**
 * Sends a reserved attempt to its rail: it is marked as sent and committed before a byte leaves, sent outside any transaction with
 * no retry but where the gateway has certainly not looked at it, and the reply is kept as it came. Whatever cannot be classified
 * is unknown, and stays so until there is evidence (SAFETY section 2).
 */
export async function sendAttempt(store: Store, attemptId: string, sending: Sending): Promise<Sent> {
  const marked = await store.write((tx) => markSent(tx, attemptId, sending.holder ?? THIS_PROCESS));
  if (marked === null) return { state: 'taken' };
  const { reply, tries } = await carry(store, marked, sending);
  return store.write((tx) => recordReply(tx, marked, { reply, tries, origin: sending.origin }));
}

/**
 * Sends several at once, as `sendAttempt` sends one: all are marked as sent in one transaction, which is committed before the first
 * byte leaves, and replies that come together are kept together. What went wrong with one is thrown once nothing is under way.
 */
export async function sendAttempts(
  store: Store,
  attemptIds: readonly string[],
  sending: Sending,
): Promise<readonly Sent[]> {
  const breathe = store.dialect === 'sqlite' ? sending.breathe : undefined;
  await breathe?.();
  const marked = await store.write(async (tx) => {
    await lockPaymentsOfAttempts(tx, attemptIds);
    return allAtOnce(attemptIds, (id) => markSent(tx, id, sending.holder ?? THIS_PROCESS));
  });
  const record = sharedWrites(store, REPLIES_TOGETHER, recordReplies, breathe);
  return allAtOnce(marked, async (of): Promise<Sent> => {
    if (of === null) return { state: 'taken' };
    return record({ marked: of, replied: { ...(await carry(store, of, sending)), origin: sending.origin } });
  });
}

interface Marked {
  readonly attempt: Row<'paymentAttempts'>;
  readonly order: Order;
  readonly settings: Row<'gateways'>;
}

interface SentOut {
  readonly marked: Marked;
  readonly replied: Replied;
}

/** Says that it may be under way from now on; null when another has it or it has been sent before. */
async function markSent(tx: Tx, attemptId: string, holder: string): Promise<Marked | null> {
  const { attempt: found, payment } = await lockAttempt(tx, attemptId);
  if (found.state !== 'reserved' || isHeldByAnother(found, holder, tx.now)) return null;
  const settings = await settingsOf(tx, found);
  const attempt = { ...found, ...leaseOn(tx.now, holder), state: 'sent', sentAt: tx.now };
  requireEachOnce([await moveAttempt(tx, { ...attempt, was: 'reserved' })]);
  return { attempt, order: orderOf(payment, attempt, settings), settings };
}

/** The settings under which an attempt was made. */
export async function settingsOf(
  tx: Tx,
  { gateway, gatewayAccount, ref }: Row<'paymentAttempts'>,
): Promise<Row<'gateways'>> {
  const settings = await gatewayOfAccount(tx, gateway, gatewayAccount);
  if (settings === undefined) throw new Error(`${ref} is of ${gateway} ${gatewayAccount}, which nobody has set up`);
  return settings;
}

const orderOf = (payment: Row<'payments'>, attempt: Row<'paymentAttempts'>, settings: Row<'gateways'>): Order => ({
  key: attempt.idempotencyKey,
  amountMinor: payment.amountMinor,
  currency: payment.currency,
  destination: payment.destination,
  payee: payment.payee,
  remarks: payment.ref,
  resultUrl: resultUrlOf(attempt, settings),
});

/** Where the result of an attempt is to be reported; only the gateway is told. */
export function resultUrlOf({ resultToken }: Row<'paymentAttempts'>, { body }: Row<'gateways'>): string {
  const { resultUrl = '' } = JSON.parse(body) as { readonly resultUrl?: string };
  return `${resultUrl.replace(/\/+$/, '')}/${resultToken ?? ''}`;
}

async function carry(
  store: Store,
  { attempt, order, settings }: Marked,
  { openRail, pause }: Sending,
): Promise<{ readonly reply: Reply; readonly tries: number }> {
  const rail = await opened(settings, openRail);
  if ('reason' in rail) return { reply: { kind: 'not_sent', reason: rail.reason }, tries: 0 };
  let reply = await rail.send(order);
  let tries = 1;
  for (const milliseconds of PAUSES_MS) {
    if (reply.kind !== 'busy') break;
    await pause(milliseconds);
    // A machine that slept here may wake when others have long asked about it, and found that there was no such order.
    if (!(await store.read((tx) => isStillOurs(tx, attempt)))) break;
    reply = await rail.send(order);
    tries += 1;
  }
  return { reply, tries };
}

/** Whether nobody else has taken an attempt up, or may take it up by now, since this process marked it as sent. */
async function isStillOurs(tx: Tx, { id, leaseHolder }: Row<'paymentAttempts'>): Promise<boolean> {
  const now = await attemptById(tx, id);
  return now?.state === 'sent' && now.leaseHolder === leaseHolder && now.leaseUntil !== null && now.leaseUntil > tx.now;
}

/** The rail, or why it cannot be opened (a secret is missing, say): then nothing was sent. */
async function opened(
  settings: Row<'gateways'>,
  openRail: Sending['openRail'],
): Promise<Rail | { readonly reason: string }> {
  try {
    return await openRail(settings);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

interface Replied {
  readonly reply: Reply;
  readonly tries: number;
  readonly origin: Origin;
}

/** So many replies share one transaction at most. */
const REPLIES_TOGETHER = 50;

async function recordReplies(tx: Tx, all: readonly SentOut[]): Promise<readonly Sent[]> {
  await lockPaymentsOfAttempts(
    tx,
    all.map(({ marked: { attempt } }) => attempt.id),
  );
  const record = ({ marked, replied }: SentOut): Promise<Sent> => recordReply(tx, marked, replied);
  // What fails gives its money back, and each changes the fund that the one before it has left.
  if (all.every(({ replied: { reply } }) => afterReply(reply.kind) !== 'failed')) return allAtOnce(all, record);
  const sent: Sent[] = [];
  for (const one of all) sent.push(await record(one));
  return sent;
}

/** T2: what the gateway answered. A result may have come before the reply: then there is nothing left to say. */
async function recordReply(tx: Tx, { attempt: sent }: Marked, replied: Replied): Promise<Sent> {
  const { attempt, payment } = await lockAttempt(tx, sent.id);
  await keepReply(tx, attempt, replied);
  const { reply, tries } = replied;
  if (attempt.state !== 'sent') return { state: 'unknown', attempt, reason: 'its result came before the reply', tries };
  const ended = leaseEnded(tx.now, 0);
  switch (afterReply(reply.kind)) {
    case 'accepted': {
      const accepted = {
        ...attempt,
        ...ended,
        state: 'accepted',
        conversation: reply.kind === 'accepted' ? reply.conversation : null,
        acceptedAt: tx.now,
      };
      requireEachOnce([await moveAttempt(tx, { ...accepted, was: 'sent' })]);
      return { state: 'accepted', attempt: accepted, reason: null, tries };
    }
    case 'unknown': {
      const unknown = { ...attempt, ...ended, state: 'unknown', error: reasonOf(reply) };
      requireEachOnce([await moveAttempt(tx, { ...unknown, was: 'sent' })]);
      return { state: 'unknown', attempt: unknown, reason: reasonOf(reply), tries };
    }
    case 'failed': {
      const fund = await lockFund(tx, payment.fundId);
      return { state: 'failed', ...(await failed(tx, { payment, fund, attempt }, replied)) };
    }
  }
}

const reasonOf = (reply: Reply): string => (reply.kind === 'accepted' ? 'it was taken' : reply.reason);

async function failed(
  tx: Tx,
  open: { readonly payment: Row<'payments'>; readonly fund: Row<'funds'>; readonly attempt: Row<'paymentAttempts'> },
  { reply, origin }: Replied,
) {
  const reason = reasonOf(reply);
  const lastError = reply.kind === 'rejected' ? `${reply.code}: ${reason}` : `never sent: ${reason}`;
  const { attempt } = open;
  const after = await failAttempt(tx, open, {
    lastError,
    error: lastError,
    evidence: reply.kind === 'rejected' ? `refused with ${reply.code}` : 'nothing was taken',
    happening: {
      actor: 'system',
      action: 'payment.failed',
      origin,
      payload: { policy: attempt.policyVersion, error: lastError, gateway: attempt.gateway },
    },
  });
  return { ...after, attempt, reason: lastError, stops: reply.kind === 'rejected' && reply.stops };
}

/** Kept as it came, though it proves nothing about the money. */
async function keepReply(tx: Tx, attempt: Row<'paymentAttempts'>, { reply, tries }: Replied): Promise<void> {
  if (reply.kind === 'not_sent' || reply.raw === null) return;
  const received = {
    gateway: attempt.gateway,
    source: 'reply',
    externalId: `${attempt.idempotencyKey} ${tries}`,
    attemptId: attempt.id,
    raw: reply.raw,
    remote: null,
  };
  await keepMessage(tx, received, { outcome: 'noted', detail: reply.kind, appliedAt: tx.now });
}
