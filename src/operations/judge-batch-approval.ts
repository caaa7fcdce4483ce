import { covers, mayAnywhere, mayAt, type Actor, type Place } from '../domain/access.ts';
import type { JudgedRow } from '../domain/batch.ts';
import { APPROVING_ROLES, type Policy } from '../domain/policy.ts';
import { actChecks } from '../domain/requisition.ts';
import { approvalsOf, type GivenApproval } from '../store/approvals.ts';
import { getBatchView } from '../store/batch-views.ts';
import { livePaymentsOfBatch, type BatchRow } from '../store/batches.ts';
import { findHolders, findPeopleWhoMay } from '../store/payers.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { executorsOf } from './judge-requisition.ts';

/** Everything that an approval is judged by, locked. */
export interface Approval {
  readonly actor: Actor;
  readonly batch: Row<'batches'>;
  readonly fund: Row<'funds'>;
  readonly policy: Policy;
  readonly rows: readonly BatchRow[];
  readonly given: ReadonlyMap<string, readonly GivenApproval[]>;
  readonly reason: string | null;
}

/** Approvals of a row's present terms, as rules judge them. */
export const approvalsGiven = ({ given }: Approval, { requisition }: BatchRow) =>
  approvalsOf(given.get(requisition.id) ?? [], requisition.revision);

/** Every rule about approving a requisition, for each row. */
export async function judgeApproval(tx: Tx, approval: Approval, rows: readonly BatchRow[]): Promise<JudgedRow[]> {
  const { actor, policy, batch } = approval;
  const { creator } = await getBatchView(tx, batch.id);
  const payments = Map.groupBy(await livePaymentsOfBatch(tx, batch.id), ({ requisitionId }) => requisitionId);
  const people = peopleAt(tx);
  const judged: JudgedRow[] = [];
  for (const row of rows) {
    const { requisition } = row;
    const own = payments.get(requisition.id) ?? [];
    const executors = executorsOf(own);
    const decided = new Set(
      (approval.given.get(requisition.id) ?? [])
        .filter(({ revision }) => revision === requisition.revision)
        .map(({ approverId }) => approverId),
    );
    const { deciders, cfos } = await people(requisition);
    const uninvolved = (some: typeof deciders): string[] =>
      some
        .filter(
          ({ id }) =>
            id !== requisition.requestedBy && id !== actor.userId && !executors.includes(id) && !decided.has(id),
        )
        .map(({ username }) => username);
    const checks = actChecks({
      act: 'approve',
      policy,
      requisition: { ...requisition, requester: creator, approvals: approvalsGiven(approval, row) },
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
      payments: own,
      others: uninvolved(deciders),
      cfos: uninvolved(cfos),
    });
    judged.push({ line: row.item.line, name: requisition.number, checks });
  }
  return judged;
}

interface People {
  readonly deciders: Awaited<ReturnType<typeof findHolders>>;
  readonly cfos: Awaited<ReturnType<typeof findHolders>>;
}

/** Who decides at a place; rows stand at few. */
function peopleAt(tx: Tx) {
  const known = new Map<string, People>();
  return async (place: Place) => {
    const key = `${place.companyId}/${place.regionId}/${place.branchId}`;
    const found = known.get(key) ?? {
      deciders: await findPeopleWhoMay(tx, 'requisition.approve', place),
      cfos: await findHolders(tx, ['cfo'], place),
    };
    known.set(key, found);
    return found;
  };
}
