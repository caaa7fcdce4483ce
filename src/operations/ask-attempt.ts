import type { Question, Rail, Reply } from '../gateways/rail.ts';
import { lockAttempt, moveAttempt } from '../store/attempts.ts';
import { keepMessage } from '../store/gateway-messages.ts';
import { lockFund } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { requireEachOnce } from './guarded-writes.ts';
import { isHeldByAnother, leaseEnded, leaseOn, THIS_PROCESS } from './lease.ts';
import { resultUrlOf, sendAttempt, settingsOf, type Sending } from './send-attempt.ts';

/** What was done about a payment in flight; the outcome itself arrives as evidence. */
export type Asked =
  /** Somebody else has it, it is settled, or it was never sent and its fund is frozen. */
  | { readonly did: 'nothing' }
  /** It had never been sent; now it was. */
  | { readonly did: 'sent'; readonly sent: Awaited<ReturnType<typeof sendAttempt>> }
  | { readonly did: 'asked'; readonly attempt: Row<'paymentAttempts'>; readonly reply: Reply }
  /** Its rail cannot be asked: the answer comes in a file. */
  | { readonly did: 'waits'; readonly attempt: Row<'paymentAttempts'> };

/**
 * Looks after one payment in flight: sends what was reserved and never sent, asks the gateway about everything else. An order is
 * never sent twice: where a crash came after it may have left, it is asked about.
 */
export async function askAttempt(store: Store, attemptId: string, asking: Sending): Promise<Asked> {
  const holder = asking.holder ?? THIS_PROCESS;
  const held = await store.write((tx) => takeUp(tx, attemptId, holder));
  if (held === null) return { did: 'nothing' };
  if (held.attempt.state === 'reserved')
    return { did: 'sent', sent: await sendAttempt(store, attemptId, { ...asking, holder }) };
  if (held.attempt.gateway === 'bankfile')
    return { did: 'waits', attempt: await store.write((tx) => putBack(tx, held.attempt, null)) };
  const reply = await asked(held, asking.openRail);
  return { did: 'asked', attempt: await store.write((tx) => putBack(tx, held.attempt, reply)), reply };
}

interface Held {
  readonly attempt: Row<'paymentAttempts'>;
  readonly settings: Row<'gateways'>;
}

/** Takes the lease; null when another has it or the outcome is known. An attempt of which nobody recorded the reply becomes unknown. */
async function takeUp(tx: Tx, attemptId: string, holder: string): Promise<Held | null> {
  const { attempt: found, payment } = await lockAttempt(tx, attemptId);
  if (found.state === 'paid' || found.state === 'failed') return null;
  if (found.gateway === 'manual' || isHeldByAnother(found, holder, tx.now)) return null;
  const lost = found.state === 'sent' && found.leaseHolder !== null;
  const attempt = {
    ...found,
    ...leaseOn(tx.now, holder),
    ...(lost ? { state: 'unknown', error: found.error ?? 'nobody recorded what was answered' } : {}),
  };
  const settings = await settingsOf(tx, found);
  if (found.state === 'reserved' && found.gateway === 'bankfile') return null;
  if (found.state === 'reserved' && (await lockFund(tx, payment.fundId)).state === 'frozen') {
    // It never left, and nothing leaves a frozen fund: it is looked at again later.
    requireEachOnce([await moveAttempt(tx, { ...found, ...leaseEnded(tx.now, found.looks), was: 'reserved' })]);
    return null;
  }
  requireEachOnce([await moveAttempt(tx, { ...attempt, was: found.state })]);
  return { attempt, settings };
}

async function asked({ attempt, settings }: Held, openRail: (row: Row<'gateways'>) => Promise<Rail>): Promise<Reply> {
  const question: Question = {
    key: attempt.idempotencyKey,
    conversation: attempt.conversation,
    receipt: null,
    resultUrl: resultUrlOf(attempt, settings),
  };
  try {
    const rail = await openRail(settings);
    return await rail.ask(question);
  } catch (error) {
    return { kind: 'not_sent', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function putBack(tx: Tx, held: Row<'paymentAttempts'>, reply: Reply | null): Promise<Row<'paymentAttempts'>> {
  const { attempt } = await lockAttempt(tx, held.id);
  const looks = attempt.looks + 1;
  if (reply !== null && reply.kind !== 'not_sent' && reply.raw !== null) {
    const received = {
      gateway: attempt.gateway,
      source: 'reply',
      externalId: `${attempt.idempotencyKey} look ${looks}`,
      attemptId: attempt.id,
      raw: reply.raw,
      remote: null,
    };
    await keepMessage(tx, received, { outcome: 'noted', detail: `asked: ${reply.kind}`, appliedAt: tx.now });
  }
  // The answer may have come already.
  if (attempt.state === 'paid' || attempt.state === 'failed') return attempt;
  const after = { ...attempt, ...leaseEnded(tx.now, looks) };
  requireEachOnce([await moveAttempt(tx, { ...after, was: attempt.state })]);
  return after;
}
