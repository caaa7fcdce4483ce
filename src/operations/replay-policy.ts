import { addMinor } from '../domain/money.ts';
import { SPLITTING_WINDOW_MS } from '../domain/otp.ts';
import { isMethod } from '../domain/payment.ts';
import { policyDifference, type Difference } from '../domain/policy-replay.ts';
import type { OfficeTime, PolicyCase } from '../domain/policy-rules.ts';
import type { Policy } from '../domain/policy.ts';
import { requireAbility, covers, type Actor } from '../domain/access.ts';
import { getOfficeZone } from '../store/office.ts';
import { allPolicies, getPolicy, versionOf } from '../store/policies.ts';
import {
  approvalsThen,
  approvedVariances,
  executedPayments,
  replayedFunds,
  rolesThrough,
  type ReplayedPayment,
  type ReplayedVariance,
  type RolesThen,
} from '../store/policy-replay.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { parsePolicy, usableTerms } from './set-policy.ts';

/** An instant as the office's clocks show it. */
export type OfficeClock = (at: Date) => OfficeTime & { readonly date: string };

export interface ReplayRequest {
  /** The proposed policy as a file. */
  readonly text: string;
  readonly since: Date;
  /** Null is up to now. */
  readonly until: Date | null;
  readonly clock: OfficeClock;
  /** Differing payments that are listed; all are counted. 0 lists all. */
  readonly limit: number;
}

/** A payment that another policy would have treated otherwise. */
export interface DifferingPayment {
  readonly payment: ReplayedPayment;
  readonly fundCode: string;
  readonly difference: Difference;
}

/** How many payments, and what they come to by currency. */
export interface Counted {
  readonly count: number;
  readonly sums: ReadonlyMap<string, number>;
}

