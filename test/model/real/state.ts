import type { Store } from '../../../src/store/store.ts';
import type { Tables } from '../../../src/store/tables.ts';
import type { Tx } from '../../../src/store/transaction.ts';
import { liveGrants } from '../rules/standing.ts';
import type { Grant, Spot, World } from '../world.ts';
import { readRows, type Rows } from './rows.ts';

/** Everything that the model knows, one line a thing, so that two offices can be laid side by side. */
export function linesOfWorld(world: World): string[] {
  return [
    `policy ${world.policy.version}`,
    ...[...world.people.values()].map((person) => {
      const { name, email, phone, disabled, password, codesLocked, failedLogins, lockedUntil } = person;
      const grants = liveGrants(world, person).map(grantText).toSorted().join(' ');
      return `user ${name} ${email} ${phone} ${disabled ? 'disabled' : 'active'} "${password}" ${codesLocked} ${failedLogins} ${lockedUntil} ${grants}`;
    }),
    ...[...world.people.values()].flatMap(({ name, tokens }) =>
      tokens.map(({ scopes, endsAt, revoked }) => `token ${name} ${scopes.join(',')} ${endsAt} ${revoked}`),
    ),
    ...[...world.funds.values()].map(
      (fund) =>
        `fund ${fund.code} ${spotText(fund.at)} ${fund.state} ${fund.currency} ${fund.balance} ${fund.reserved} ${fund.entries} ` +
        `${fund.name} ${fund.reorder} ${fund.imprest} ${fund.threshold} ${fund.paymentLimit} ${fund.dailyLimit} ${fund.auto}`,
    ),
    ...[...world.requisitions.values()].map(
      ({ id, requester, at, amount, method, to, status, revision, decisions }) => {
        const said = decisions
          .map(({ by, approved, revision: of }) => `${by}:${approved}:${of}`)
          .toSorted()
          .join(' ');
        return `requisition ${id} ${requester} ${spotText(at)} ${amount} ${method} ${to} ${status} ${revision} ${said}`;
      },
    ),
    ...[...world.payments.values()].map(
      ({ id, requisition, fund, amount, status, executor, failedTries, executedAt, withCode }) =>
        `payment ${id} ${requisition} ${fund} ${amount} ${status} ${executor} ${failedTries} ${executedAt} ` +
        `${status === 'success' || status === 'reversed' ? withCode : '-'}`,
    ),
    ...[...world.replenishments.values()].map(
      ({ fund, ordinal, requested, status, requester, approver, rejecter, approved, funder, funded, reference }) =>
        `replenishment ${fund}#${ordinal} ${requested} ${status} ${requester} ${approver} ${rejecter} ${approved} ${funder} ${funded} ${reference}`,
    ),
    ...[...world.changes.values()].map(
      ({ id, proposal: { kind, subject }, proposer, at, status, confirmers, decider }) =>
        `change ${id} ${kind} ${subject} ${proposer} ${at === null ? 'office' : spotText(at)} ${status} ` +
        `${confirmers.toSorted().join('+')} ${decider}`,
    ),
  ].toSorted();
}

/** The same of what the database holds. */
export async function linesOfDatabase(store: Store, refs: ReadonlyMap<string, string>): Promise<string[]> {
  return store.read(async (tx) => linesOfRows(await readRows(tx), refs, tx));
}

const spotText = ({ company, region, branch }: Spot): string => [company, region, branch].join('/');

const grantText = ({ role, at, until }: Grant): string =>
  `${role}@${at === null ? 'office' : spotText(at)}${until === null ? '' : `-${until}`}`;

type Placed = Pick<Tables['funds']['$inferSelect'], 'regionId' | 'branchId'> & { readonly companyId: string | null };

