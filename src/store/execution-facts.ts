import { and, desc, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import { isRole, type Grant } from '../domain/access.ts';
import type { Policy } from '../domain/policy.ts';
import { givenAs, type GivenApproval } from './approvals.ts';
import { spent } from './challenges.ts';
import { fundChain } from './audit-chain.ts';
import { figuresOf, type Figures } from './execution-figures.ts';
import { newestPolicy, policyFrom } from './policies.ts';
import { lockSums } from './sum-locks.ts';
import { candidates, newId } from './references.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';

/** What the database knows of a payment that somebody wants to execute: one consistent, locked view. */
export interface Dossier {
  readonly payment: Row<'payments'>;
  readonly fund: Row<'funds'>;
  readonly requisition: Row<'requisitions'> & { readonly requester: string };
  readonly approvals: readonly GivenApproval[];
  /** The policy in force. */
  readonly policy: Policy;
  readonly challenge: Row<'otpChallenges'> | null;
  readonly executorGrants: readonly Grant[];
  readonly executorPhone: string | null;
  readonly figures: Figures;
}

export interface DossierRequest {
  readonly paymentId: string;
  readonly executorId: string;
  /** Start of the office's day. */
  readonly dayStart: Date;
  /** Start of the window in which payments to one destination are added up. */
  readonly splittingStart: Date;
  readonly gatewayReference: string | null;
}

const lockedPayment = preparedRows('execution_payment', (tx) => {
  const { payments } = tx.t;
  return lock(
    tx,
    tx.db
      .select()
      .from(payments)
      .where(sql`${payments.id} = ${bound(payments.id, 'paymentId')}`),
    payments,
  );
});

const lockedFund = preparedRows('execution_fund', (tx) => {
  const { funds, payments } = tx.t;
  const its = tx.db
    .select({ id: payments.fundId })
    .from(payments)
    .where(sql`${payments.id} = ${bound(payments.id, 'paymentId')}`);
  return lock(
    tx,
    tx.db
      .select()
      .from(funds)
      .where(sql`${funds.id} = ${its}`),
    funds,
  );
});

const itsApprovals = preparedRows('execution_approvals', (tx) => {
  const { requisitionApprovals: approvals, payments } = tx.t;
  const its = tx.db
    .select({ id: payments.requisitionId })
    .from(payments)
    .where(sql`${payments.id} = ${bound(payments.id, 'paymentId')}`);
  return tx.db
    .select({
      approverId: approvals.approverId,
      revision: approvals.revision,
      decision: approvals.decision,
      policyVersion: approvals.policyVersion,
      ...givenAs(),
    })
    .from(approvals)
    .where(sql`${approvals.requisitionId} = ${its}`);
});

const newestChallenge = preparedRows('execution_challenge', (tx) => {
  const { otpChallenges: challenges } = tx.t;
  return lock(
    tx,
    tx.db
      .select()
      .from(challenges)
      .where(
        sql`${challenges.paymentId} = ${bound(challenges.paymentId, 'paymentId')} and ${challenges.executorId} = ${bound(challenges.executorId, 'executorId')}`,
      )
      .orderBy(spent(tx), desc(challenges.createdAt), desc(challenges.id))
      .limit(1),
    challenges,
  );
});

const executorGrants = preparedRows('execution_grants', (tx) => {
  const { roleGrants: grants, users } = tx.t;
  return tx.db
    .select({
      role: grants.role,
      companyId: grants.companyId,
      regionId: grants.regionId,
      branchId: grants.branchId,
      phone: users.phone,
    })
    .from(users)
    .leftJoin(
      grants,
      and(
        eq(grants.userId, users.id),
        isNull(grants.revokedAt),
        or(isNull(grants.endsAt), sql`${grants.endsAt} > ${bound(grants.endsAt, 'now')}`),
      ),
    )
    .where(and(sql`${users.id} = ${bound(users.id, 'executorId')}`, isNull(users.disabledAt)));
});

const requisitionAndFigures = preparedRows('execution_figures', (tx) => {
  const { payments, requisitions, users } = tx.t;
  return tx.db
    .select({
      requisition: { ...getTableColumns(requisitions), requester: users.username },
      figures: figuresOf(tx),
      ...newestPolicy(),
    })
    .from(payments)
    .innerJoin(requisitions, eq(requisitions.id, payments.requisitionId))
    .innerJoin(users, eq(users.id, requisitions.requestedBy))
    .where(sql`${payments.id} = ${bound(payments.id, 'paymentId')}`);
});

/**
 * Locks the payment, then its fund, then the executor's code, then what other funds count in too, and reads what decides. On Postgres
 * all of it is sent at once and answered in order, so every later query sees what earlier lock holders committed.
 */
export async function lockDossier(tx: Tx, request: DossierRequest): Promise<Dossier> {
  const parameters = { ...request, gatewayReference: request.gatewayReference ?? '', now: tx.now };
  const [[payment], [fund], approvals, [challenge], grants, , [counted]] = await Promise.all([
    lockedPayment(tx, parameters),
    lockedFund(tx, parameters),
    itsApprovals(tx, parameters),
    newestChallenge(tx, parameters),
    executorGrants(tx, parameters),
    lockSums(tx, parameters),
    requisitionAndFigures(tx, parameters),
  ]);
  if (payment === undefined || fund === undefined || counted === undefined) {
    throw new Error(`payment ${request.paymentId} has gone`);
  }
  await tx.guard.judged;
  tx.guard.see(tx, fundChain(fund.code), fund);
  return {
    payment,
    fund,
    requisition: counted.requisition,
    approvals,
    challenge: challenge ?? null,
    executorGrants: grants.flatMap((grant) =>
      grant.role !== null && isRole(grant.role) ? [{ ...grant, role: grant.role }] : [],
    ),
    executorPhone: grants[0]?.phone ?? null,
    figures: counted.figures,
    policy: policyFrom(counted.policyVersion, counted.policyBody),
  };
}

/** The attempt of a payment of which the outcome is open; there is at most one. */
export async function findLiveAttempt(tx: Tx, paymentId: string): Promise<Row<'paymentAttempts'> | undefined> {
  const { paymentAttempts: attempts } = tx.t;
  const [attempt] = await tx.db
    .select()
    .from(attempts)
    .where(
      and(eq(attempts.paymentId, paymentId), inArray(attempts.state, ['reserved', 'sent', 'accepted', 'unknown'])),
    );
  return attempt;
}

export interface NewReferences {
  readonly attempt: { id: string; ref: string };
  readonly execution: { id: string; ref: string };
  readonly entry: { id: string; ref: string };
}

const takenReferences = preparedRows('execution_references', (tx) => {
  const { paymentAttempts, paymentExecutions, ledgerEntries, office } = tx.t;
  return tx.db
    .select({
      attempt:
        sql<number>`(select count(*) from payment_attempts where ref = ${bound(paymentAttempts.ref, 'attempt')})`.mapWith(
          Number,
        ),
      execution:
        sql<number>`(select count(*) from payment_executions where ref = ${bound(paymentExecutions.ref, 'execution')})`.mapWith(
          Number,
        ),
      entry:
        sql<number>`(select count(*) from ledger_entries where ref = ${bound(ledgerEntries.ref, 'entry')})`.mapWith(
          Number,
        ),
    })
    .from(office);
});

/** Ids and short references for the records of one execution, all made with one query. */
export async function newReferences(tx: Tx): Promise<NewReferences> {
  const ids = { attempt: newId(), execution: newId(), entry: newId() };
  const attempt = candidates(ids.attempt, 'paymentAttempts');
  const execution = candidates(ids.execution, 'paymentExecutions');
  const entry = candidates(ids.entry, 'ledgerEntries');
  const [taken] = await takenReferences(tx, { attempt: attempt[0], execution: execution[0], entry: entry[0] });
  if (taken === undefined) throw new Error('the office has not been set up');
  return {
    attempt: { id: ids.attempt, ref: attempt[taken.attempt > 0 ? 1 : 0] },
    execution: { id: ids.execution, ref: execution[taken.execution > 0 ? 1 : 0] },
    entry: { id: ids.entry, ref: entry[taken.entry > 0 ? 1 : 0] },
  };
}
