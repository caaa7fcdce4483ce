import { aliasedTable as alias, and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Place } from '../domain/access.ts';
import { heldAs } from './held-money.ts';
import { readableAttempt, type ReadableAttempt } from './readable-attempt.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type RowsQuery, type Tx } from './transaction.ts';

/** A payment with the names that people know its parts by. */
export interface PaymentView {
  readonly payment: Row<'payments'>;
  readonly requisition: { readonly ref: string; readonly number: string; readonly purpose: string } & Place;
  readonly fundCode: string;
  readonly requester: string;
  readonly executor: string | null;
  /** The try of which the outcome is open; null unless it is executing. */
  readonly attempt: ReadableAttempt | null;
  readonly challenge: Pick<Row<'otpChallenges'>, 'sentAt' | 'verifiedAt' | 'expiresAt' | 'voidedAt'> | null;
  readonly execution: Row<'paymentExecutions'> | null;
  readonly executionExecutor: string | null;
  readonly otpVerifiedBy: string | null;
  /** The suspense item by which money of it left without its debit; null when none has, or it came back. */
  readonly heldAs: string | null;
  /** Its amount with its approved variances; null when none was approved. */
  readonly adjustedMinor: number | null;
  /** The reference of a variance of it that waits. */
  readonly pendingVariance: string | null;
}

/** One payment with everything that is shown of it. */
export async function getPaymentView(tx: Tx, id: string): Promise<PaymentView> {
  const [view] = await onePaymentView(tx, { id });
  if (view === undefined) throw new Error(`payment ${id} has gone`);
  return view;
}

const onePaymentView = preparedRows('payment_view', (tx): RowsQuery<PaymentView> => {
  const { payments } = tx.t;
  return paymentViews(tx, sql`${payments.id} = ${bound(payments.id, 'id')}`, 1);
});

/** The query for payments with everything that is shown of them, newest first. */
export function paymentViews(tx: Tx, condition: SQL | undefined, limit: number) {
  const { payments, requisitions, funds, users, paymentExecutions, paymentAttempts, otpChallenges } = tx.t;
  const executor = alias(users, 'executor');
  const paidBy = alias(users, 'paid_by');
  const verifiedBy = alias(users, 'verified_by');
  const newest = sql`${otpChallenges.id} = (select c.id from otp_challenges c where c.payment_id = ${payments.id} order by case when c.voided_at is null and c.consumed_at is null then 0 else 1 end, c.created_at desc, c.id desc limit 1)`;
  return tx.db
    .select({
      payment: payments,
      requisition: {
        ref: requisitions.ref,
        number: requisitions.number,
        purpose: requisitions.purpose,
        companyId: requisitions.companyId,
        regionId: requisitions.regionId,
        branchId: requisitions.branchId,
      },
      fundCode: funds.code,
      requester: users.username,
      executor: executor.username,
      attempt: readableAttempt(paymentAttempts),
      challenge: {
        sentAt: otpChallenges.sentAt,
        verifiedAt: otpChallenges.verifiedAt,
        expiresAt: otpChallenges.expiresAt,
        voidedAt: otpChallenges.voidedAt,
      },
      execution: paymentExecutions,
      executionExecutor: paidBy.username,
      otpVerifiedBy: verifiedBy.username,
      adjustedMinor: sql<
        number | null
      >`${payments.amountMinor} + (${sql`select sum(a.variance_minor) from variance_adjustments a where a.payment_id = ${payments.id} and a.status = 'approved'`})`.mapWith(
        Number,
      ),
      heldAs: sql<string | null>`(${heldAs(sql`${payments.id}`)})`,
      pendingVariance: sql<
        string | null
      >`(${sql`select w.ref from variance_adjustments w where w.payment_id = ${payments.id} and w.status = 'pending'`})`,
    })
    .from(payments)
    .innerJoin(requisitions, eq(requisitions.id, payments.requisitionId))
    .innerJoin(funds, eq(funds.id, payments.fundId))
    .innerJoin(users, eq(users.id, requisitions.requestedBy))
    .leftJoin(executor, eq(executor.id, payments.executorId))
    .leftJoin(
      paymentAttempts,
      and(
        eq(paymentAttempts.paymentId, payments.id),
        eq(payments.status, 'executing'),
        // As the index of open attempts has it, which holds few.
        sql`${paymentAttempts.state} in ('reserved', 'sent', 'accepted', 'unknown')`,
      ),
    )
    .leftJoin(otpChallenges, newest)
    .leftJoin(paymentExecutions, eq(paymentExecutions.paymentId, payments.id))
    .leftJoin(paidBy, eq(paidBy.id, paymentExecutions.executorId))
    .leftJoin(verifiedBy, eq(verifiedBy.id, paymentExecutions.otpVerifiedBy))
    .where(condition)
    .orderBy(desc(payments.createdAt), desc(payments.id))
    .limit(limit);
}
