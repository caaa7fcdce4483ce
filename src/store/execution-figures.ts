import { sql, type SQL } from 'drizzle-orm';
import { approvedSince } from './approved-since.ts';
import { approvedVariance, variancesSince } from './approved-variance.ts';
import { heldAs, heldMoney, heldOpen } from './held-money.ts';
import { bound, type Tx } from './transaction.ts';

/** What is counted and summed up of a payment that somebody wants to execute. */
export interface Figures {
  readonly committedMinor: number;
  readonly executedMinor: number;
  readonly paidTodayMinor: number;
  readonly paidTodayByMethodMinor: number;
  readonly paidToDestinationMinor: number;
  readonly attempts: number;
  readonly voucher: string | null;
  readonly openReplenishments: number;
  /** Schedules by which it is to be carried out later: one at most. */
  readonly openSchedules: number;
  readonly referenceUses: number;
  /** The suspense item of money that left under the reference, whatever became of it; null when none did. */
  readonly referenceHeldAs: string | null;
  /** The suspense item by which money of it has left already, and whether that is open. */
  readonly heldAs: string | null;
  readonly heldOpen: boolean | null;
  /** How its method is paid, when not by hand: the rail, the account at it, and the most that it may charge on top. */
  readonly rail: string | null;
  readonly railAccount: string | null;
  readonly railFeeMinor: number;
  readonly railBody: string | null;
}

/** The columns of the figures, for a select from payments. */
export function figuresOf(tx: Tx) {
  const { payments, paymentExecutions: executions } = tx.t;
  const sum = (text: SQL) => sql<number>`coalesce((${text}), 0)`.mapWith(Number);
  const dayStart = bound(payments.executedAt, 'dayStart');
  const splittingStart = bound(payments.executedAt, 'splittingStart');
  const toDestination = sql`o.destination_key = ${payments.destinationKey} and o.currency = ${payments.currency} and o.status in ('executing', 'success', 'reconciled')`;
  return {
    committedMinor: sum(
      sql`select sum(case when o.status = 'cancelled' then ${heldMoney(sql`o.id`)} else o.amount_minor + ${approvedVariance(sql`o.id`)} end) from payments o where o.requisition_id = ${payments.requisitionId} and not (o.status = 'reversed' and ${approvedSince(sql`o.id`)})`,
    ),
    executedMinor: sum(
      sql`select sum(o.amount_minor + ${approvedVariance(sql`o.id`)}) from payments o where o.requisition_id = ${payments.requisitionId} and o.status in ('success', 'reconciled')`,
    ),
    // What was really paid counts, as far as it is known. Only counted where a daily limit is to be judged; as one more condition, SQLite
    // would judge it for every payment.
    paidTodayMinor: sum(
      sql`case when (select f.daily_limit_minor from funds f where f.id = ${payments.fundId}) is not null then coalesce((select sum(o.amount_minor) from payments o where o.fund_id = ${payments.fundId} and o.executed_at >= ${dayStart} and o.status in ('executing', 'success', 'reconciled', 'reversed')), 0) + ${variancesSince(dayStart, sql`a.fund_id = ${payments.fundId}`)} end`,
    ),
    paidTodayByMethodMinor: sum(
      sql`case when (select q.limits_days from policies q order by q.version desc limit 1) then coalesce((select sum(o.amount_minor) from payments o where o.fund_id = ${payments.fundId} and o.executed_at >= ${dayStart} and o.status in ('executing', 'success', 'reconciled', 'reversed') and o.method = ${payments.method} and o.id <> ${payments.id}), 0) + ${variancesSince(dayStart, sql`a.fund_id = ${payments.fundId} and o.method = ${payments.method} and o.id <> ${payments.id}`)} end`,
    ),
    paidToDestinationMinor: sum(
      sql`coalesce((select sum(o.amount_minor) from payments o where o.executed_at >= ${splittingStart} and ${toDestination}), 0) + ${variancesSince(splittingStart, toDestination)}`,
    ),
    attempts: sum(sql`select max(a.number) from payment_attempts a where a.payment_id = ${payments.id}`),
    // Nested, as Drizzle leaves the table's name out of columns that stand directly in a field.
    voucher: sql<
      string | null
    >`(${sql`select e.voucher_number from payment_executions e where e.payment_id = ${payments.id}`})`,
    openReplenishments: sum(
      sql`select count(*) from replenishment_requests r where r.fund_id = ${payments.fundId} and r.status in ('pending', 'approved')`,
    ),
    openSchedules: sum(
      sql`select count(*) from schedules s where s.payment_id = ${payments.id} and s.status in ('active', 'paused')`,
    ),
    // Nested, as the voucher is.
    heldAs: sql<string | null>`(${heldAs(sql`${payments.id}`)})`,
    heldOpen: sql<boolean | null>`(${heldOpen(sql`${payments.id}`)})`.mapWith(Boolean),
    rail: sql<
      string | null
    >`(${sql`select g.kind from gateways g where g.method = ${payments.method} order by g.version desc limit 1`})`,
    railAccount: sql<
      string | null
    >`(${sql`select g.account from gateways g where g.method = ${payments.method} order by g.version desc limit 1`})`,
    railBody: sql<
      string | null
    >`(${sql`select g.body from gateways g where g.method = ${payments.method} order by g.version desc limit 1`})`,
    railFeeMinor: sum(
      sql`select g.highest_fee_minor from gateways g where g.method = ${payments.method} order by g.version desc limit 1`,
    ),
    referenceUses: sum(
      sql`(select count(*) from payment_executions e where e.gateway = 'manual' and e.gateway_account = ${payments.method} and e.gateway_reference = ${bound(executions.gatewayReference, 'gatewayReference')}) + (select count(*) from gateways g join payment_executions x on x.gateway = g.kind and x.gateway_account = g.account and x.gateway_reference = ${bound(executions.gatewayReference, 'gatewayReference')} where g.method = ${payments.method})`,
    ),
    // Nested, as the voucher is.
    referenceHeldAs: sql<
      string | null
    >`(${sql`select s.ref from suspense_items s where s.gateway in (select g.kind from gateways g where g.method = ${payments.method}) and s.gateway_reference = ${bound(executions.gatewayReference, 'gatewayReference')} limit 1`})`,
  };
}
