import { requireAbilityAt, covers, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { Problem, notFound } from '../domain/problem.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getFund, lockFund } from '../store/funds.ts';
import { involvedInAttempt } from '../store/attempts.ts';
import { closeSuspense, lockSuspense, suspenseViews, type SuspenseView } from '../store/suspense.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { postEntry } from './post-entry.ts';
import { happeningBy, payloadOf, propose, type Authority, type ChangeKind, type Proposed } from './two-people.ts';

/** Items that a person may see. */
export const listSuspense = (
  store: Store,
  actor: Actor,
  which: { readonly settled: boolean },
): Promise<SuspenseView[]> =>
  store.read(async (tx) => {
    const views = await suspenseViews(tx, which);
    const seen: SuspenseView[] = [];
    for (const view of views) {
      const { fund } = await getFund(tx, view.item.fundId);
      if (actor.grants.some((grant) => covers(grant, fund))) seen.push(view);
    }
    return seen;
  });

/**
 * Proposes what becomes of money that left without a debit: the fund is debited for it, or it has come back. By a treasurer or CFO
 * who neither requested nor executed its payment; another one confirms it, always. Throws not found, forbidden, refused.
 */
export async function proposeSettlement(
  store: Store,
  actor: Actor,
  request: { readonly ref: string; readonly returned: boolean; readonly reason: string },
): Promise<{ readonly proposed: Proposed; readonly view: SuspenseView }> {
  const reason = usableReason(request.reason);
  return store.write(async (tx) => {
    const view = await named(tx, actor, request.ref);
    const { item } = view;
    const fund = await lockFund(tx, item.fundId);
    await refuseOthers(tx, actor, { item, fund });
    refuseSettled(item);
    const proposed = await propose(tx, actor, {
      kind: suspenseSettlement,
      subject: item.ref,
      subjectUserId: (await involvedInAttempt(tx, item.attemptId)).executorId,
      place: fund,
      before: shownOf(item),
      after: { status: 'settled', debited_minor: request.returned ? 0 : item.amountMinor },
      payload: { item_id: item.id, returned: request.returned },
      reason,
    });
    return { proposed, view };
  });
}

async function named(tx: Tx, actor: Actor, ref: string): Promise<SuspenseView> {
  const views = await suspenseViews(tx, { settled: true });
  const view = views.find(({ item }) => item.ref === ref || item.id === ref);
  if (view === undefined)
    throw notFound('suspense item', JSON.stringify(ref.slice(0, 64)), 'treasury suspense list --all');
  const { fund } = await getFund(tx, view.item.fundId);
  if (!actor.grants.some((grant) => covers(grant, fund)))
    throw notFound('suspense item', JSON.stringify(ref.slice(0, 64)), 'treasury suspense list --all');
  return view;
}

/** Refuses who has no say at its fund, or whose doing the money is: who requested its payment, or carried it out. */
async function refuseOthers(
  tx: Tx,
  actor: Actor,
  { item, fund }: { readonly item: Row<'suspenseItems'>; readonly fund: Row<'funds'> },
): Promise<void> {
  requireAbilityAt(actor, 'payment.declare_not_paid', fund);
  const { payment, people } = await involvedInAttempt(tx, item.attemptId);
  if (!people.includes(actor.userId)) return;
  throw new Problem(
    'forbidden',
    'RESOLVER_IS_INVOLVED',
    `${actor.username} requested or executed ${payment} and may not settle what became of it.`,
    { unchanged: 'It is as it was.' },
  );
}

function refuseSettled({ ref, status }: Row<'suspenseItems'>): void {
  if (status === 'open') return;
  throw new Problem('refused', 'SUSPENSE_SETTLED', `${ref} is settled already.`, {
    unchanged: 'It is as it was.',
    fix: 'treasury suspense list --all',
  });
}

const shownOf = ({ status, amountMinor }: Row<'suspenseItems'>): Shown => ({ status, amount_minor: amountMinor });

interface Settlement {
  readonly item_id: string;
  readonly returned: boolean;
}

export const suspenseSettlement: ChangeKind = {
  kind: 'suspense.settle',
  ofPerson: false,
  present: async (tx, change) => shownOf(await lockSuspense(tx, payloadOf<Settlement>(change).item_id)),
  apply: async (tx, authority, change) => {
    const { item_id: id, returned } = payloadOf<Settlement>(change);
    const found = await suspenseViews(tx, { settled: true, ids: [id] });
    const [view] = found;
    if (view === undefined) throw new Error(`${change.ref} is about an item that has gone`);
    const item = await lockSuspense(tx, id);
    refuseSettled(item);
    await settle(tx, authority, { item, view, returned, reason: change.reason ?? '' });
    return { lines: [`${item.ref}: open > settled`], next: ['treasury suspense list --all'] };
  },
  concerned: async (tx, change) => {
    const item = await lockSuspense(tx, payloadOf<Settlement>(change).item_id);
    return [...(await involvedInAttempt(tx, item.attemptId)).people];
  },
};

async function settle(
  tx: Tx,
  authority: Authority,
  {
    item,
    view,
    returned,
    reason,
  }: {
    readonly item: Row<'suspenseItems'>;
    readonly view: SuspenseView;
    readonly returned: boolean;
    readonly reason: string;
  },
): Promise<void> {
  const { confirmed } = authority;
  if (confirmed === null) throw new Error('an item is settled by two');
  const fund = await lockFund(tx, item.fundId);
  // What the proposer might do then may have been taken from them since.
  await refuseOthers(tx, authority.actor, { item, fund });
  const payload = {
    payment: view.payment,
    amount_minor: item.amountMinor,
    currency: item.currency,
    gateway_reference: item.gatewayReference,
    returned,
    reason,
  };
  const happening = happeningBy(authority, { action: 'suspense.settled', subject: item.ref, payload });
  const settledBy = { settledBy: authority.actor.userId, confirmedBy: confirmed.by.userId, settledReason: reason };
  if (returned) {
    await recordFundEvent(tx, fund, happening);
    await closeSuspense(tx, item.id, { ...settledBy, entryId: null });
    return;
  }
  const { entry } = await postEntry(
    tx,
    fund,
    {
      type: 'debit',
      kind: 'suspense',
      amountMinor: item.amountMinor,
      description: `${item.ref}: ${item.gateway} ${item.gatewayReference}, ${view.payment}`,
      createdBy: authority.actor.userId,
    },
    happening,
  );
  await closeSuspense(tx, item.id, { ...settledBy, entryId: entry.id });
}
