import { asc, eq, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { heldAs } from './held-money.ts';
import { withinPreparedScope } from './scope.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type RowsQuery, type Tx } from './transaction.ts';
import { batchFields, oldestOf, rowsOfBatch } from './waiting-batches.ts';
import {
  ask,
  askBoth,
  counted,
  FIRST_FEW,
  limit,
  me,
  nobodys,
  placeOf,
  type Ask,
  type AskBoth,
  type Waiting,
  type WaitingBatch,
  type WaitingList,
} from './waiting-list.ts';

/** Requisitions that somebody may approve, by themselves or as rows of a batch. */
const mayBeApproved = ({ t: { requisitions } }: Tx): SQL => {
  const { id, requestedBy } = requisitions;
  return sql`${requisitions.status} = 'submitted' and ${requestedBy} <> ${me(requestedBy)} and not exists (select 1 from requisition_approvals a where a.requisition_id = ${id} and a.revision = ${requisitions.revision} and a.approver_id = ${me(requestedBy)}) and not exists (select 1 from payments p where p.requisition_id = ${id} and p.executor_id = ${me(requestedBy)} and p.status in ('executing', 'success', 'reconciled', 'reversed')) and ${withinPreparedScope(requisitions)}`;
};

const submitted: AskBoth = {
  alone: preparedRows('waiting_requisitions', (tx): RowsQuery<Waiting> => {
    const { requisitions, users } = tx.t;
    const { id, ref, number, amountMinor, currency, createdAt, requestedBy } = requisitions;
    return tx.db
      .select({
        ...{ ref, name: number, amountMinor, currency, who: users.username, since: createdAt },
        ...{ mine: nobodys(), count: counted(), ...placeOf(requisitions) },
      })
      .from(requisitions)
      .innerJoin(users, eq(users.id, requestedBy))
      .where(sql`${mayBeApproved(tx)} and not exists (select 1 from batch_items i where i.requisition_id = ${id})`)
      .orderBy(asc(createdAt), asc(id))
      .limit(limit());
  }),
  batches: preparedRows('waiting_requisitions_of_batches', (tx): RowsQuery<WaitingBatch> => {
    const { batchItems, batches, requisitions, funds, users } = tx.t;
    return tx.db
      .select({ ...batchFields(tx), ...rowsOfBatch(requisitions), mine: nobodys() })
      .from(requisitions)
      .innerJoin(batchItems, eq(batchItems.requisitionId, requisitions.id))
      .innerJoin(batches, eq(batches.id, batchItems.batchId))
      .innerJoin(funds, eq(funds.id, batches.fundId))
      .innerJoin(users, eq(users.id, batches.createdBy))
      .where(mayBeApproved(tx))
      .groupBy(batches.id, funds.id, users.id)
      .orderBy(asc(oldestOf(requisitions)), asc(batches.id))
      .limit(limit());
  }),
};

/** Requisitions that somebody may approve: not their own, nor what they have paid or decided. */
export const requisitionsToApprove = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  askBoth(tx, submitted, grants, userId);

/** Payments in one state, oldest first, with what else must hold, by themselves and as rows of batches; places are those of their funds. */
const payments = (name: string, status: string, more: (tx: Tx) => SQL): AskBoth => {
  // Written out, so that planners see how few of all payments these are.
  const which = (tx: Tx): SQL => sql`${tx.t.payments.status} = ${sql.raw(`'${status}'`)} and ${more(tx)}`;
  return { alone: alone(name, which), batches: batched(`${name}_of_batches`, which) };
};

const alone = (name: string, which: (tx: Tx) => SQL): Ask =>
  preparedRows(name, (tx): RowsQuery<Waiting> => {
    const { payments: all, funds, requisitions } = tx.t;
    const { id, ref, amountMinor, currency, payee, createdAt, executorId } = all;
    const open = sql`from payment_attempts a where a.payment_id = ${id} and a.state in ('reserved', 'sent', 'accepted', 'unknown')`;
    return tx.db
      .select({
        ...{ ref, name: funds.code, amountMinor, currency, who: payee, since: createdAt },
        ...{ gateway: sql<string | null>`(${sql`select a.gateway ${open}`})` },
        ...{ state: sql<string | null>`(${sql`select a.state ${open}`})` },
        ...{ mine: sql<boolean | null>`${executorId} = ${me(executorId)}`.mapWith(Boolean) },
        ...{ count: counted(), ...placeOf(funds) },
      })
      .from(all)
      .innerJoin(funds, eq(funds.id, all.fundId))
      .innerJoin(requisitions, eq(requisitions.id, all.requisitionId))
      .where(sql`${which(tx)} and not exists (select 1 from batch_payments b where b.payment_id = ${id})`)
      .orderBy(asc(createdAt), asc(id))
      .limit(limit());
  });

const batched = (name: string, which: (tx: Tx) => SQL): Ask<WaitingBatch> =>
  preparedRows(name, (tx): RowsQuery<WaitingBatch> => {
    const { payments: all, batchPayments, batchItems, batches, funds, requisitions, users } = tx.t;
    const mine = sql`max(case when ${all.executorId} = ${me(all.executorId)} then 1 else 0 end)`;
    return tx.db
      .select({ ...batchFields(tx), ...rowsOfBatch(all), mine: sql<boolean | null>`${mine}`.mapWith(Boolean) })
      .from(all)
      .innerJoin(batchPayments, eq(batchPayments.paymentId, all.id))
      .innerJoin(batchItems, eq(batchItems.id, batchPayments.itemId))
      .innerJoin(batches, eq(batches.id, batchItems.batchId))
      .innerJoin(funds, eq(funds.id, batches.fundId))
      .innerJoin(requisitions, eq(requisitions.id, all.requisitionId))
      .innerJoin(users, eq(users.id, batches.createdBy))
      .where(which(tx))
      .groupBy(batches.id, funds.id, users.id)
      .orderBy(asc(oldestOf(all)), asc(batches.id))
      .limit(limit());
  });

const uninvolved = ({ t: { requisitions } }: Tx): SQL =>
  sql`${requisitions.requestedBy} <> ${me(requisitions.requestedBy)} and not exists (select 1 from requisition_approvals a where a.requisition_id = ${requisitions.id} and a.approver_id = ${me(requisitions.requestedBy)})`;
const attemptsLeft = ({ t: { payments: all } }: Tx): SQL => sql`${all.retryCount} < ${all.maxRetries}`;

/** No money has left already. */
const nothingLeft = ({ t: { payments: all } }: Tx): SQL => sql`(${heldAs(sql`${all.id}`)}) is null`;

const ready = payments(
  'waiting_payments',
  'pending',
  (tx) =>
    sql`${tx.t.requisitions.status} = 'approved' and ${tx.t.funds.state} = 'open' and ${attemptsLeft(tx)} and ${nothingLeft(tx)} and ${uninvolved(tx)} and ${withinPreparedScope(tx.t.funds)}`,
);
const failed = payments(
  'failed_payments',
  'failed',
  (tx) => sql`${attemptsLeft(tx)} and ${nothingLeft(tx)} and ${withinPreparedScope(tx.t.funds)}`,
);
const open = payments(
  'open_payments',
  'executing',
  (tx) => sql`(${tx.t.payments.executorId} = ${me(tx.t.payments.executorId)} or ${withinPreparedScope(tx.t.funds)})`,
);
const coded = alone(
  'coded_payments',
  (tx) =>
    sql`${tx.t.payments.status} = 'pending' and exists (select 1 from otp_challenges c where c.payment_id = ${tx.t.payments.id} and c.executor_id = ${me(tx.t.payments.executorId)} and c.channel <> 'batch' and c.sent_at is not null and c.voided_at is null and c.consumed_at is null and c.expires_at >= ${bound(tx.t.otpChallenges.expiresAt, 'now')})`,
);

/** Payments that somebody may execute but for code and balance: neither requested, approved nor rejected by them. */
export const paymentsToPay = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  askBoth(tx, ready, grants, userId);

/** Failed payments with attempts left. */
export const paymentsToRetry = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  askBoth(tx, failed, grants, userId);

/** Payments of which the outcome is open: the person's own, and all at the places of the grants. */
export const paymentsInFlight = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  askBoth(tx, open, grants, userId);

/** Payments for which the person holds a code that is still good. */
export const paymentsWithCode = async (tx: Tx, userId: string): Promise<WaitingList> => {
  const rows = await coded(tx, { me: userId, now: tx.now, limit: FIRST_FEW });
  return { count: rows[0]?.count ?? 0, rows };
};

const requests = (name: string, more: (tx: Tx) => SQL): Ask =>
  preparedRows(name, (tx): RowsQuery<Waiting> => {
    const { replenishmentRequests: all, funds } = tx.t;
    const { id, ref, requestedMinor, createdAt } = all;
    return (
      tx.db
        .select({
          ...{ ref, name: funds.code, amountMinor: requestedMinor, currency: funds.currency, who: funds.name },
          ...{ since: createdAt, mine: nobodys(), count: counted(), ...placeOf(funds) },
        })
        .from(all)
        .innerJoin(funds, eq(funds.id, all.fundId))
        // As the index of open requests is written (see findOpenReplenishment).
        .where(sql`${all.status} in ('pending', 'approved') and ${more(tx)} and ${withinPreparedScope(funds)}`)
        .orderBy(asc(createdAt), asc(id))
        .limit(limit())
    );
  });

const anotherAsked = ({ t: { replenishmentRequests: all } }: Tx): SQL =>
  sql`(${all.requestedBy} is null or ${all.requestedBy} <> ${me(all.requestedBy)})`;
const asked = requests(
  'waiting_replenishments',
  (tx) => sql`${tx.t.replenishmentRequests.status} = 'pending' and ${anotherAsked(tx)}`,
);
const approved = requests(
  'approved_replenishments',
  (tx) =>
    sql`${tx.t.replenishmentRequests.status} = 'approved' and ${anotherAsked(tx)} and ${tx.t.replenishmentRequests.approvedBy} <> ${me(tx.t.replenishmentRequests.approvedBy)}`,
);

/** Requests to top a fund up that somebody else made. */
export const replenishmentsToApprove = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, asked, grants, userId);

