import { mayAnywhere, mayAt, requireAbilityAt, type Actor } from '../domain/access.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { actChecks, actRefusalKind, approvedTerms, type RequisitionAct } from '../domain/requisition.ts';
import { isMethod } from '../domain/payment.ts';
import { rowDigest } from '../store/audit-chain.ts';
import { findPeopleWhoMay } from '../store/payers.ts';
import { getUserRow } from '../store/people.ts';
import { livePaymentsOf, lockRequisition, resolveRequisition } from '../store/requisitions.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

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
  const checks = await judge(tx, actor, requisition, act);
  const failing = checks.filter((check) => check.ok === false);
  if (failing.length === 0) return requisition;
  // Whoever may not even read it there learns no more than that.
  requireAbilityAt(actor, 'books.read', requisition);
  throw refusal(requisition, act, checks, failing);
}

async function judge(tx: Tx, actor: Actor, requisition: Row<'requisitions'>, act: RequisitionAct): Promise<Check[]> {
  const requester = await getUserRow(tx, requisition.requestedBy);
  const deciders = await findPeopleWhoMay(tx, 'requisition.approve', requisition);
  const payments = await livePaymentsOf(tx, requisition.id);
  const executors = payments.filter(({ status }) => LEFT.has(status)).map(({ executorId }) => executorId);
  return actChecks({
    act,
    requisition: { ...requisition, requester: requester.username },
    actor: {
      username: actor.username,
      isRequester: actor.userId === requisition.requestedBy,
      isExecutor: executors.includes(actor.userId),
      mayDecide: mayAt(actor, 'requisition.approve', requisition),
      decidesElsewhere: mayAnywhere(actor, 'requisition.approve'),
    },
    payments,
    others: deciders
      .filter(({ id }) => id !== requisition.requestedBy && id !== actor.userId && !executors.includes(id))
      .map((person) => person.username),
  });
}

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
  const { method } = requisition;
  if (!isMethod(method)) throw new Error(`${requisition.ref} has the unknown method ${method}`);
  return rowDigest(approvedTerms({ ...requisition, method }));
}
