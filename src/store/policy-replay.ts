import { and, eq, gte, isNotNull, ne, sql, type SQL } from 'drizzle-orm';
import { covers, isRole, type Grant, type Place } from '../domain/access.ts';
import type { Approval } from '../domain/policy-rules.ts';
import { APPROVING_ROLES, type ApprovingRole } from '../domain/policy.ts';
import { variancesSince } from './approved-variance.ts';
import { disowned } from './disowned.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** A payment that was executed, or is being executed, as a policy judges it. */
export interface ReplayedPayment {
  readonly id: string;
  readonly ref: string;
  readonly executedAt: Date;
  readonly amountMinor: number;
  readonly currency: string;
  readonly method: string;
  readonly destinationKey: string;
  readonly fundId: string;
  readonly requisitionNumber: string;
  readonly requisitionMinor: number;
  readonly requisitionPlace: Place;
  readonly executorId: string;
  /** When the attempt that paid it began, and under which policy. */
  readonly decidedAt: Date;
  readonly policyVersion: number;
  readonly codeUsed: boolean;
  /** Approvals of any revision, given by when it was decided. */
  readonly approvals: readonly ReplayedApproval[];
}

export interface ReplayedApproval {
  readonly approverId: string;
  readonly revision: number;
  readonly createdAt: Date;
  /** Given by a clock that ran ahead and was disowned since: earlier than whatever came after, whatever it says. */
  readonly disowned: boolean;
}

const PAGE = 1_000;
/** The last instant that both databases know how to write. */
const END_OF_TIME = new Date('9999-12-31T00:00:00.000Z');
/** An id before every other. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Payments in the order of their execution, page by page: from an instant on, up to but without another. */
export async function* executedPayments(tx: Tx, from: Date, until: Date | null): AsyncGenerator<ReplayedPayment[]> {
  const end = until ?? END_OF_TIME;
  for (let [at, id] = [from, BEFORE_ALL]; ;) {
    const rows = await pageOfPayments(tx, { at, id, until: end });
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return;
    yield await withApprovals(tx, rows);
    if (rows.length < PAGE) return;
    [at, id] = [executedAt(last), last.id];
  }
}

/** One payment as a policy judges it; undefined when it was never executed. */
export async function findReplayed(tx: Tx, paymentId: string): Promise<ReplayedPayment | undefined> {
  const rows = await onePayment(tx, { paymentId });
  const [found] = await withApprovals(tx, rows);
  return found;
}

type Bare = Awaited<ReturnType<typeof pageOfPayments>>[number];

const executedAt = (row: Bare): Date => {
  if (row.executedAt === null) throw new Error(`${row.ref} was never executed`);
  return row.executedAt;
};

const selected = (tx: Tx) => {
  const { payments, requisitions, paymentAttempts: attempts } = tx.t;
  return tx.db
    .select({
      id: payments.id,
      ref: payments.ref,
      executedAt: payments.executedAt,
      amountMinor: payments.amountMinor,
      currency: payments.currency,
      method: payments.method,
      destinationKey: payments.destinationKey,
      fundId: payments.fundId,
      requisitionNumber: requisitions.number,
      requisitionMinor: requisitions.amountMinor,
      companyId: requisitions.companyId,
      regionId: requisitions.regionId,
      branchId: requisitions.branchId,
      executorId: attempts.executorId,
      decidedAt: attempts.createdAt,
      policyVersion: attempts.policyVersion,
      challengeId: attempts.challengeId,
    })
    .from(payments)
    .innerJoin(requisitions, eq(requisitions.id, payments.requisitionId))
    .innerJoin(attempts, and(eq(attempts.paymentId, payments.id), ne(attempts.state, 'failed')));
};

const pageOfPayments = preparedRows('replay_payments', (tx) => {
  const { payments } = tx.t;
  const at = bound(payments.executedAt, 'at');
  return selected(tx)
    .where(
      and(
        isNotNull(payments.executedAt),
        sql`${payments.executedAt} >= ${at} and ${payments.executedAt} < ${bound(payments.executedAt, 'until')}`,
        sql`(${payments.executedAt}, ${payments.id}) > (${at}, ${bound(payments.id, 'id')})`,
      ),
    )
    .orderBy(payments.executedAt, payments.id)
    .limit(PAGE);
});

const onePayment = preparedRows('replay_payment', (tx) => {
  const { payments } = tx.t;
  return selected(tx).where(
    and(isNotNull(payments.executedAt), sql`${payments.id} = ${bound(payments.id, 'paymentId')}`),
  );
});

const approvalsBetween = preparedRows('replay_approvals', (tx) => {
  const { payments, requisitionApprovals: approvals } = tx.t;
  return tx.db
    .select({
      paymentId: payments.id,
      approverId: approvals.approverId,
      revision: approvals.revision,
      createdAt: approvals.createdAt,
      disowned: sql<boolean>`${disowned(sql`${approvals.createdAt}`)}`.mapWith(Boolean),
    })
    .from(payments)
    .innerJoin(approvals, eq(approvals.requisitionId, payments.requisitionId))
    .where(
      and(
        isNotNull(payments.executedAt),
        sql`${payments.executedAt} >= ${bound(payments.executedAt, 'from')} and ${payments.executedAt} <= ${bound(payments.executedAt, 'to')}`,
        eq(approvals.decision, 'approved'),
        sql`(${approvals.createdAt} <= ${payments.executedAt} or ${disowned(sql`${approvals.createdAt}`)})`,
      ),
    );
});