/** Approved requests that two others asked for and approved. */
export const replenishmentsToFund = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, approved, grants, userId);

const differing: Ask = preparedRows('waiting_variances', (tx): RowsQuery<Waiting> => {
  const { varianceAdjustments: all, funds, payments: paid } = tx.t;
  const { id, ref, varianceMinor, recordedBy, createdAt } = all;
  const uninvolvedIn = sql`(${paid.id} is null or (${paid.requesterId} <> ${me(paid.requesterId)} and (${paid.executorId} is null or ${paid.executorId} <> ${me(paid.executorId)})))`;
  return (
    tx.db
      .select({
        ...{ ref, name: funds.code, amountMinor: varianceMinor, currency: funds.currency, since: createdAt },
        ...{ who: sql<string>`coalesce(${paid.payee}, 'count of ' || ${funds.code})` },
        ...{ mine: nobodys(), count: counted(), ...placeOf(funds) },
      })
      .from(all)
      .innerJoin(funds, eq(funds.id, all.fundId))
      .leftJoin(paid, eq(paid.id, all.paymentId))
      // As the index of what waits is written.
      .where(
        sql`${all.status} = 'pending' and ${recordedBy} <> ${me(recordedBy)} and ${uninvolvedIn} and ${withinPreparedScope(funds)}`,
      )
      .orderBy(asc(createdAt), asc(id))
      .limit(limit())
  );
});

