import { covers, mayAnywhere, mayAt, requireAbilityAt, type Actor } from '../domain/access.ts';
import { APPROVING_ROLES, NO_POLICY, type Policy } from '../domain/policy.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { actChecks, actRefusalKind, approvedTerms, type RequisitionAct } from '../domain/requisition.ts';
import { approvalsOf, decisionsAbout } from '../store/approvals.ts';
import { rowDigest } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { findHolders, findPeopleWhoMay } from '../store/payers.ts';
import { getUserRow } from '../store/people.ts';
import { getPolicy } from '../store/policies.ts';
import { livePaymentsOf, lockRequisition, resolveRequisition } from '../store/requisitions.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { methodOf } from './judge-execution.ts';

/**
 * Locks the requisition that a text names and judges an act on it. Throws not found, forbidden when it is out of the person's
 * reach, or the refusal with every check.
 */
export async function lockForAct(
  tx: Tx,
  actor: Actor,
  text: string,
  act: RequisitionAct,
): Promise<Row<'requisitions'>> {
  const requisition = await lockRequisition(tx, await resolveRequisition(tx, text, actor.grants));
  const policy = DECIDING.has(act) ? await lockPolicy(tx) : NO_POLICY;
  const checks = await judge(tx, actor, { requisition, act, policy });
  const failing = checks.filter((check) => check.ok === false);
  if (failing.length === 0) return requisition;
  // Whoever may not even read it there learns no more than that.
  requireAbilityAt(actor, 'books.read', requisition);
  throw refusal(requisition, act, checks, failing);
}

const DECIDING: ReadonlySet<RequisitionAct> = new Set(['approve', 'reject']);

/** The policy in force. Whoever makes another one needs the office's lock too, so it stays in force until the commit. */
export async function lockPolicy(tx: Tx): Promise<Policy> {
  await lockOffice(tx);
  return getPolicy(tx);
}

interface ActCase {
  readonly requisition: Row<'requisitions'>;
  readonly act: RequisitionAct;
  readonly policy: Policy;
}

async function judge(tx: Tx, actor: Actor, { requisition, act, policy }: ActCase): Promise<Check[]> {
  const requester = await getUserRow(tx, requisition.requestedBy);
  const given = await decisionsAbout(tx, requisition.id);
  const deciders = await findPeopleWhoMay(tx, 'requisition.approve', requisition);
  const cfos = await findHolders(tx, ['cfo'], requisition);
  const payments = await livePaymentsOf(tx, requisition.id);
  const executors = executorsOf(payments);
  const decided = new Set(
    given.filter(({ revision }) => revision === requisition.revision).map(({ approverId }) => approverId),
  );
  const uninvolved = (people: typeof deciders): string[] =>
    people
      .filter(({ id }) => id !== requisition.requestedBy && id !== actor.userId && !executors.includes(id))
      .filter(({ id }) => !DECIDING.has(act) || !decided.has(id))
      .map(({ username }) => username);
  return actChecks({
    act,
    policy,
    requisition: {
      ...requisition,
      requester: requester.username,
      approvals: approvalsOf(given, requisition.revision),
    },
    actor: {
      username: actor.username,
      isRequester: actor.userId === requisition.requestedBy,
      isExecutor: executors.includes(actor.userId),
      hasDecided: decided.has(actor.userId),
      roles: APPROVING_ROLES.filter((role) =>
        actor.grants.some((grant) => grant.role === role && covers(grant, requisition)),
      ),
      mayDecide: mayAt(actor, 'requisition.approve', requisition),
      decidesElsewhere: mayAnywhere(actor, 'requisition.approve'),
    },
    payments,
    others: uninvolved(deciders),
    cfos: uninvolved(cfos),
  });
}

/** Who executed payments of a requisition, or is executing them: none of them decides on it. */
export const executorsOf = (payments: Awaited<ReturnType<typeof livePaymentsOf>>): (string | null)[] =>
  payments.filter(({ status }) => LEFT.has(status)).map(({ executorId }) => executorId);

/** States of payments that left, or may have left, by the hand of their executor. */
const LEFT: ReadonlySet<string> = new Set(['executing', 'success', 'reconciled', 'reversed']);

const UNCHANGED: Readonly<Record<RequisitionAct, string>> = {
  approve: 'Nothing was approved; the requisition is as it was.',
  reject: 'Nothing was rejected; the requisition is as it was.',
  amend: 'Nothing was amended; the requisition is as it was.',
  cancel: 'Nothing was cancelled; the requisition is as it was.',
};

function refusal(
  requisition: Row<'requisitions'>,
  act: RequisitionAct,
  checks: readonly Check[],
  failing: readonly Check[],
): Problem {
  const [first] = failing;
  const fix = failing.find((check) => typeof check.fix?.command === 'string')?.fix?.command;
  const who = failing.flatMap((check) => check.fix?.who ?? []);
  const code = failing.length === 1 && first?.code ? first.code : 'REQUISITION_ACT_REFUSED';
  const instead = fix ?? (who.length > 0 ? `ask ${[...new Set(who)].join(', ')}` : undefined);
  const count = failing.length === 1 ? '' : ` ${failing.length} checks fail.`;
  return new Problem(
    actRefusalKind(checks),
    code,
    `You cannot ${act} ${requisition.number}.${count} ${failing.map((check) => check.message).join(' ')}`,
    { unchanged: UNCHANGED[act], checks, ...(instead === undefined ? {} : { fix: instead }) },
  );
}

/** SHA-256 of the terms that a decision is about. */
export function termsDigest(requisition: Row<'requisitions'>): string {
  return rowDigest(approvedTerms({ ...requisition, method: methodOf(requisition) }));
}
