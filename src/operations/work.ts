import type { CarriedOut } from '../domain/carried-out.ts';
import { quantity } from '../domain/quantity.ts';
import type { Mailer } from '../gateways/mail.ts';
import type { SmsSender } from '../gateways/sms.ts';
import { dueAttempts } from '../store/attempts.ts';
import { waitingMessages } from '../store/gateway-messages.ts';
import { hasDueLetters, hasDueTexts } from '../store/outbox.ts';
import { dueSchedules } from '../store/schedules.ts';
import { getPolicy } from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { activeWebhooks, chainsBehind, hasDueNotices } from '../store/webhooks.ts';
import { askAttempt, type Asked } from './ask-attempt.ts';
import { passing, type Carrier } from './carrier.ts';
import { deliverDueLetters } from './deliver-letters.ts';
import { deliverDueTexts } from './deliver-texts.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { spreadEvents } from './spread-events.ts';
import { applyEvidence, type Reader } from './receive-evidence.ts';
import { runSchedule } from './run-schedules.ts';

export interface Worker extends Carrier {
  readonly openMailer: () => Promise<Mailer>;
  readonly openSms: () => Promise<SmsSender>;
  /** Reads what gateways have said. */
  readonly reader: Reader;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly pepper: () => Promise<Buffer>;
  readonly now: () => Date;
  /** Throws auth or forbidden when whoever runs the worker may not go on: shut out, logged out, or without the role by now. */
  readonly mayGoOn: () => Promise<void>;
  /** Told of each thing when it is done: also when the worker does not get to its end. */
  readonly tell: (done: CarriedOut) => void;
}

/** What is due at this moment and nobody has taken. */
interface Due {
  readonly schedules: readonly string[];
  readonly attempts: readonly { readonly id: string; readonly ref: string }[];
  readonly messages: readonly { readonly id: string; readonly ref: string }[];
  readonly letters: boolean;
  readonly texts: boolean;
  /** Events that some webhook may have to be told of. */
  readonly events: boolean;
  readonly notices: boolean;
}

const AT_ONCE = 50;

/** Everything that is due, in one read. */
export const findDue = (store: Store): Promise<Due> =>
  store.read(async (tx) => ({
    schedules: (await dueSchedules(tx)).map(({ id }) => id),
    attempts: await dueAttempts(tx, AT_ONCE),
    messages: await waitingMessages(tx, AT_ONCE),
    letters: await hasDueLetters(tx),
    texts: await hasDueTexts(tx),
    events: (await anybodyTold(tx)) && (await chainsBehind(tx)).length > 0,
    notices: await hasDueNotices(tx),
  }));

const anybodyTold = async (tx: Tx): Promise<boolean> =>
  (await activeWebhooks(tx)).length > 0 || (await getPolicy(tx)).terms?.notify !== undefined;

/** How much is due. */
export const countDue = ({ schedules, attempts, messages, letters, texts, events, notices }: Due): number =>
  schedules.length + attempts.length + messages.length + [letters, texts, events, notices].filter(Boolean).length;

/** On SQLite a long run lets others write between two of its transactions: this long, and as much again by chance. */
const YIELD_MS = 4;

/**
 * Does once what is due: evidence that waits to be applied, payments in flight, schedules, letters. Each step is whole when it
 * returns; before it is asked whether to stop, and whether who runs the worker still may: throws what `mayGoOn` throws. Tells what was
 * done; what other workers were faster with is not told.
 */
export async function workOff(store: Store, worker: Worker, stop: () => boolean): Promise<CarriedOut[]> {
  await worker.mayGoOn();
  const due = await findDue(store);
  const steps: (() => Promise<CarriedOut | null>)[] = [
    ...due.messages.map((message) => () => apply(store, message, worker)),
    ...due.attempts.map((attempt) => () => lookAfter(store, attempt, worker)),
    ...due.schedules.map((id) => () => runSchedule(store, id, worker)),
    ...(due.events ? [() => spread(store)] : []),
    ...(due.letters || due.events ? [() => deliver(store, worker)] : []),
    ...(due.texts || due.events ? [() => deliverTexts(store, worker)] : []),
    ...(due.events || due.notices ? [() => tellWebhooks(store, worker)] : []),
  ];
  const done: CarriedOut[] = [];
  for (const step of steps) {
    if (stop()) break;
    await worker.mayGoOn();
    const one = await step();
    if (one !== null) {
      done.push(one);
      worker.tell(one);
    }
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

async function deliverTexts(store: Store, { openSms, chance }: Worker): Promise<CarriedOut | null> {
  const { sent, failures } = await deliverDueTexts(store, openSms, chance);
  const of = { what: 'texts', subject: 'deliver' };
  if (failures.length > 0) return { ...of, outcome: 'failed', detail: failures.join('; ') };
  return sent === 0 ? null : { ...of, outcome: 'done', detail: `${sent} sent` };
}

async function spread(store: Store): Promise<null> {
  await spreadEvents(store);
  return null;
}

async function tellWebhooks(store: Store, worker: Worker): Promise<CarriedOut | null> {
  const of = { what: 'webhooks', subject: 'deliver' };
  try {
    const { told, failures } = await deliverWebhooks(store, worker);
    if (failures.length > 0) return { ...of, outcome: 'failed', detail: failures.join('; ') };
    return told === 0 ? null : { ...of, outcome: 'done', detail: `${told} told` };
  } catch (error) {
    // A machine without the pepper still carries out everything else.
    return { ...of, outcome: 'failed', detail: passing(error).message };
  }
}

/** Looks after every payment in flight of which it is time: for the job of that name. */
export async function resolveDue(store: Store, worker: Worker): Promise<string> {
  const { messages, attempts } = await findDue(store);
  for (const message of messages) await apply(store, message, worker);
  let asked = 0;
  for (const attempt of attempts) if ((await lookAfter(store, attempt, worker)) !== null) asked += 1;
  return `${quantity(messages.length, 'message')} applied, ${quantity(asked, 'payment')} looked after`;
}

/** Sends the letters that wait, and tells webhooks: for the job of that name. */
export async function deliverDue(store: Store, worker: Worker): Promise<string> {
  const letters = await deliver(store, worker);
  await spreadEvents(store);
  const texts = await deliverTexts(store, worker);
  const webhooks = await tellWebhooks(store, worker);
  return `${letters?.detail ?? 'no letter waits'}; ${texts === null ? '' : `${texts.detail}; `}${webhooks?.detail ?? 'no webhook waits'}`;
}
