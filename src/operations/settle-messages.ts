import { requireAbility, requireAbilityAt, type Actor, type Place } from '../domain/access.ts';
import { commonPlace, type Shown } from '../domain/change.ts';
import type { GatewayResult } from '../domain/gateway-result.ts';
import { couldHideMoney, isOdd } from '../domain/odd-message.ts';
import { Problem } from '../domain/problem.ts';
import { recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { involvedInAttempt } from '../store/attempts.ts';
import { getFund, lockFund } from '../store/funds.ts';
import { closeMessage, lockMessage } from '../store/gateway-messages.ts';
import { messageViews, resolveMessage, type MessageView } from '../store/odd-messages.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { requiredReason } from './decide-requisition.ts';
import { readMessage } from './read-message.ts';
import {
  alone,
  happeningBy,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

/** What a message says of an order; null when nobody can read it. */
export const saysOf = (message: Row<'gatewayMessages'>): GatewayResult['outcome'] | null =>
  readMessage(message)?.outcome ?? null;

/** The message that a text names. Throws not found, also for those of other companies, or forbidden OUT_OF_SCOPE. */
export const findMessage = (store: Store, actor: Actor, text: string): Promise<MessageView> =>
  store.read(async (tx) => {
    const [view] = await messageViews(tx, [await resolveMessage(tx, text, actor.grants)]);
    if (view === undefined) throw new Error(`message ${text} has gone`);
    if (view.fundId !== null) requireAbilityAt(actor, 'books.read', (await getFund(tx, view.fundId)).fund);
    return view;
  });

/**
 * Puts messages that fit nothing away, all or none, by a treasurer or CFO who neither requested nor executed what they are about. Where
 * one of them could hide money it is a change that somebody else confirms, from the first day on. Throws not found, forbidden, refused.
 */
export async function settleMessages(
  store: Store,
  actor: Actor,
  { refs, reason: text }: { readonly refs: readonly string[]; readonly reason: string },
): Promise<MessageView[] | Proposed> {
  const reason = requiredReason(text);
  requireAbility(actor, 'payment.declare_not_paid');
  return store.write(async (tx) => {
    const ids = new Set<string>();
    for (const ref of refs) ids.add(await resolveMessage(tx, ref, actor.grants));
    const odd = await lockOdd(tx, [...ids]);
    const places = await refuseOthers(tx, actor, odd);
    refuseSettled(odd);
    if (!odd.some(({ message }) => couldHideMoney({ outcome: message.outcome, says: saysOf(message) }))) {
      await settle(tx, alone(actor), odd, reason);
      return messageViews(tx, [...ids]);
    }
    return propose(tx, actor, {
      kind: messageSettlement,
      subject: subjectOf(odd),
      subjectUserId: null,
      place: places.includes(null) ? null : commonPlace(places.flatMap((place) => (place === null ? [] : [place]))),
      before: shownOf(odd, 'open'),
      after: shownOf(odd, 'settled'),
      payload: { message_ids: odd.map(({ message }) => message.id) },
      reason,
    });
  });
}

/** Messages by their references, each locked until the transaction ends. */
async function lockOdd(tx: Tx, ids: readonly string[]): Promise<MessageView[]> {
  // One order for everybody, so that two who settle the same never wait for each other.
  for (const id of ids.toSorted()) await lockMessage(tx, id);
  const views = await messageViews(tx, ids);
  return views.toSorted((a, b) => (placed(a) < placed(b) ? -1 : 1));
}

/** By fund, so that funds are locked in one order. */
const placed = ({ message, fundId }: MessageView): string => `${fundId ?? ''} ${message.ref}`;

/** Refuses whoever has no say about one of the messages; answers where each of them belongs, null for what is about no order. */
async function refuseOthers(tx: Tx, actor: Actor, odd: readonly MessageView[]): Promise<(Place | null)[]> {
  const places: (Place | null)[] = [];
  const own: string[] = [];
  for (const { message, fundId } of odd) {
    const fund = fundId === null ? null : (await getFund(tx, fundId)).fund;
    if (fund !== null) requireAbilityAt(actor, 'payment.declare_not_paid', fund);
    places.push(fund);
    const involved = await involvedIn(tx, message);
    if (involved.includes(actor.userId)) own.push(message.ref);
  }
  if (own.length === 0) return places;
  throw new Problem(
    'forbidden',
    'RESOLVER_IS_INVOLVED',
    `${actor.username} requested or executed what ${own.join(', ')} ${own.length === 1 ? 'is' : 'are'} about; somebody else settles ${own.length === 1 ? 'it' : 'them'}.`,
    { unchanged: 'Nothing was settled.' },
  );
}

/** Who requested and who executed the payment that a message is about. */
const involvedIn = async (tx: Tx, { attemptId }: Row<'gatewayMessages'>): Promise<readonly string[]> =>
  attemptId === null ? [] : (await involvedInAttempt(tx, attemptId)).people;

function refuseSettled(odd: readonly MessageView[]): void {
  const fitting = odd.filter(({ message }) => !isOdd(message.outcome)).map(({ message }) => message);
  const settled = odd.filter(({ message }) => message.settledAt !== null);
  if (fitting.length === 0 && settled.length === 0) return;
  const why = [
    ...fitting.map(({ ref, outcome }) => `${ref} is ${outcome}: nobody has to settle it`),
    ...settled.map(({ message, settledBy }) => `${message.ref} is settled already, by ${settledBy ?? 'nobody'}`),
  ];
  throw new Problem('refused', 'MESSAGE_NOT_OPEN', `${why.join('; ')}.`, {
    unchanged: 'Nothing was settled.',
    fix: 'treasury gateway message list',
  });
}

/** `msg_4kq7z2`, or `msg_4kq7z2 and 3 more`. */
function subjectOf(odd: readonly MessageView[]): string {
  const [first = '', ...more] = odd.map(({ message }) => message.ref);
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

const shownOf = (odd: readonly MessageView[], status: 'open' | 'settled'): Shown => ({
  status,
  messages: odd.map(({ message }) => `${message.ref} (${message.detail ?? message.outcome})`),
});

const idsOf = (change: Row<'changes'>): readonly string[] => payloadOf<{ message_ids: string[] }>(change).message_ids;

/** Messages that could hide money, put away by two. */
export const messageSettlement: ChangeKind = {
  kind: 'gateway_message.settle',
  ofPerson: false,
  present: async (tx, change) => {
    const odd = await lockOdd(tx, idsOf(change));
    return shownOf(odd, odd.some(({ message }) => message.settledAt !== null) ? 'settled' : 'open');
  },
  apply: async (tx, authority, change) => {
    const odd = await lockOdd(tx, idsOf(change));
    await refuseOthers(tx, authority.actor, odd);
    refuseSettled(odd);
    await settle(tx, authority, odd, change.reason ?? '');
    return {
      lines: odd.map(({ message }) => `${message.ref}: open > settled`),
      next: ['treasury gateway message list'],
    };
  },
  concerned: async (tx, change) => {
    const views = await messageViews(tx, idsOf(change));
    const concerned: string[] = [];
    for (const { message } of views) concerned.push(...(await involvedIn(tx, message)));
    return concerned;
  },
};

async function settle(tx: Tx, authority: Authority, odd: readonly MessageView[], reason: string): Promise<void> {
  const settled = {
    settledBy: authority.actor.userId,
    settledReason: reason,
    settledChangeId: authority.confirmed?.change.id ?? null,
  };
  for (const { message, payment, fundId } of odd) {
    await closeMessage(tx, message.id, settled);
    const payload = { gateway: message.gateway, outcome: message.outcome, detail: message.detail, payment, reason };
    const happening = happeningBy(authority, { action: 'gateway_message.settled', subject: message.ref, payload });
    if (fundId === null) await recordOfficeEvent(tx, happening);
    else await recordFundEvent(tx, await lockFund(tx, fundId), happening);
  }
}
