import { mayAt, requireAbility, type Ability, type Actor } from '../domain/access.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { replenishmentRefusal, type PersonFacts } from '../domain/replenishment.ts';
import { lockFund } from '../store/funds.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import {
  getReplenishment,
  lockReplenishment,
  resolveReplenishment,
  type ReplenishmentView,
} from '../store/replenishments.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** A request and its fund, both locked, with the person who wants to do something about them. */
export interface ReplenishmentCase {
  readonly before: ReplenishmentView;
  readonly request: Row<'replenishmentRequests'>;
  readonly fund: Row<'funds'>;
  readonly person: PersonFacts;
  /** Usernames of those who could do it instead. */
  readonly others: readonly string[];
}

/** Locks a request, then its fund, for somebody. Throws not found, or forbidden ROLE_MISSING. */
export async function lockCase(
  tx: Tx,
  actor: Actor,
  replenishment: string,
  ability: Ability,
): Promise<ReplenishmentCase> {
  requireAbility(actor, ability);
  const request = await lockReplenishment(tx, await resolveReplenishment(tx, replenishment, actor.grants));
  const fund = await lockFund(tx, request.fundId);
  const involved = [actor.userId, request.requestedBy, request.approvedBy];
  const others = (await findPeopleWhoMay(tx, ability, fund)).filter(({ id }) => !involved.includes(id));
  return {
    before: await getReplenishment(tx, request.id),
    request,
    fund,
    person: { userId: actor.userId, username: actor.username, mayHere: mayAt(actor, ability, fund) },
    others: others.map(({ username }) => username),
  };
}

/** Throws (REPLENISHMENT_NOT_APPROVED and the like) with all checks when one fails. `done` is what did not happen: "approved". */
export function refuseFailing(
  request: { readonly ref: string },
  checks: readonly Check[],
  done: 'approved' | 'rejected' | 'funded',
): void {
  const failing = checks.filter((check) => check.ok === false);
  const [only, another] = failing;
  if (only === undefined) return;
  const code = another === undefined && only.code !== null ? only.code : CODES[done];
  throw new Problem(
    replenishmentRefusal(checks),
    code,
    `${request.ref} cannot be ${done}: ${another === undefined ? 'one check fails' : `${failing.length} checks fail`}.`,
    {
      unchanged: done === 'funded' ? 'No money was posted.' : 'Nothing was changed.',
      checks,
    },
  );
}

const CODES = {
  approved: 'REPLENISHMENT_NOT_APPROVABLE',
  rejected: 'REPLENISHMENT_NOT_REJECTABLE',
  funded: 'REPLENISHMENT_NOT_FUNDABLE',
} as const;
