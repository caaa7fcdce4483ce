import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

const OPEN = ['reserved', 'sent', 'accepted', 'unknown'];

export interface OpenMatters {
  /** Payments of which the outcome has been open since before the given instant. */
  readonly stuck: readonly string[];
  /** How many messages of each topic (mail, sms, webhook) wait to be delivered since then. */
  readonly undelivered: readonly { readonly topic: string; readonly count: number }[];
  /** Funds that owe more than they hold. */
  readonly overdrawn: readonly string[];
  /** Variances that have waited for a decision since then. */
  readonly variances: readonly string[];
}

/** What somebody should look at. */
export async function findOpenMatters(tx: Tx, before: Date): Promise<OpenMatters> {
  const { paymentAttempts: attempts, payments, outboxMessages: outbox, funds, varianceAdjustments: variances } = tx.t;
  const stuck = await tx.db
    .select({ ref: payments.ref })
    .from(attempts)
    .innerJoin(payments, sql`${payments.id} = ${attempts.paymentId}`)
    .where(and(inArray(attempts.state, OPEN), lt(attempts.createdAt, before)));
  const undelivered = await tx.db
    .select({ topic: outbox.topic, count: sql<number>`count(*)`.mapWith(Number) })
    .from(outbox)
    .where(and(isNull(outbox.deliveredAt), lt(outbox.createdAt, before)))
    .groupBy(outbox.topic)
    .orderBy(outbox.topic);
  const overdrawn = await tx.db
    .select({ code: funds.code })
    .from(funds)
    .where(sql`${funds.balanceMinor} - ${funds.reservedMinor} < 0`);
  const undecided = await tx.db
    .select({ ref: variances.ref })
    .from(variances)
    .where(and(sql`${variances.status} = 'pending'`, lt(variances.createdAt, before)))
    .orderBy(variances.createdAt, variances.id);
  return {
    stuck: stuck.map((row) => row.ref),
    undelivered,
    overdrawn: overdrawn.map((row) => row.code),
    variances: undecided.map((row) => row.ref),
  };
}

/** How many orders of a rail are in flight. */
export async function countInFlight(tx: Tx, gateway: string): Promise<number> {
  const { paymentAttempts: attempts } = tx.t;
  const [row] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(attempts)
    .where(and(eq(attempts.gateway, gateway), inArray(attempts.state, OPEN)));
  return row?.count ?? 0;
}
