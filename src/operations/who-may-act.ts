import { ABILITIES, mayAnywhere, type Ability, type Actor, type Place } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { getBatchView } from '../store/batch-views.ts';
import { resolveBatch } from '../store/batches.ts';
import { getFund, resolveFund } from '../store/funds.ts';
import { findHolders, findPeopleWhoMay } from '../store/payers.ts';
import { getPaymentView } from '../store/payment-views.ts';
import { resolvePayment } from '../store/payments.ts';
import { getReplenishment, resolveReplenishment } from '../store/replenishments.ts';
import { getRequisitionView, resolveRequisition } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { lookAtChange } from './look-at-change.ts';
import { approvalProgress } from './requisition-approval.ts';
import { showVariance } from './show-variance.ts';

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
  /** Usernames, without oneself. */
  readonly others: readonly string[];
}

/**
 * Who may do what comes next: by role and place, without those whom segregation of duties keeps out. Whether it will be refused for
 * another reason, such as a limit, is judged when it is done.
 */
export async function whoMayAct(store: Store, actor: Actor, act: Act): Promise<Doers> {
  const holds = act.ability === null || mayAnywhere(actor, act.ability);
  const rule = act.named === undefined ? undefined : RULES[act.path];
  if (rule === undefined && holds) return { oneself: true, others: [] };
  const able = (await ruled(store, actor, { act, rule })) ?? (await holdersOf(store, actor, act.ability));
  return {
    oneself: holds && (rule === undefined || able.includes(actor.username)),
    others: able.filter((username) => username !== actor.username),
  };
}

type Rule = (store: Store, actor: Actor, named: string) => Promise<readonly string[]>;

/** Null where there is no rule, or what it is about is out of sight, as after a rehearsal. */
async function ruled(
  store: Store,
  actor: Actor,
  { act, rule }: { readonly act: Act; readonly rule: Rule | undefined },
): Promise<readonly string[] | null> {
  if (rule === undefined || act.named === undefined) return null;
  try {
    return await rule(store, actor, act.named);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Whoever holds a role for it where the person works. */
const holdersOf = (store: Store, { grants }: Actor, ability: Ability | null): Promise<readonly string[]> =>
  ability === null
    ? Promise.resolve([])
    : store.read(async (tx) => {
        const found = new Set<string>();
        for (const { companyId, regionId, branchId } of grants) {
          const place = companyId === null ? null : { companyId, regionId, branchId };
          for (const { username } of await findHolders(tx, ABILITIES[ability], place)) found.add(username);
        }
        return [...found].toSorted();
      });

/** Who holds a role for it at a place, without some. */
const ableAt = async (
  tx: Tx,
  { ability, place, never = [] }: { ability: Ability; place: Place; never?: readonly (string | null)[] },
): Promise<string[]> =>
  (await findPeopleWhoMay(tx, ability, place)).map(({ username }) => username).filter((name) => !never.includes(name));

const ofPayment =
  (ability: Ability, { segregated }: { readonly segregated: boolean }): Rule =>
  (store, actor, named) =>
    store.read(async (tx) => {
      const view = await getPaymentView(tx, await resolvePayment(tx, named, actor.grants));
      const { fund } = await getFund(tx, view.payment.fundId);
      if (!segregated) return ableAt(tx, { ability, place: fund });
      const { requester, approvals } = await getRequisitionView(tx, view.payment.requisitionId);
      return ableAt(tx, { ability, place: fund, never: [requester, ...approvals.map(({ approver }) => approver)] });
    });

const ofReplenishment =
  (ability: Ability): Rule =>
  (store, actor, named) =>
    store.read(async (tx) => {
      const view = await getReplenishment(tx, await resolveReplenishment(tx, named, actor.grants));
      const { fund } = await getFund(tx, view.request.fundId);
      return ableAt(tx, { ability, place: fund, never: [view.requestedBy, view.approvedBy] });
    });

const ofBatch =
  (ability: Ability): Rule =>
  (store, actor, named) =>
    store.read(async (tx) => {
      const { creator, deciders, fund } = await getBatchView(tx, await resolveBatch(tx, named, actor.grants));
      return ableAt(tx, { ability, place: fund, never: [creator, ...deciders] });
    });

const ofChange =
  ({ takenBack }: { readonly takenBack: boolean }): Rule =>
  async (store, actor, named) => {
    const { proposed, deciders } = await lookAtChange(store, actor, named);
    const people = deciders.people.map(({ username }) => username);
    return takenBack
      ? [...people, proposed.proposer]
      : people.filter((username) => !proposed.confirmations.includes(username));
  };

const ofVariance: Rule = async (store, actor, named) => (await showVariance(store, actor, named)).mayDecide;

const ofRequisition =
  (find: (tx: Tx, view: Awaited<ReturnType<typeof getRequisitionView>>) => Promise<readonly string[]>): Rule =>
  (store, actor, named) =>
    store.read(async (tx) => find(tx, await getRequisitionView(tx, await resolveRequisition(tx, named, actor.grants))));

/** By the name of a command: who may do it to what it names. */
const RULES: Readonly<Record<string, Rule>> = {
  'requisition approve': ofRequisition(async (tx, view) => (await approvalProgress(tx, view)).mayApprove),
  'requisition amend': ofRequisition((_, { requester }) => Promise.resolve([requester])),
  'payment create': ofRequisition((tx, { requisition }) =>
    ableAt(tx, { ability: 'payment.create', place: requisition }),
  ),
  'payment otp': ofPayment('payment.execute', { segregated: true }),
  'payment execute': ofPayment('payment.execute', { segregated: true }),
  'payment retry': ofPayment('payment.retry', { segregated: false }),
  'payment cancel': ofPayment('payment.cancel', { segregated: false }),
  'payment resolve': ofPayment('payment.resolve', { segregated: false }),
  'batch approve': ofBatch('requisition.approve'),
  'batch otp': ofBatch('payment.execute'),
  'batch execute': ofBatch('payment.execute'),
  'batch resume': ofBatch('payment.execute'),
  'replenish approve': ofReplenishment('replenishment.approve'),
  'replenish reject': ofReplenishment('replenishment.approve'),
  'replenish fund': ofReplenishment('replenishment.fund'),
  'replenish request': (store, actor, named) =>
    store.read(async (tx) => {
      const { fund } = await getFund(tx, await resolveFund(tx, named, actor.grants));
      return ableAt(tx, { ability: 'replenishment.request', place: fund });
    }),
  'variance approve': ofVariance,
  'variance reject': ofVariance,
  'change confirm': ofChange({ takenBack: false }),
  'change reject': ofChange({ takenBack: true }),
};
