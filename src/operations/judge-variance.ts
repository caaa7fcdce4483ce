import { mayAt, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { varianceRefusal } from '../domain/variance.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** Whoever wants to do something about a fund's differences, with those who could do it instead. */
export interface People {
  readonly person: { readonly userId: string; readonly username: string; readonly mayHere: boolean };
  readonly others: readonly string[];
}

/** Whether a person may record differences of a fund, and who else may. */
export async function whoRecords(tx: Tx, actor: Actor, fund: Row<'funds'>): Promise<People> {
  const able = await findPeopleWhoMay(tx, 'variance.record', fund);
  return {
    person: personOf(actor, mayAt(actor, 'variance.record', fund)),
    others: able.filter(({ id }) => id !== actor.userId).map(({ username }) => username),
  };
}

/** Whether a person may decide on a variance as far as roles go, and who else may: neither recorder, requester nor executor. */
export async function whoDecides(
  tx: Tx,
  actor: Actor,
  { fund, variance, payment }: { fund: Row<'funds'>; variance: Recorded; payment: Paid | null },
): Promise<People> {
  const able = await mayDecide(tx, { fund, variance, payment });
  return {
    person: personOf(actor, mayAt(actor, 'variance.approve', fund)),
    others: able.filter(({ id }) => id !== actor.userId).map(({ username }) => username),
  };
}

type Recorded = Pick<Row<'varianceAdjustments'>, 'recordedBy'>;
type Paid = Pick<Row<'payments'>, 'requesterId' | 'executorId'>;

/** CFOs of a fund who neither recorded a variance nor requested or executed its payment. */
export async function mayDecide(
  tx: Tx,
  { fund, variance, payment }: { fund: Row<'funds'>; variance: Recorded; payment: Paid | null },
): Promise<{ id: string; username: string }[]> {
  const involved = [variance.recordedBy, payment?.requesterId, payment?.executorId];
  return (await findPeopleWhoMay(tx, 'variance.approve', fund)).filter(({ id }) => !involved.includes(id));
}

const personOf = ({ userId, username }: Actor, mayHere: boolean): People['person'] => ({ userId, username, mayHere });

/** Throws with all checks when one fails; `done` is what did not happen to what `about` names: "approved". */
export function refuseFailing(about: string, checks: readonly Check[], done: keyof typeof CODES): void {
  const failing = checks.filter(isFailed);
  const [only, another] = failing;
  if (only === undefined) return;
  const code = another === undefined && only.code !== null ? only.code : CODES[done].code;
  const count = another === undefined ? 'one check fails' : `${failing.length} checks fail`;
  throw new Problem(varianceRefusal(checks), code, `${about} cannot be ${done}: ${count}.`, {
    unchanged: CODES[done].unchanged,
    checks,
  });
}

const CODES = {
  recorded: { code: 'VARIANCE_NOT_RECORDABLE', unchanged: 'Nothing was recorded.' },
  approved: { code: 'VARIANCE_NOT_APPROVABLE', unchanged: 'Nothing was approved; no money was posted.' },
  rejected: { code: 'VARIANCE_NOT_REJECTABLE', unchanged: 'Nothing was changed.' },
} as const;
