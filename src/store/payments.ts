import { and, eq, gte, inArray, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Grant } from '../domain/access.ts';
import { notFound } from '../domain/problem.ts';
import { approvedSince } from './approved-since.ts';
import { approvedVariance } from './approved-variance.ts';
import { exactSum } from './exact-sum.ts';
import { heldMoney } from './held-money.ts';
import { paymentViews, type PaymentView } from './payment-views.ts';
import { preparedNames, resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';
import { withinCompanies, withinPreparedCompanies, withinScope } from './scope.ts';

const NAMING: Naming = { table: 'payments', noun: 'payment', codes: [], listCommand: 'treasury payment list' };

/** The id of the payment that a reference, an id or a voucher number names, among the companies of the grants. */
export const resolvePayment = preparedNames(NAMING, {
  visible: (tx) => ofRequisition(tx, withinPreparedCompanies(tx.t.requisitions)),
  otherwise: resolveAnyPayment,
});

async function resolveAnyPayment(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { payments, requisitions, paymentExecutions } = tx.t;
  const companies = withinCompanies(requisitions, grants);
  const theirs = companies && ofRequisition(tx, companies);
  if (!/^pv-/i.test(text.trim())) return resolveName(tx, NAMING, text, theirs);
  const [voucher] = await tx.db
    .select({ id: payments.id })
    .from(paymentExecutions)
    .innerJoin(payments, eq(payments.id, paymentExecutions.paymentId))
    .where(and(eq(paymentExecutions.voucherNumber, text.trim().toUpperCase()), theirs));
  if (voucher === undefined) throw notFound('payment', JSON.stringify(text.slice(0, 64)), NAMING.listCommand);
  return voucher.id;
}

/** Payments of which the requisition is such a one. */
const ofRequisition = ({ t: { payments, requisitions } }: Tx, condition: SQL): SQL =>
  sql`exists (select 1 from requisitions where ${requisitions.id} = ${payments.requisitionId} and ${condition})`;

/** The payment's row, locked until the transaction ends. Throws when it has gone, which cannot happen. */
export async function lockPayment(tx: Tx, id: string): Promise<Row<'payments'>> {
  const [row] = await lockedPayment(tx, { id });
  if (row === undefined) throw new Error(`payment ${id} has gone`);
  return row;
}

const lockedPayment = preparedRows('locked_payment', (tx) => {
  const { payments } = tx.t;
  const one = tx.db
    .select()
    .from(payments)
    .where(sql`${payments.id} = ${bound(payments.id, 'id')}`);
  return lock(tx, one, payments);
});

/** Stores a new payment. */
export async function insertPayment(tx: Tx, payment: Row<'payments'>): Promise<void> {
  await tx.db.insert(tx.t.payments).values(payment);
}

/** What may change of a payment; the database refuses everything else. */
export type PaymentChange = Partial<
  Pick<Row<'payments'>, 'status' | 'retryCount' | 'lastError' | 'executedAt' | 'executorId'>
>;

/** Changes a payment that the caller has locked. */
export async function updatePayment(tx: Tx, id: string, change: PaymentChange): Promise<void> {
  await tx.db.update(tx.t.payments).set(change).where(eq(tx.t.payments.id, id));
}

export interface PaymentFilter {
  readonly status?: string;
  readonly fundId?: string;
  readonly method?: string;
  readonly requesterId?: string;
  readonly executorId?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly amountFromMinor?: number;
  readonly amountToMinor?: number;
  readonly search?: string;
  /** Executing since before this instant. */
  readonly stuckBefore?: Date;
  /** Pending with an approved requisition and attempts left. */
  readonly ready?: boolean;
  readonly ids?: readonly string[];
}

/** Payments with everything that is shown of them, newest first, and how many there are in all with their sums by currency. */
export async function listPayments(
  tx: Tx,
  filter: PaymentFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: PaymentView[]; next: string | null; count: number; totals: { currency: string; sum: bigint }[] }> {
  const condition = and(paymentCondition(tx, filter), withinScope(tx.t.requisitions, grants));
  const views: PaymentView[] = await paymentViews(
    tx,
    and(condition, afterCursor(tx.t.payments, page.after)),
    rowsToAsk(page),
  );
  const { rows, next } = cutPage(
    views.map((view) => ({ view, createdAt: view.payment.createdAt, id: view.payment.id })),
    page,
  );
  const totals = await tx.db
    .select({
      currency: tx.t.payments.currency,
      count: sql<number>`count(*)`.mapWith(Number),
      sum: exactSum(tx.t.payments.amountMinor),
    })
    .from(tx.t.payments)
    .innerJoin(tx.t.requisitions, eq(tx.t.requisitions.id, tx.t.payments.requisitionId))
    .innerJoin(tx.t.funds, eq(tx.t.funds.id, tx.t.payments.fundId))
    .where(condition)
    .groupBy(tx.t.payments.currency);
  const count = totals.reduce((all, total) => all + total.count, 0);
  return { rows: rows.map((row) => row.view), next, count, totals };
}

function paymentCondition(tx: Tx, filter: PaymentFilter): SQL | undefined {
  const { payments, requisitions } = tx.t;
  const is = <V>(value: V | undefined, condition: (value: V) => SQL | undefined): SQL | undefined =>
    value === undefined ? undefined : condition(value);
  return and(
    is(filter.status, (status) => eq(payments.status, status)),
    is(filter.fundId, (id) => eq(payments.fundId, id)),
    is(filter.method, (method) => eq(payments.method, method)),
    is(filter.requesterId, (id) => eq(requisitions.requestedBy, id)),
    is(filter.executorId, (id) => eq(payments.executorId, id)),
    is(filter.since, (at) => gte(payments.createdAt, at)),
    is(filter.until, (at) => lt(payments.createdAt, at)),
    is(filter.amountFromMinor, (minor) => gte(payments.amountMinor, minor)),
    is(filter.amountToMinor, (minor) => sql`${payments.amountMinor} <= ${minor}`),
    is(filter.search, (text) => matching(tx, text)),
    is(filter.ids, (ids) => inArray(payments.id, [...ids])),
    is(filter.stuckBefore, (at) =>
      and(
        eq(payments.status, 'executing'),
        sql`exists (select 1 from payment_attempts a where a.payment_id = ${payments.id} and a.state in ('reserved', 'sent', 'accepted', 'unknown') and a.created_at < ${tx.t.paymentAttempts.createdAt.mapToDriverValue(at)})`,
      ),
    ),
    filter.ready === true
      ? and(
          eq(payments.status, 'pending'),
          eq(requisitions.status, 'approved'),
          sql`${payments.retryCount} < ${payments.maxRetries}`,
          sql`exists (select 1 from funds f where f.id = ${payments.fundId} and f.state = 'open')`,
        )
      : undefined,
  );
}

/** Payee, destination, purpose, reference, requisition number or voucher that hold a text, whatever its case. */
function matching(tx: Tx, text: string): SQL | undefined {
  const { payments, requisitions } = tx.t;
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const holds = (column: PgColumn) => sql`lower(${column}) like ${pattern} escape '\\'`;
  return or(
    holds(payments.payee),
    holds(payments.destination),
    holds(payments.ref),
    holds(requisitions.purpose),
    holds(requisitions.number),
    sql`exists (select 1 from payment_executions e where e.payment_id = ${payments.id} and (lower(e.voucher_number) like ${pattern} escape '\\' or lower(e.gateway_reference) like ${pattern} escape '\\'))`,
  );
}

/**
 * What a requisition's payments come to that are neither cancelled nor were reversed before it was approved again, in minor units;
 * what was paid counts at its adjusted amount, and of what was cancelled the money that left all the same.
 */
export async function committedMinor(tx: Tx, requisitionId: string): Promise<number> {
  const { payments } = tx.t;
  const [row] = await tx.db
    .select({
      sum: sql<number>`coalesce(sum(case when ${payments.status} = 'cancelled' then ${heldMoney(sql`${payments.id}`)} else ${payments.amountMinor} + ${approvedVariance(sql`${payments.id}`)} end), 0)`.mapWith(
        Number,
      ),
    })
    .from(payments)
    .where(
      and(
        eq(payments.requisitionId, requisitionId),
        sql`not (${payments.status} = 'reversed' and ${approvedSince(sql`${payments.id}`)})`,
      ),
    );
  return row?.sum ?? 0;
}

/** What has been paid of a requisition and not come back, at its adjusted amount, in minor units. */
export async function executedMinor(tx: Tx, requisitionId: string): Promise<number> {
  const { payments } = tx.t;
  const [row] = await tx.db
    .select({ sum: adjustedSum(tx) })
    .from(payments)
    .where(and(eq(payments.requisitionId, requisitionId), sql`${payments.status} in ('success', 'reconciled')`));
  return row?.sum ?? 0;
}

const adjustedSum = ({ t: { payments } }: Tx) =>
  sql<number>`coalesce(sum(${payments.amountMinor} + ${approvedVariance(sql`${payments.id}`)}), 0)`.mapWith(Number);

/** The attempts of a payment, first to last. */
export async function attemptsOf(tx: Tx, paymentId: string): Promise<Row<'paymentAttempts'>[]> {
  const { paymentAttempts } = tx.t;
  return tx.db
    .select()
    .from(paymentAttempts)
    .where(eq(paymentAttempts.paymentId, paymentId))
    .orderBy(paymentAttempts.number);
}
