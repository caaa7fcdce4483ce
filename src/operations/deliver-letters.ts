import { waitAfter, type Backoff } from '../domain/backoff.ts';
import { Problem } from '../domain/problem.ts';
import type { Mailer } from '../gateways/mail.ts';
import { letterMail } from '../gateways/letter-mail.ts';
import { WAIVED } from './guarded-writes.ts';
import { noteDelivery, putOff, takeLetters, waitingLetters, type Letter } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';

/** At once at most; what is left goes with the next command that writes letters. */
const LETTERS_AT_ONCE = 20;

/**
 * Hands the letters of the outbox to the mail transport, oldest first, until one is not taken: that one and those behind it
 * stay. Answers why; null when nothing waits any more. A letter may be sent twice, never lost.
 */
export async function deliverLetters(store: Store, openMailer: () => Promise<Mailer>): Promise<string | null> {
  const waiting = await store.read((tx) => waitingLetters(tx, LETTERS_AT_ONCE));
  for (const { id, payload } of waiting) {
    const failure = await tried(openMailer, payload);
    // Whatever a guard has found, people are told what was written to them.
    await store.write((tx) => noteDelivery(tx, id, failure), WAIVED);
    if (failure !== null) return failure;
  }
  return null;
}

/** Waits between tries of a mail transport that takes nothing. */
const LETTERS_BACKOFF: Backoff = { firstMs: 30_000, longestMs: 60 * 60_000 };

/**
 * The same for a worker: letters are taken first, so that no other worker sends them too, and what is not taken is tried again after
 * a while. Answers how many were sent, and why not more.
 */
export async function deliverDueLetters(
  store: Store,
  openMailer: () => Promise<Mailer>,
  chance: () => number,
): Promise<{ readonly sent: number; readonly failure: string | null }> {
  const taken = await store.write((tx) => takeLetters(tx, LETTERS_AT_ONCE), WAIVED);
  for (const [sent, { id, payload, deliveries }] of taken.entries()) {
    const failure = await tried(openMailer, payload);
    await store.write(async (tx) => {
      await noteDelivery(tx, id, failure);
      if (failure === null) return;
      const wait = waitAfter(deliveries + 1, chance(), LETTERS_BACKOFF);
      const left = taken.slice(sent).map((letter) => letter.id);
      await putOff(tx, left, new Date(tx.now.getTime() + wait));
    }, WAIVED);
    if (failure !== null) return { sent, failure };
  }
  return { sent: taken.length, failure: null };
}

async function tried(openMailer: () => Promise<Mailer>, payload: string): Promise<string | null> {
  try {
    const mailer = await openMailer();
    await mailer.send(letterMail(JSON.parse(payload) as Letter));
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
}
