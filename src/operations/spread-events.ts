import { formatAmount } from '../domain/money.ts';
import { audienceOf, noticeOf, smsOf, toldBySms } from '../domain/notify.ts';
import type { Policy } from '../domain/policy.ts';
import { wants, webhookBody } from '../domain/webhook.ts';
import { fundChain } from '../store/audit-chain.ts';
import { reachablesOf, findFundByCode, findPaymentByRef } from '../store/notify.ts';
import { putLetters, putTexts } from '../store/outbox.ts';
import { getPolicy } from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import { activeWebhooks, chainsBehind, eventsAfter, lockCursor, moveCursor, putNotices } from '../store/webhooks.ts';
import type { Tx } from '../store/transaction.ts';

/** Events that are looked at in one transaction. */
const AT_ONCE = 200;

/**
 * Puts what happened into the outbox: for each webhook that wants it, and as letters to those whom the policy in force wants told. The events are those of the audit chains, written in the
 * transaction of what they tell; how far each chain has been told is kept beside them, so that nothing is left out or put there twice.
 * Answers how much was put there.
 */
export async function spreadEvents(store: Store): Promise<number> {
  let put = 0;
  for (const { chain } of await store.read(chainsBehind)) put += await store.write((tx) => spreadChain(tx, chain));
  return put;
}

async function spreadChain(tx: Tx, chain: string): Promise<number> {
  const webhooks = await activeWebhooks(tx);
  const seq = await lockCursor(tx, chain);
  const events = await eventsAfter(tx, { chain, seq }, AT_ONCE);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const notices = events.flatMap((event) => {
    const { action, at } = JSON.parse(event.body) as { readonly action: string; readonly at: string };
    return webhooks
      .filter(({ events: wanted, createdAt }) => new Date(at) >= createdAt && wants(wanted, action))
      .map(({ id }) => ({ webhookId: id, body: webhookBody(event) }));
  });
  const policy = await getPolicy(tx);
  for (const event of events) await writeLetters(tx, policy, event);
  await putNotices(tx, notices);
  await moveCursor(tx, chain, last.seq);
  return notices.length;
}

const FUND_CHAIN = fundChain('');

interface Happened {
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
  readonly payload: { readonly payment?: string | null } & Partial<Difference>;
}

/** What the event of a variance says. */
interface Difference {
  readonly original_minor: number;
  readonly adjusted_minor: number;
  readonly currency: string;
  readonly reason: string;
}

/** Letters, and texts where it says so, to those whom the policy wants told of an event of a fund. */
async function writeLetters(
  tx: Tx,
  { terms }: Policy,
  { chain, body }: { readonly chain: string; readonly body: string },
): Promise<void> {
  if (terms?.notify === undefined || !chain.startsWith(FUND_CHAIN)) return;
  const { action, actor, subject, payload } = JSON.parse(body) as Happened;
  const audience = audienceOf(terms, action);
  const fund = audience.length === 0 ? undefined : await findFundByCode(tx, chain.slice(FUND_CHAIN.length));
  if (fund === undefined) return;
  const payment = await findPaymentByRef(tx, payload.payment ?? subject);
  const about = { action, actor, subject, fund: fund.code, payment: payment?.ref ?? null };
  const told = noticeOf({
    ...about,
    terms: [...(payment === undefined ? [] : termsOf(payment)), ...figuresOf(payload)],
  });
  const people = await reachablesOf(tx, audience, { payment, fund });
  await putLetters(
    tx,
    people.map(({ email }) => ({ to: email, ...told })),
    { ownTry: false },
  );
  if (!toldBySms(terms, action)) return;
  const amount = payment === undefined ? null : formatAmount(payment.amountMinor, payment.currency);
  const text = smsOf({ ...about, amount });
  await putTexts(
    tx,
    people.flatMap(({ phone }) => (phone === null ? [] : [{ to: `+${phone}`, text }])),
  );
}

const termsOf = (payment: {
  amountMinor: number;
  currency: string;
  payee: string;
  destination: string;
  method: string;
}) => [
  `Amount:  ${formatAmount(payment.amountMinor, payment.currency)}`,
  `Payee:   ${payment.payee}`,
  `To:      ${payment.destination} (${payment.method})`,
];

/** What the books say and what really was, of a variance; nothing of anything else. */
const figuresOf = ({ original_minor: books, adjusted_minor: really, currency, reason }: Partial<Difference>) =>
  books === undefined || really === undefined || currency === undefined
    ? []
    : [
        `Books:   ${formatAmount(books, currency)}`,
        `Really:  ${formatAmount(really, currency)}`,
        `Reason:  ${reason ?? ''}`,
      ];
