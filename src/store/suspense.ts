import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';

/** Money that left although nobody was debited, with what people know it by. */
export interface SuspenseView {
  readonly item: Row<'suspenseItems'>;
  readonly fundCode: string;
  readonly payment: string;
  readonly attempt: string;
  readonly message: string;
  readonly settledBy: string | null;
  /** The entry that settled it. */
  readonly entry: string | null;
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
  const [item] = await itemOfReference(tx, { gateway, reference });
  return item;
}

const itemOfReference = preparedRows('suspense_of_reference', (tx) => {
  const { suspenseItems: items } = tx.t;
  return tx.db
    .select()
    .from(items)
    .where(
      sql`${items.gateway} = ${bound(items.gateway, 'gateway')} and ${items.gatewayReference} = ${bound(items.gatewayReference, 'reference')}`,
    );
});

/** Items that nobody has settled, oldest first; with `settled` all of them; with `ids` those. */
export async function suspenseViews(
  tx: Tx,
  { settled, ids }: { readonly settled: boolean; readonly ids?: readonly string[] },
): Promise<SuspenseView[]> {
  const { suspenseItems: items, funds, paymentAttempts: attempts, payments, gatewayMessages: messages } = tx.t;
  const { users, ledgerEntries } = tx.t;
  return tx.db
    .select({
      item: items,
      fundCode: funds.code,
      payment: payments.ref,
      attempt: attempts.ref,
      message: messages.ref,
      settledBy: users.username,
      entry: ledgerEntries.ref,
    })
    .from(items)
    .innerJoin(funds, eq(funds.id, items.fundId))
    .innerJoin(attempts, eq(attempts.id, items.attemptId))
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .innerJoin(messages, eq(messages.id, items.messageId))
    .leftJoin(users, eq(users.id, items.settledBy))
    .leftJoin(ledgerEntries, eq(ledgerEntries.id, items.entryId))
    .where(
      and(settled ? undefined : eq(items.status, 'open'), ids === undefined ? undefined : inArray(items.id, [...ids])),
    )
    .orderBy(asc(items.createdAt), asc(items.id));
}

/** Locks an item until the transaction ends. */
export async function lockSuspense(tx: Tx, id: string): Promise<Row<'suspenseItems'>> {
  const { suspenseItems: items } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(items).where(eq(items.id, id)), items);
  if (row === undefined) throw new Error(`item ${id} has gone`);
  return row;
}

/** Settles an item that the caller has locked. */
export async function closeSuspense(
  tx: Tx,
  id: string,
  settled: Pick<Row<'suspenseItems'>, 'settledBy' | 'confirmedBy' | 'settledReason' | 'entryId'>,
): Promise<void> {
  const { suspenseItems: items } = tx.t;
  await tx.db
    .update(items)
    .set({ ...settled, status: 'settled', settledAt: tx.now })
    .where(and(eq(items.id, id), eq(items.status, 'open')));
}
