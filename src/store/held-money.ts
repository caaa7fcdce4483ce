import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

// Made where it is needed: whoever runs planned statements only loads nothing that puts SQL together.
const held = (): SQL =>
  sql`from payment_attempts h join suspense_items s on s.attempt_id = h.id where (s.status = 'open' or s.entry_id is not null) and h.payment_id =`;

/** Money that a gateway paid for a payment without its debit, in minor units: held in suspense, or debited from there; not what came back. */
export const heldMoney = (paymentId: SQL): SQL => sql`coalesce((select sum(s.amount_minor) ${held()} ${paymentId}), 0)`;

/** The reference of the suspense item by which money of a payment left and has not come back, open ones first; null when none has. */
export const heldAs = (paymentId: SQL): SQL =>
  sql`select s.ref ${held()} ${paymentId} order by s.status, s.created_at limit 1`;

/** Whether that item is still open: nobody has said what becomes of it. */
export const heldOpen = (paymentId: SQL): SQL =>
  sql`select s.status = 'open' ${held()} ${paymentId} order by s.status, s.created_at limit 1`;

/** Under which suspense item money of a payment left, if it did and has not come back. */
export interface Held {
  readonly ref: string;
  readonly open: boolean;
}

/** What is held of a payment, which the caller has locked; null when nothing is. */
export async function findHeld(tx: Tx, paymentId: string): Promise<Held | null> {
  const { office } = tx.t;
  const id = sql`${paymentId}`;
  const [row] = await tx.db
    .select({
      ref: sql<string | null>`(${heldAs(id)})`,
      open: sql<boolean | null>`(${heldOpen(id)})`.mapWith(Boolean),
    })
    .from(office);
  const ref = row?.ref ?? null;
  return ref === null ? null : { ref, open: row?.open === true };
}

/** References of the items of a fund that nobody has settled, oldest first. */
export async function openSuspenseOf(tx: Tx, fundId: string): Promise<string[]> {
  const { suspenseItems: items } = tx.t;
  const rows = await tx.db
    .select({ ref: items.ref })
    .from(items)
    .where(and(eq(items.fundId, fundId), eq(items.status, 'open')))
    .orderBy(asc(items.createdAt), asc(items.id));
  return rows.map(({ ref }) => ref);
}

/** The first payment of a batch that waits or has failed, of which money is held in suspense and nobody has said what becomes of it. */
export async function findHeldOfBatch(
  tx: Tx,
  batchId: string,
): Promise<{ readonly payment: string; readonly ref: string } | undefined> {
  const { batchItems, batchPayments, payments, paymentAttempts: attempts, suspenseItems: items } = tx.t;
  const [row] = await tx.db
    .select({ payment: payments.ref, ref: items.ref })
    .from(batchItems)
    .innerJoin(batchPayments, eq(batchPayments.itemId, batchItems.id))
    .innerJoin(payments, eq(payments.id, batchPayments.paymentId))
    .innerJoin(attempts, eq(attempts.paymentId, payments.id))
    .innerJoin(items, eq(items.attemptId, attempts.id))
    .where(
      and(eq(batchItems.batchId, batchId), inArray(payments.status, ['pending', 'failed']), eq(items.status, 'open')),
    )
    .orderBy(asc(batchItems.seq))
    .limit(1);
  return row;
}
