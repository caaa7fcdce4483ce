import { requireAbility, type Actor } from '../domain/access.ts';
import type { Policy } from '../domain/policy.ts';
import type { Check } from '../domain/problem.ts';
import { decisionChecks, type DecisionAct } from '../domain/variance.ts';
import { lockFund } from '../store/funds.ts';
import { lockPayment } from '../store/payments.ts';
import { getPolicy } from '../store/policies.ts';
import { lockRequisition } from '../store/requisitions.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { findVariances, lockVariances, resolveVariance } from '../store/variances.ts';
import { refuseFailing, whoDecides } from './judge-variance.ts';

export interface VarianceDecisionRequest {
  /** What the person typed: references or ids. */
  readonly variances: readonly string[];
  readonly reason: string | null;
}

/** Variances that may be decided on, with everything that they are about, all of it locked. */
export interface DecisionCase {
  /** In the order in which they were recorded. */
  readonly variances: readonly Row<'varianceAdjustments'>[];
  readonly payments: ReadonlyMap<string, Row<'payments'>>;
  readonly funds: ReadonlyMap<string, Row<'funds'>>;
  readonly requisitions: ReadonlyMap<string, Row<'requisitions'>>;
  readonly policy: Policy;
}

/**
 * Locks variances with their payments, funds and requisitions, and judges whether a person may decide on all of them. Throws not
 * found, forbidden ROLE_MISSING, or with every check of every one of them: one that fails holds up all.
 */
export async function lockDecision(
  tx: Tx,
  actor: Actor,
  { act, variances: named, reason }: VarianceDecisionRequest & { readonly act: DecisionAct },
): Promise<DecisionCase> {
  requireAbility(actor, 'variance.approve');
  const ids = new Set<string>();
  for (const text of named) ids.add(await resolveVariance(tx, text, actor.grants));
  const found = await findVariances(tx, [...ids]);
  const payments = await lockEach(
    tx,
    found.flatMap(({ paymentId }) => paymentId ?? []),
    lockPayment,
  );
  const funds = await lockEach(
    tx,
    found.map(({ fundId }) => fundId),
    lockFund,
  );
  const requisitions = await lockEach(
    tx,
    [...payments.values()].map(({ requisitionId }) => requisitionId),
    lockRequisition,
  );
  // Under their funds' locks, which every decision holds, nobody else decides on them now.
  const locked = await lockVariances(tx, [...ids]);
  const one: DecisionCase = {
    variances: locked.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1)),
    ...{ payments, funds, requisitions, policy: await getPolicy(tx) },
  };
  const checks: Check[] = [];
  for (const variance of one.variances) checks.push(...(await checksOf(tx, actor, { one, variance, act, reason })));
  const [only] = one.variances;
  const about = one.variances.length === 1 && only !== undefined ? only.ref : `These ${one.variances.length} variances`;
  refuseFailing(about, checks, act === 'approve' ? 'approved' : 'rejected');
  return one;
}

async function checksOf(
  tx: Tx,
  actor: Actor,
  {
    one,
    variance,
    act,
    reason,
  }: { one: DecisionCase; variance: Row<'varianceAdjustments'>; act: DecisionAct; reason: string | null },
): Promise<Check[]> {
  const { fund, payment } = partsOf(one, variance);
  const people = await whoDecides(tx, actor, { fund, variance, payment });
  return decisionChecks({ act, variance, payment, fund, policy: one.policy, reason, ...people });
}

/** The fund of a variance and, of one that has any, its payment. */
export function partsOf(
  { funds, payments }: Pick<DecisionCase, 'funds' | 'payments'>,
  { ref, fundId, paymentId }: Row<'varianceAdjustments'>,
): { fund: Row<'funds'>; payment: Row<'payments'> | null } {
  const fund = funds.get(fundId);
  const payment = paymentId === null ? null : payments.get(paymentId);
  if (fund === undefined || payment === undefined) throw new Error(`${ref} lacks its fund or payment`);
  return { fund, payment };
}

/** Rows by id, each locked once, in the order of the ids. */
async function lockEach<R extends { id: string }>(
  tx: Tx,
  ids: readonly string[],
  lockOne: (tx: Tx, id: string) => Promise<R>,
): Promise<Map<string, R>> {
  const rows = new Map<string, R>();
  for (const id of [...new Set(ids)].toSorted()) rows.set(id, await lockOne(tx, id));
  return rows;
}
