import { ABILITIES, mayAnywhere, mayAt, type Ability, type Actor, type Grant, type Place } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { getBatchView } from '../store/batch-views.ts';
import { resolveBatch } from '../store/batches.ts';
import { getFund, resolveFund } from '../store/funds.ts';
import { findHolders, findPeopleWhoMay } from '../store/payers.ts';
import { getPaymentView, type PaymentView } from '../store/payment-views.ts';
import { resolvePayment } from '../store/payments.ts';
import { getReplenishment, resolveReplenishment } from '../store/replenishments.ts';
import { getRequisitionView, resolveRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { changeWithDeciders } from './look-at-change.ts';
import { approvalProgress } from './requisition-approval.ts';
import { varianceWithDeciders } from './show-variance.ts';

/** A command that something waits for: its name, what it names, and whom it lets in at all. */
export interface Act {
  readonly path: string;
  /** What its first argument names; of `payment create` the requisition. */
  readonly named: string | undefined;
  readonly ability: Ability | null;
}

/** Whether a person may do an act, and if not, who may. */
export interface Doers {
  readonly oneself: boolean;
  /** Usernames, without oneself; not looked up for who may act. */
  readonly others: readonly string[];
}

/**
 * Who may do what comes next, act by act: by role and place, without those whom segregation of duties keeps out. Whether it will be
 * refused for another reason, such as a limit, is judged when it is done. Where roles alone let the person in nothing is read, else once.
 */
export async function whoMayAct(store: Store, reader: Actor, acts: readonly Act[]): Promise<Doers[]> {
  const actor = { ...reader, grants: reader.grants.map(asTheirs) };
  const byRole = (act: Act): boolean => ruleOf(act) === undefined && holds(actor, act);
  if (acts.every(byRole)) return acts.map(() => ONESELF);
  return store.read(async (tx) => {
    const found = new Map<string, readonly string[]>();
    const doers: Doers[] = [];
    for (const act of acts) {
      if (byRole(act)) doers.push(ONESELF);
      else doers.push(doersOf(actor, act, await lookedUp(tx, actor, { act, found })));
    }
    return doers;
  });
}

const ONESELF: Doers = { oneself: true, others: [] };

/** What a token was not lent, its person may do nevertheless, and it is they who read. */
const asTheirs = ({ role, companyId, regionId, branchId }: Grant): Grant => ({ role, companyId, regionId, branchId });

const holds = (actor: Actor, { ability }: Act): boolean => ability === null || mayAnywhere(actor, ability);

const doersOf = (actor: Actor, act: Act, able: readonly string[]): Doers => ({
  oneself: holds(actor, act) && (ruleOf(act) === undefined || able.includes(actor.username)),
  others: able.filter((username) => username !== actor.username),
});

/** Usernames of who may do it; what several commands of one rule name is looked up once. */
async function lookedUp(
  tx: Tx,
  actor: Actor,
  { act, found }: { readonly act: Act; readonly found: Map<string, readonly string[]> },
): Promise<readonly string[]> {
  const rule = ruleOf(act);
  const key = `${rule === undefined ? act.ability : rule.is} ${act.named}`;
  const able = found.get(key) ?? (await ruled(tx, actor, act)) ?? (await holdersOf(tx, actor, act.ability));
  found.set(key, able);
  return able;
}

/** Null where there is no rule, or what it is about is out of sight, as after a rehearsal. */
async function ruled(tx: Tx, actor: Actor, act: Act): Promise<readonly string[] | null> {
  const rule = ruleOf(act);
  if (rule === undefined || act.named === undefined) return null;
  try {
    return await rule.find(tx, actor, act.named);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Whoever holds a role for it where the person works. */
async function holdersOf(tx: Tx, { grants }: Actor, ability: Ability | null): Promise<readonly string[]> {
  if (ability === null) return [];
  const found = new Set<string>();
  for (const { companyId, regionId, branchId } of grants) {
    const place = companyId === null ? null : { companyId, regionId, branchId };
    for (const { username } of await findHolders(tx, ABILITIES[ability], place)) found.add(username);
  }
  return [...found].toSorted();
}

interface Rule {
  /** Commands with the same rule have the same doers. */
  readonly is: string;
  /** Usernames of who may do it to what is named; oneself alone where that is one of them. */
  readonly find: (tx: Tx, actor: Actor, named: string) => Promise<readonly string[]>;
}

interface Able {
  readonly ability: Ability;
  readonly place: Place;
  /** Usernames of those whom segregation of duties keeps out. */
  readonly never?: readonly (string | null)[];
}

/** Who holds a role for it at a place, without some. Nobody else is looked up where the person may. */
async function ableAt(tx: Tx, actor: Actor, { ability, place, never = [] }: Able): Promise<readonly string[]> {
  if (mayAt(actor, ability, place) && !never.includes(actor.username)) return [actor.username];
  const people = await findPeopleWhoMay(tx, ability, place);
  return people.map(({ username }) => username).filter((username) => !never.includes(username));
}

const rule = (is: string, find: Rule['find']): Rule => ({ is, find });

const ofPayment = (
  ability: Ability,
  neverOf: (tx: Tx, view: PaymentView) => Promise<readonly (string | null)[]> = () => Promise.resolve([]),
): Rule =>
  rule(`payment: ${ability}`, async (tx, actor, named) => {
    const view = await getPaymentView(tx, await resolvePayment(tx, named, actor.grants));
    const [{ fund: place }, never] = await Promise.all([getFund(tx, view.payment.fundId), neverOf(tx, view)]);
    return ableAt(tx, actor, { ability, place, never });
  });

/** Whoever asked for it or approved it. */
async function requestersOf(tx: Tx, { payment }: PaymentView): Promise<string[]> {
  const { requester, approvals } = await getRequisitionView(tx, payment.requisitionId);
  return [requester, ...approvals.map(({ approver }) => approver)];
}

const ofReplenishment = (ability: Ability): Rule =>
  rule(`replenishment: ${ability}`, async (tx, actor, named) => {
    const view = await getReplenishment(tx, await resolveReplenishment(tx, named, actor.grants));
    const { fund: place } = await getFund(tx, view.request.fundId);
    return ableAt(tx, actor, { ability, place, never: [view.requestedBy, view.approvedBy] });
  });

const ofBatch = (ability: Ability): Rule =>
  rule(`batch: ${ability}`, async (tx, actor, named) => {
    const { creator, deciders, fund } = await getBatchView(tx, await resolveBatch(tx, named, actor.grants));
    return ableAt(tx, actor, { ability, place: fund, never: [creator, ...deciders] });
  });

const CONFIRMING = rule('change: confirm', async (tx, actor, named) => {
  const { proposed, deciders } = await changeWithDeciders(tx, actor, named);
  return deciders.people.map(({ username }) => username).filter((name) => !proposed.confirmations.includes(name));
});

const TAKING_BACK = rule('change: reject', async (tx, actor, named) => {
  const { proposed, deciders } = await changeWithDeciders(tx, actor, named);
  return [...deciders.people.map(({ username }) => username), proposed.proposer];
});

const DECIDING = rule(
  'variance: decide',
  async (tx, actor, named) => (await varianceWithDeciders(tx, actor, named)).mayDecide,
);

const APPROVING = rule('requisition: approve', async (tx, actor, named) => {
  const view = await getRequisitionView(tx, await resolveRequisition(tx, named, actor.grants));
  return (await approvalProgress(tx, view)).mayApprove;
});

const AMENDING = rule('requisition: amend', async (tx, actor, named) => [
  (await getRequisitionView(tx, await resolveRequisition(tx, named, actor.grants))).requester,
]);

const PAYING_FOR = rule('requisition: pay', async (tx, actor, named) => {
  const { requisition } = await getRequisitionView(tx, await resolveRequisition(tx, named, actor.grants));
  return ableAt(tx, actor, { ability: 'payment.create', place: requisition });
});

const REPLENISHING = rule('fund: replenish', async (tx, actor, named) => {
  const { fund: place } = await getFund(tx, await resolveFund(tx, named, actor.grants));
  return ableAt(tx, actor, { ability: 'replenishment.request', place });
});

/** By the name of a command: who may do it to what it names. */
const RULES: Readonly<Record<string, Rule>> = {
  'requisition approve': APPROVING,
  'requisition amend': AMENDING,
  'payment create': PAYING_FOR,
  'payment otp': ofPayment('payment.execute', requestersOf),
  'payment execute': ofPayment('payment.execute', requestersOf),
  'payment retry': ofPayment('payment.retry'),
  'payment cancel': ofPayment('payment.cancel'),
  'payment resolve': ofPayment('payment.resolve'),
  'reconcile payment': ofPayment('reconcile.run', (_, { requester, executor }) =>
    Promise.resolve([requester, executor]),
  ),
  'batch approve': ofBatch('requisition.approve'),
  'batch otp': ofBatch('payment.execute'),
  'batch execute': ofBatch('payment.execute'),
  'batch resume': ofBatch('payment.execute'),
  'replenish approve': ofReplenishment('replenishment.approve'),
  'replenish reject': ofReplenishment('replenishment.approve'),
  'replenish fund': ofReplenishment('replenishment.fund'),
  'replenish request': REPLENISHING,
  'variance approve': DECIDING,
  'variance reject': DECIDING,
  'change confirm': CONFIRMING,
  'change reject': TAKING_BACK,
};

const ruleOf = ({ path, named }: Act): Rule | undefined => (named === undefined ? undefined : RULES[path]);