async function withApprovals(tx: Tx, rows: readonly Bare[]): Promise<ReplayedPayment[]> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const approvals = new Map<string, ReplayedApproval[]>();
  for (const { paymentId, ...approval } of await approvalsBetween(tx, {
    from: executedAt(first),
    to: executedAt(last),
  })) {
    const given = approvals.get(paymentId);
    if (given === undefined) approvals.set(paymentId, [approval]);
    else given.push(approval);
  }
  return rows.map(({ companyId, regionId, branchId, challengeId, ...row }) => ({
    ...row,
    executedAt: executedAt({ ...row, companyId, regionId, branchId, challengeId }),
    requisitionPlace: { companyId, regionId, branchId },
    codeUsed: challengeId !== null,
    approvals: approvals.get(row.id) ?? [],
  }));
}

/** A difference that was approved of a payment: from then on it counts as paid with it. */
export interface ReplayedVariance {
  readonly approvedAt: Date;
  readonly varianceMinor: number;
  readonly payment: Pick<ReplayedPayment, 'executedAt' | 'fundId' | 'method' | 'currency' | 'destinationKey'>;
}

/** The approved differences of payments that were executed from an instant on, in the order of their approval. */
export async function approvedVariances(tx: Tx, from: Date): Promise<ReplayedVariance[]> {
  const { payments, varianceAdjustments: variances } = tx.t;
  const rows = await tx.db
    .select({
      approvedAt: variances.decidedAt,
      varianceMinor: variances.varianceMinor,
      payment: {
        executedAt: payments.executedAt,
        fundId: payments.fundId,
        method: payments.method,
        currency: payments.currency,
        destinationKey: payments.destinationKey,
      },
    })
    .from(variances)
    .innerJoin(payments, eq(payments.id, variances.paymentId))
    .where(and(eq(variances.status, 'approved'), gte(variances.createdAt, from), gte(payments.executedAt, from)))
    .orderBy(variances.decidedAt, variances.id);
  return rows.flatMap(({ approvedAt, varianceMinor, payment: { executedAt: paidAt, ...payment } }) =>
    approvedAt === null || paidAt === null
      ? []
      : [{ approvedAt, varianceMinor, payment: { ...payment, executedAt: paidAt } }],
  );
}

/**
 * What the fund had paid by the payment's method since the start of its day, and its destination had got since another instant, before
 * it: with the differences that had been approved by then.
 */
export async function paidBefore(
  tx: Tx,
  payment: ReplayedPayment,
  since: { readonly dayStart: Date; readonly splittingStart: Date },
): Promise<{ readonly byMethodMinor: number; readonly toDestinationMinor: number }> {
  const { payments } = tx.t;
  const before = sql`(o.executed_at, o.id) < (${payments.executedAt}, ${payments.id})`;
  const sumOf = (from: Date, which: SQL) => {
    const since = sql`${payments.executedAt.mapToDriverValue(from)}`;
    const approvedBefore = sql`${which} and ${before} and a.decided_at <= ${payments.executedAt}`;
    const sum = sql`(select coalesce(sum(o.amount_minor), 0) from payments o where ${which} and o.status in ('executing', 'success', 'reconciled', 'reversed') and o.executed_at >= ${since} and ${before}) + ${variancesSince(since, approvedBefore)}`;
    return sql<number>`${sum}`.mapWith(Number);
  };
  const [sums] = await tx.db
    .select({
      byMethodMinor: sumOf(since.dayStart, sql`o.fund_id = ${payments.fundId} and o.method = ${payments.method}`),
      toDestinationMinor: sumOf(
        since.splittingStart,
        sql`o.destination_key = ${payments.destinationKey} and o.currency = ${payments.currency}`,
      ),
    })
    .from(payments)
    .where(eq(payments.id, payment.id));
  return sums ?? { byMethodMinor: 0, toDestinationMinor: 0 };
}

/** Funds as replays need them, by id. */
export async function replayedFunds(tx: Tx): Promise<ReadonlyMap<string, Row<'funds'>>> {
  const rows = await tx.db.select().from(tx.t.funds);
  return new Map(rows.map((fund) => [fund.id, fund]));
}

/** Which of the approving roles somebody held at a place at an instant. */
export type RolesThen = (userId: string, at: Date, place: Place) => ApprovingRole[];

/** Everybody's approving roles through all time. */
export async function rolesThrough(tx: Tx): Promise<RolesThen> {
  const rows = await tx.db.select().from(tx.t.roleGrants);
  const byUser = new Map<string, { readonly row: Row<'roleGrants'>; readonly grant: Grant }[]>();
  for (const row of rows) {
    if (!isRole(row.role) || !APPROVING_ROLES.some((role) => role === row.role)) continue;
    const held = byUser.get(row.userId) ?? [];
    held.push({ row, grant: { ...row, role: row.role } });
    byUser.set(row.userId, held);
  }
  const live = ({ grantedAt, revokedAt, endsAt }: Row<'roleGrants'>, at: Date): boolean =>
    grantedAt <= at && (revokedAt === null || revokedAt >= at) && (endsAt === null || endsAt > at);
  return (userId, at, place) => {
    const held = (byUser.get(userId) ?? []).filter(({ row, grant }) => live(row, at) && covers(grant, place));
    return APPROVING_ROLES.filter((role) => held.some(({ grant }) => grant.role === role));
  };
}

/** The approvals of the terms that stood when it was decided to pay: those of the newest revision that had been approved. */
export function approvalsThen(
  { approvals, decidedAt, requisitionPlace }: ReplayedPayment,
  rolesThen: RolesThen,
): Approval[] {
  const given = approvals.filter((one) => one.createdAt <= decidedAt || one.disowned);
  const revision = given.reduce((newest, one) => Math.max(newest, one.revision), 0);
  return given
    .filter((one) => one.revision === revision)
    .map(({ approverId, createdAt }) => ({ approverId, roles: rolesThen(approverId, createdAt, requisitionPlace) }));
}
