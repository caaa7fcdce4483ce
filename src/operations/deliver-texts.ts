import { waitAfter, type Backoff } from '../domain/backoff.ts';
import { Problem } from '../domain/problem.ts';
import type { SmsAnswer, SmsSender } from '../gateways/sms.ts';
import { closeUndelivered, noteDelivery, putOff, takeTexts, type Text } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import { WAIVED } from './guarded-writes.ts';

/** At once at most: as many as are over before the lease on them is, however late each is answered. */
const TEXTS_AT_ONCE = 10;
/** Waits between tries of a text that was not taken. */
const TEXTS_BACKOFF: Backoff = { firstMs: 30_000, longestMs: 60 * 60_000 };

/** What became of the texts that were due. */
export interface Delivered {
  readonly sent: number;
  /** Why texts were given up or put off. */
  readonly failures: readonly string[];
}

/**
 * Sends the texts that are due, each taken first so that no other worker sends it too. One that its provider will never take is given
 * up; of any other outcome nobody knows whether it came, so it is sent again later: at least once, which costs nothing, as no text
 * holds a secret. After one of these the rest waits, too, as the provider may be away.
 */
export async function deliverDueTexts(
  store: Store,
  openSms: () => Promise<SmsSender>,
  chance: () => number,
): Promise<Delivered> {
  const taken = await store.write((tx) => takeTexts(tx, TEXTS_AT_ONCE), WAIVED);
  const failures: string[] = [];
  let sent = 0;
  for (const [at, { id, payload, deliveries }] of taken.entries()) {
    const answer = await tried(openSms, payload);
    if (answer.kind === 'taken') sent += 1;
    else failures.push(answer.reason);
    await store.write(async (tx) => {
      if (answer.kind === 'refused') return closeUndelivered(tx, id, answer.reason);
      await noteDelivery(tx, id, answer.kind === 'taken' ? null : answer.reason);
      if (answer.kind === 'taken') return;
      const after = (failed: number): Date => new Date(tx.now.getTime() + waitAfter(failed, chance(), TEXTS_BACKOFF));
      await putOff(tx, [id], after(deliveries + 1));
      const rest = taken.slice(at + 1).map((text) => text.id);
      if (rest.length > 0) await putOff(tx, rest, after(1));
    }, WAIVED);
    if (answer.kind === 'later') break;
  }
  return { sent, failures };
}

async function tried(openSms: () => Promise<SmsSender>, payload: string): Promise<SmsAnswer> {
  try {
    const sender = await openSms();
    return await sender.send(JSON.parse(payload) as Text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: 'later', reason: error.message };
  }
}