export interface Replay {
  readonly inForce: Policy;
  readonly proposed: Policy;
  readonly replayed: Counted;
  readonly stricter: Counted;
  readonly looser: Counted;
  readonly listed: readonly DifferingPayment[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Judges past payments by a proposed policy and tells what would have been different, page by page. Payments outside the person's
 * reach count towards days and destinations, and are not told. Throws usage POLICY_INVALID.
 */
export async function replayPolicy(store: Store, actor: Actor, request: ReplayRequest): Promise<Replay> {
  requireAbility(actor, 'books.read');
  const parsed = await parsePolicy(request.text);
  return store.read(async (tx) => {
    const inForce = await getPolicy(tx);
    const terms = usableTerms(parsed, (await getOfficeZone(tx)).currency);
    const proposed: Policy = { version: inForce.version + 1, terms };
    const tally = { replayed: newCount(), stricter: newCount(), looser: newCount() };
    const listed: DifferingPayment[] = [];
    const policies = await allPolicies(tx);
    for await (const { payment, fund, facts } of casesOf(tx, request)) {
      if (!actor.grants.some((grant) => covers(grant, payment.requisitionPlace))) continue;
      add(tally.replayed, payment);
      const was = versionOf(policies, payment.policyVersion);
      const difference = policyDifference({ was, proposed, facts, codeUsed: payment.codeUsed });
      if (difference === null) continue;
      add(tally[difference.outcome], payment);
      if (request.limit === 0 || listed.length < request.limit)
        listed.push({ payment, fundCode: fund.code, difference });
    }
    return { inForce, proposed, ...tally, listed };
  });
}

const newCount = () => ({ count: 0, sums: new Map<string, number>() });

function add(counted: ReturnType<typeof newCount>, { currency, amountMinor }: ReplayedPayment): void {
  counted.count += 1;
  counted.sums.set(currency, addMinor(counted.sums.get(currency) ?? 0, amountMinor));
}

/** A payment of the past with what a policy judges of it. */
export interface ReplayedCase {
  readonly payment: ReplayedPayment;
  readonly fund: Row<'funds'>;
  readonly facts: PolicyCase;
}

/** Payments of a period in the order of their execution, each with the sums that stood when it was executed. */
export async function* casesOf(
  tx: Tx,
  { since, until, clock }: Pick<ReplayRequest, 'since' | 'until' | 'clock'>,
): AsyncGenerator<ReplayedCase> {
  const funds = await replayedFunds(tx);
  const rolesThen = await rolesThrough(tx);
  const running = runningSums();
  // What was paid in the days before counts towards the first sums.
  const from = new Date(since.getTime() - SPLITTING_WINDOW_MS - DAY_MS);
  const variances = await approvedVariances(tx, from);
  let known = 0;
  for await (const page of executedPayments(tx, from, until)) {
    for (const payment of page) {
      for (
        let one = variances[known];
        one !== undefined && one.approvedAt <= payment.executedAt;
        one = variances[known]
      ) {
        running.adjust(one, clock(one.payment.executedAt).date);
        known += 1;
      }
      const fund = funds.get(payment.fundId);
      if (fund === undefined) throw new Error(`the fund of ${payment.ref} has gone`);
      const time = clock(payment.executedAt);
      const sums = running.before(payment, time.date);
      if (payment.executedAt >= since)
        yield { payment, fund, facts: factsOf(payment, { fund, time, sums, rolesThen }) };
      running.add(payment);
    }
  }
}

interface Around {
  readonly fund: Row<'funds'>;
  readonly time: OfficeTime;
  readonly sums: { readonly byMethodMinor: number; readonly toDestinationMinor: number };
  readonly rolesThen: RolesThen;
}

/** What a policy judges of a payment of the past, as it stood when it was executed. */
export function factsOf(payment: ReplayedPayment, { fund, time, sums, rolesThen }: Around): PolicyCase {
  const { method, currency, amountMinor } = payment;
  if (!isMethod(method)) throw new Error(`${payment.ref} has the unknown method ${method}`);
  return {
    requisition: {
      number: payment.requisitionNumber,
      amountMinor: payment.requisitionMinor,
      approvals: approvalsThen(payment, rolesThen),
    },
    payment: { amountMinor, currency, method },
    fund,
    executorIsCfo: rolesThen(payment.executorId, payment.decidedAt, fund).includes('cfo'),
    time,
    paidTodayByMethodMinor: sums.byMethodMinor,
    paidToDestinationMinor: sums.toDestinationMinor,
  };
}

type Summed = ReplayedVariance['payment'];

/** Sums of a day by fund and method, and of seven days by destination, over payments that come in order, and what is adjusted of them later. */
function runningSums() {
  const days = new Map<string, { date: string; minor: number }>();
  const destinations = new Map<string, number>();
  const paid: Recent = { queue: [], oldest: 0 };
  const adjusted: Recent = { queue: [], oldest: 0 };
  const dayKey = ({ fundId, method }: Summed): string => `${fundId} ${method}`;
  const accountKey = ({ currency, destinationKey }: Summed): string => `${currency} ${destinationKey}`;
  const count = (key: string, minor: number): void => {
    const sum = (destinations.get(key) ?? 0) + minor;
    if (sum === 0) destinations.delete(key);
    else destinations.set(key, sum);
  };
  const forget = (now: number): void => {
    for (const recent of [paid, adjusted])
      for (const { key, minor } of takeBefore(recent, now - SPLITTING_WINDOW_MS)) count(key, -minor);
  };
  return {
    before: (payment: Summed, date: string) => {
      forget(payment.executedAt.getTime());
      const key = dayKey(payment);
      let day = days.get(key);
      if (day?.date !== date) days.set(key, (day = { date, minor: 0 }));
      return { byMethodMinor: day.minor, toDestinationMinor: destinations.get(accountKey(payment)) ?? 0 };
    },
    add: (payment: ReplayedPayment): void => {
      const day = days.get(dayKey(payment));
      if (day !== undefined) day.minor += payment.amountMinor;
      const one = { at: payment.executedAt.getTime(), key: accountKey(payment), minor: payment.amountMinor };
      count(one.key, one.minor);
      paid.queue.push(one);
    },
    /** A difference of a payment of that date, which may lie before others. */
    adjust: ({ payment, varianceMinor: minor }: ReplayedVariance, date: string): void => {
      const day = days.get(dayKey(payment));
      if (day?.date === date) day.minor += minor;
      const one = { at: payment.executedAt.getTime(), key: accountKey(payment), minor };
      count(one.key, minor);
      const after = adjusted.queue.findIndex(({ at }, index) => index >= adjusted.oldest && at > one.at);
      adjusted.queue.splice(after === -1 ? adjusted.queue.length : after, 0, one);
    },
  };
}

/** What still counts, in the order in which it will not; what lies before `oldest` no longer does. */
interface Recent {
  readonly queue: { readonly at: number; readonly key: string; readonly minor: number }[];
  oldest: number;
}

function takeBefore(recent: Recent, instant: number): readonly { readonly key: string; readonly minor: number }[] {
  const { queue } = recent;
  const from = recent.oldest;
  while ((queue[recent.oldest]?.at ?? Infinity) < instant) recent.oldest += 1;
  if (recent.oldest === from) return [];
  const taken = queue.slice(from, recent.oldest);
  if (recent.oldest > 10_000 && recent.oldest * 2 > queue.length) {
    queue.splice(0, recent.oldest);
    recent.oldest = 0;
  }
  return taken;
}
