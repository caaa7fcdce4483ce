import { covers, mayAnywhere, type Actor } from '../domain/access.ts';
import { sessionEndsAt } from '../domain/session.ts';
import { grantsForMatter, mayConfirm, type Matter } from '../domain/status.ts';
import { ownRoles, type OwnRole } from '../store/myself.ts';
import { findSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import {
  lockedPeople,
  lowFunds,
  paymentsInFlight,
  paymentsToPay,
  paymentsToRetry,
  paymentsWithCode,
  pendingChanges,
  replenishmentsToApprove,
  replenishmentsToFund,
  requisitionsToApprove,
  variancesToApprove,
  type ChangeList,
  type LockedPerson,
  type PendingChange,
} from '../store/waiting.ts';
import { itemsInSuspense } from '../store/waiting-suspense.ts';
import { FIRST_FEW, type WaitingList } from '../store/waiting-list.ts';
import { statementsToReplace, type FundsList } from '../store/waiting-of-funds.ts';
import { openOfFunds } from './open-of-funds.ts';
import { judgeSession, tokenHashOf } from './authenticate.ts';

/** No office has more of them waiting. */
const CHANGES_READ = 100;

type OfFunds = 'unmatched_lines' | 'missed_payments';
type Listed = Exclude<Matter, 'to_confirm' | 'changes_waiting' | 'locked_people' | OfFunds>;

/** Who somebody is and what waits for them. */
export interface StatusView {
  readonly roles: readonly OwnRole[];
  /** When the login ends if it is not used, and at the latest; null for a token. */
  readonly session: { readonly idleEndsAt: Date; readonly endsAt: Date } | null;
  readonly waiting: Readonly<Record<Listed, WaitingList>>;
  /** What waits to be explained, by fund. */
  readonly ofFunds: Readonly<Record<OfFunds, FundsList>>;
  readonly toConfirm: ChangeList;
  /** Pending changes that the person may read but not confirm. */
  readonly forOthers: ChangeList;
  readonly lockedPeople: readonly LockedPerson[];
}

const NOTHING: WaitingList = { count: 0, rows: [] };

/** Everything at one instant, in one read; `sessionToken` is the secret of the login, null for who acts by a token. */
export const showStatus = (store: Store, actor: Actor, sessionToken: string | null): Promise<StatusView> =>
  store.read(async (tx) => {
    const { userId } = actor;
    const about = (
      matter: Listed,
      find: (tx: Tx, grants: ReturnType<typeof grantsForMatter>, userId: string) => Promise<WaitingList>,
    ): Promise<WaitingList> => {
      const grants = grantsForMatter(actor, matter);
      return grants.length === 0 ? Promise.resolve(NOTHING) : find(tx, grants, userId);
    };
    // Asked together: on Postgres they travel together.
    const [roles, session, changes, locked, ofFunds, ...found] = await Promise.all([
      ownRoles(tx, userId),
      sessionToken === null ? null : sessionOf(tx, actor, sessionToken),
      grantsForMatter(actor, 'changes_waiting').length === 0 ? [] : pendingChanges(tx, CHANGES_READ),
      grantsForMatter(actor, 'locked_people').length === 0 ? [] : lockedPeople(tx),
      openOfFunds(tx, grantsForMatter(actor, 'unmatched_lines')),
      inFlight(tx, actor),
      about('in_suspense', itemsInSuspense),
      about('to_pay', paymentsToPay),
      about('live_codes', (same) => paymentsWithCode(same, userId)),
      about('to_retry', paymentsToRetry),
      about('to_approve', requisitionsToApprove),
      about('to_approve_variance', variancesToApprove),
      about('to_approve_replenishment', replenishmentsToApprove),
      about('to_fund', replenishmentsToFund),
      about('unbalanced_statements', statementsToReplace),
      about('low_funds', lowFunds),
    ]);
    const [in_flight, in_suspense, to_pay, live_codes, to_retry, to_approve, ...rest] = found;
    const [to_approve_variance, to_approve_replenishment, to_fund, unbalanced_statements, low_funds] = rest;
    const readable = changes.filter((change) => reaches(actor, change));
    const toConfirm = mayConfirm(actor) ? await confirmable(tx, actor, readable) : [];
    const forOthers = readable.filter((change) => !toConfirm.includes(change));
    return {
      ...{ roles, session, lockedPeople: locked },
      waiting: {
        ...{ in_flight, in_suspense, to_pay, live_codes, to_retry, to_approve },
        ...{ to_approve_variance, to_approve_replenishment, to_fund, unbalanced_statements, low_funds },
      },
      ofFunds,
      toConfirm: { count: toConfirm.length, rows: toConfirm.slice(0, FIRST_FEW) },
      forOthers: { count: forOthers.length, rows: forOthers.slice(0, FIRST_FEW) },
    };
  });

/** Whoever executes must settle what they left open, wherever it lies; others look after their places. */
function inFlight(tx: Tx, actor: Actor): Promise<WaitingList> {
  const grants = grantsForMatter(actor, 'in_flight');
  return grants.length > 0 || mayAnywhere(actor, 'payment.resolve')
    ? paymentsInFlight(tx, grants, actor.userId)
    : Promise.resolve(NOTHING);
}

async function sessionOf(tx: Tx, actor: Actor, token: string): Promise<StatusView['session']> {
  const { session } = judgeSession(await findSession(tx, { tokenHash: tokenHashOf(token) }), actor.origin, tx.now);
  return { idleEndsAt: sessionEndsAt(session, actor.grants), endsAt: session.expiresAt };
}

/** What concerns the whole office everybody with the role may read, other things at their places (see listChanges). */
const reaches = (actor: Actor, { companyId, regionId, branchId }: PendingChange): boolean =>
  companyId === null || actor.grants.some((grant) => covers(grant, { companyId, regionId, branchId }));

/** Judged as confirming itself judges; what can confirm is loaded only when something waits. */
async function confirmable(tx: Tx, actor: Actor, changes: readonly PendingChange[]): Promise<PendingChange[]> {
  if (changes.length === 0) return [];
  const { couldConfirm } = await import('./decide-change.ts');
  const able: PendingChange[] = [];
  for (const change of changes) if (await couldConfirm(tx, actor, change.ref)) able.push(change);
  return able;
}
