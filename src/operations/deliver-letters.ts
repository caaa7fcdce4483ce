import { Problem } from '../domain/problem.ts';
import type { Mailer } from '../gateways/mail.ts';
import { letterMail } from '../gateways/letter-mail.ts';
import { WAIVED } from './guarded-writes.ts';
import { noteDelivery, waitingLetters, type Letter } from '../store/outbox.ts';
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