/** Differences that somebody may decide on: neither recorded by them nor of a payment that they requested or executed. */
export const variancesToApprove = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, differing, grants, userId);

const low: Ask = preparedRows('low_funds', (tx): RowsQuery<Waiting> => {
  const { funds } = tx.t;
  const { ref, code, balanceMinor, currency, name, createdAt } = funds;
  return tx.db
    .select({
      ...{ ref, name: code, amountMinor: balanceMinor, currency, who: name, since: createdAt },
      ...{ mine: nobodys(), count: counted(), ...placeOf(funds) },
    })
    .from(funds)
    .where(
      sql`${funds.state} = 'open' and ${balanceMinor} < ${funds.reorderLevelMinor} and ${withinPreparedScope(funds)}`,
    )
    .orderBy(asc(code))
    .limit(limit());
});

/** Open funds below their reorder level. */
export const lowFunds = (tx: Tx, grants: readonly Grant[], userId: string): Promise<WaitingList> =>
  ask(tx, low, grants, userId);

/** A change that waits, with what must be known to judge who confirms it. */
export type PendingChange = Pick<
  Row<'changes'>,
  'id' | 'ref' | 'kind' | 'subject' | 'companyId' | 'regionId' | 'branchId' | 'createdAt'
> & {
  readonly proposer: string;
  readonly count: number;
};

export interface ChangeList {
  readonly count: number;
  readonly rows: readonly PendingChange[];
}

const pending = preparedRows('pending_changes', (tx): RowsQuery<PendingChange> => {
  const { changes, users } = tx.t;
  const { id, ref, kind, subject, companyId, regionId, branchId, createdAt } = changes;
  return tx.db
    .select({
      ...{ id, ref, kind, subject, companyId, regionId, branchId, createdAt },
      ...{ proposer: users.username, count: counted() },
    })
    .from(changes)
    .innerJoin(users, eq(users.id, changes.proposedBy))
    .where(sql`${changes.status} = 'pending'`)
    .orderBy(asc(createdAt), asc(id))
    .limit(limit());
});

/** Changes that wait to be confirmed, oldest first, at most `most`. */
export const pendingChanges = (tx: Tx, most: number): Promise<PendingChange[]> => pending(tx, { limit: most });

/** A person who cannot log in, or to whom no codes are sent. */
export interface LockedPerson {
  readonly username: string;
  readonly since: Date | null;
  readonly count: number;
}

const locked = preparedRows('locked_people', (tx): RowsQuery<LockedPerson> => {
  const { users } = tx.t;
  return tx.db
    .select({ username: users.username, since: users.otpLockedAt, count: counted() })
    .from(users)
    .where(
      sql`${users.disabledAt} is null and (${users.otpLockedAt} is not null or ${users.lockedUntil} > ${bound(users.lockedUntil, 'now')})`,
    )
    .orderBy(asc(users.username))
    .limit(limit());
});

/** People whom an admin may let in again. */
export const lockedPeople = (tx: Tx): Promise<LockedPerson[]> => locked(tx, { now: tx.now, limit: FIRST_FEW });
