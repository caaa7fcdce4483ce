import { and, asc, eq, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Money that left although nobody was debited, with what people know it by. */
export interface SuspenseView {
  readonly item: Row<'suspenseItems'>;
  readonly fundCode: string;
  readonly payment: string;
  readonly attempt: string;
  readonly message: string;
}

/** Stores a new item. */
export async function insertSuspense(tx: Tx, item: Row<'suspenseItems'>): Promise<void> {
  await tx.db.insert(tx.t.suspenseItems).values(item);
}

/** The item that a gateway's receipt is held under; undefined when it is not. */
export async function findSuspense(
  tx: Tx,
  gateway: string,
  reference: string,
): Promise<Row<'suspenseItems'> | undefined> {
  const { suspenseItems: items } = tx.t;
  const [item] = await tx.db
    .select()
    .from(items)
    .where(and(eq(items.gateway, gateway), eq(items.gatewayReference, reference)));
  return item;
}

/** Items that nobody has settled, oldest first; all of them with `settled`. */
export async function suspenseViews(tx: Tx, { settled }: { readonly settled: boolean }): Promise<SuspenseView[]> {
  const { suspenseItems: items, funds, paymentAttempts: attempts, payments, gatewayMessages: messages } = tx.t;
  return tx.db
    .select({ item: items, fundCode: funds.code, payment: payments.ref, attempt: attempts.ref, message: messages.ref })
    .from(items)
    .innerJoin(funds, eq(funds.id, items.fundId))
    .innerJoin(attempts, eq(attempts.id, items.attemptId))
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .innerJoin(messages, eq(messages.id, items.messageId))
    .where(settled ? sql`true` : eq(items.status, 'open'))
    .orderBy(asc(items.createdAt), asc(items.id));
}
