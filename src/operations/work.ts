import type { CarriedOut } from '../domain/carried-out.ts';
import type { Mailer } from '../gateways/mail.ts';
import { dueAttempts } from '../store/attempts.ts';
import { waitingMessages } from '../store/gateway-messages.ts';
import { hasDueLetters } from '../store/outbox.ts';
import { dueSchedules } from '../store/schedules.ts';
import type { Store } from '../store/store.ts';
import { askAttempt, type Asked } from './ask-attempt.ts';
import type { Carrier } from './carrier.ts';
import { deliverDueLetters } from './deliver-letters.ts';
import { applyEvidence, type Reader } from './receive-evidence.ts';
import { runSchedule } from './run-schedules.ts';

export interface Worker extends Carrier {
  readonly openMailer: () => Promise<Mailer>;
  /** Reads what gateways have said. */
  readonly reader: Reader;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What is due at this moment and nobody has taken. */
interface Due {
  readonly schedules: readonly string[];
  readonly attempts: readonly { readonly id: string; readonly ref: string }[];
  readonly messages: readonly { readonly id: string; readonly ref: string }[];
  readonly letters: boolean;
}

const AT_ONCE = 50;

/** Everything that is due, in one read. */
export const findDue = (store: Store): Promise<Due> =>
  store.read(async (tx) => ({
    schedules: (await dueSchedules(tx)).map(({ id }) => id),
    attempts: await dueAttempts(tx, AT_ONCE),
    messages: await waitingMessages(tx, AT_ONCE),
    letters: await hasDueLetters(tx),
  }));

/** How much is due. */
export const countDue = ({ schedules, attempts, messages, letters }: Due): number =>
  schedules.length + attempts.length + messages.length + (letters ? 1 : 0);

/** On SQLite a long run lets others write between two of its transactions: this long, and as much again by chance. */
const YIELD_MS = 4;

/**
 * Does once what is due: evidence that waits to be applied, payments in flight, schedules, letters. Each step is whole when it
 * returns, and is asked before it whether to stop. Tells what was done; what other workers were faster with is not told.
 */
export async function workOff(store: Store, worker: Worker, stop: () => boolean): Promise<CarriedOut[]> {
  const due = await findDue(store);
  const steps: (() => Promise<CarriedOut | null>)[] = [
    ...due.messages.map((message) => () => apply(store, message, worker)),
    ...due.attempts.map((attempt) => () => lookAfter(store, attempt, worker)),
    ...due.schedules.map((id) => () => runSchedule(store, id, worker)),
    ...(due.letters ? [() => deliver(store, worker)] : []),
  ];
  const done: CarriedOut[] = [];
  for (const step of steps) {
    if (stop()) break;
    const one = await step();
    if (one !== null) done.push(one);
    if (store.dialect === 'sqlite') await worker.pause(YIELD_MS + YIELD_MS * worker.chance());
  }
  return done;
}

async function apply(store: Store, { id, ref }: { id: string; ref: string }, { reader }: Worker): Promise<CarriedOut> {
  const { outcome, detail, attempt } = await applyEvidence(store, id, reader);
  return { what: ref, subject: attempt?.ref ?? 'evidence', outcome: 'done', detail: detail ?? outcome };
}

async function lookAfter(
  store: Store,
  { id, ref }: { id: string; ref: string },
  { holder, sending }: Worker,
): Promise<CarriedOut | null> {
  const asked = await askAttempt(store, id, { ...sending, holder });
  return asked.did === 'nothing' ? null : { what: ref, subject: 'resolve', outcome: 'done', detail: wordsFor(asked) };
}

function wordsFor(asked: Exclude<Asked, { did: 'nothing' }>): string {
  if (asked.did === 'waits') return 'waits for a file of the bank';
  if (asked.did === 'sent') return `sent: ${asked.sent.state}`;
  const { reply } = asked;
  return reply.kind === 'not_sent' ? `could not be asked: ${reply.reason}` : `asked: ${reply.kind}`;
}

async function deliver(store: Store, { openMailer, chance }: Worker): Promise<CarriedOut | null> {
  const { sent, failure } = await deliverDueLetters(store, openMailer, chance);
  if (failure !== null) return { what: 'letters', subject: 'deliver', outcome: 'failed', detail: failure };
  return sent === 0 ? null : { what: 'letters', subject: 'deliver', outcome: 'done', detail: `${sent} sent` };
}

/** Looks after every payment in flight of which it is time: for the job of that name. */
export async function resolveDue(store: Store, worker: Worker): Promise<string> {
  const { messages, attempts } = await findDue(store);
  for (const message of messages) await apply(store, message, worker);
  let asked = 0;
  for (const attempt of attempts) if ((await lookAfter(store, attempt, worker)) !== null) asked += 1;
  return `${messages.length} messages applied, ${asked} payments looked after`;
}

/** Sends the letters that wait: for the job of that name. */
export async function deliverDue(store: Store, worker: Worker): Promise<string> {
  const done = await deliver(store, worker);
  return done?.detail ?? 'no letter waits';
}