function linesOfRows(rows: Rows, refs: ReadonlyMap<string, string>, tx: Pick<Tx, 'now'>): string[] {
  const names = new Map([...refs].map(([id, ref]) => [ref, id]));
  const nameOf = (ref: string): string => names.get(ref) ?? ref;
  const place = (at: Placed): string =>
    at.companyId === null
      ? 'office'
      : [at.companyId, at.regionId, at.branchId].map((id) => (id === null ? '' : rows.placeCode(id))).join('/');
  const who = (id: string | null): string | null => (id === null ? null : rows.username(id));
  const fund = (id: string): string => rows.funds.find((one) => one.id === id)?.code ?? id;
  return [
    `policy ${Math.max(0, ...rows.policies.map(({ version }) => version))}`,
    ...rows.users.map((user) => {
      const held = rows.grants.filter(
        ({ userId, revokedAt, endsAt }) =>
          userId === user.id && revokedAt === null && (endsAt === null || endsAt > tx.now),
      );
      const grants = held
        .map((grant) => `${grant.role}@${place(grant)}${grant.endsAt === null ? '' : `-${grant.endsAt.getTime()}`}`)
        .toSorted()
        .join(' ');
      const { username, email, phone, disabledAt, passwordHash, otpLockedAt, failedLogins, lockedUntil } = user;
      const password = passwordHash.replace('plain:', '');
      return `user ${username} ${email} ${phone} ${disabledAt === null ? 'active' : 'disabled'} "${password}" ${otpLockedAt !== null} ${failedLogins} ${lockedUntil?.getTime() ?? null} ${grants}`;
    }),
    ...rows.tokens.map(
      ({ userId, scopes, expiresAt, revokedAt }) =>
        `token ${who(userId)} ${scopes} ${expiresAt.getTime()} ${revokedAt !== null}`,
    ),
    ...rows.funds.map(
      (one) =>
        `fund ${one.code} ${place(one)} ${one.state} ${one.currency} ${one.balanceMinor} ${one.reservedMinor} ${one.entrySeq} ` +
        `${one.name} ${one.reorderLevelMinor} ${one.imprestLevelMinor} ${one.otpThresholdMinor} ${one.paymentLimitMinor} ${one.dailyLimitMinor} ${one.autoReplenish}`,
    ),
    ...rows.requisitions.map((one) => {
      const said = rows.approvals
        .filter(({ requisitionId }) => requisitionId === one.id)
        .map(({ approverId, decision, revision }) => `${who(approverId)}:${decision === 'approved'}:${revision}`)
        .toSorted()
        .join(' ');
      return `requisition ${nameOf(one.ref)} ${who(one.requestedBy)} ${place(one)} ${one.amountMinor} ${one.method} ${one.destination} ${one.status} ${one.revision} ${said}`;
    }),
    ...rows.payments.map((one) => {
      const requisition = rows.requisitions.find(({ id }) => id === one.requisitionId)?.ref ?? '';
      const execution = rows.executions.find(({ paymentId }) => paymentId === one.id);
      return (
        `payment ${nameOf(one.ref)} ${nameOf(requisition)} ${fund(one.fundId)} ${one.amountMinor} ${one.status} ${who(one.executorId)} ` +
        `${one.retryCount} ${one.executedAt?.getTime() ?? null} ${execution === undefined ? '-' : execution.challengeId !== null}`
      );
    }),
    ...rows.replenishments.map((one) => {
      const ordinal = rows.replenishments.filter(({ fundId }) => fundId === one.fundId).indexOf(one);
      const people = `${who(one.requestedBy)} ${who(one.approvedBy)} ${who(one.rejectedBy)}`;
      return `replenishment ${fund(one.fundId)}#${ordinal} ${one.requestedMinor} ${one.status} ${people} ${one.approvedMinor} ${who(one.fundedBy)} ${one.fundedMinor} ${one.reference}`;
    }),
    ...rows.changes.map((one) => {
      const agreed = rows.confirmations.filter(({ changeId }) => changeId === one.id).map(({ userId }) => who(userId));
      return `change ${nameOf(one.ref)} ${one.kind} ${nameOf(one.subject)} ${who(one.proposedBy)} ${place(one)} ${one.status} ${agreed.toSorted().join('+')} ${who(one.decidedBy)}`;
    }),
  ].toSorted();
}
