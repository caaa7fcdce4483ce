import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';
import { insertRows } from './whole-rows.ts';

/** Values of one statement: far below what either database takes. */
const AT_ONCE = 500;

/** The file that has this name at the bank; undefined when the name was never used. */
export async function findBankFile(tx: Tx, messageId: string): Promise<Row<'bankFiles'> | undefined> {
  const { bankFiles } = tx.t;
  const [row] = await tx.db.select().from(bankFiles).where(eq(bankFiles.messageId, messageId));
  return row;
}

/** Stores a file with the attempts that are in it, in their order. */
export async function insertBankFile(
  tx: Tx,
  file: Row<'bankFiles'>,
  attempts: readonly Pick<Row<'paymentAttempts'>, 'id'>[],
): Promise<void> {
  await tx.db.insert(tx.t.bankFiles).values(file);
  const rows = attempts.map(({ id }, at) => ({ attemptId: id, bankFileId: file.id, number: at + 1 }));
  const inserted = await insertOrders(tx, rows);
  if (inserted !== rows.length) throw new Error(`${inserted} of ${rows.length} orders of ${file.ref} were stored`);
}

const insertOrders = insertRows('bankFileOrders');

/** A payment that may be put into a file, as it stands, with its open attempt and what it is for. */
export interface Exportable {
  readonly payment: Row<'payments'>;
  readonly attempt: Row<'paymentAttempts'> | null;
  readonly purpose: string;
}

/** Payments of a fund whose money is reserved for a file that has not been written yet, oldest first; and how many there are. */
export async function waitingForFile(
  tx: Tx,
  fundId: string,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly count: number }> {
  const { payments, paymentAttempts: attempts } = tx.t;
  const condition = and(
    eq(payments.fundId, fundId),
    eq(payments.status, 'executing'),
    eq(attempts.gateway, 'bankfile'),
    eq(attempts.state, 'reserved'),
  );
  const rows = await tx.db
    .select({ id: payments.id })
    .from(attempts)
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .where(condition)
    .orderBy(asc(attempts.createdAt), asc(attempts.id))
    .limit(limit);
  const [total] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(attempts)
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .where(condition);
  return { ids: rows.map(({ id }) => id), count: total?.count ?? 0 };
}

/** Payments with their open attempts, locked until the transaction ends, in the order in which their attempts were made. */
export async function lockExportable(tx: Tx, paymentIds: readonly string[]): Promise<Exportable[]> {
  const { payments, paymentAttempts: attempts, requisitions } = tx.t;
  const found: Exportable[] = [];
  for (const ids of chunks(paymentIds.toSorted())) {
    const locked = await lock(
      tx,
      tx.db.select().from(payments).where(inArray(payments.id, ids)).orderBy(asc(payments.id)),
      payments,
    );
    // Asked for only now: whoever changes an attempt holds its payment's lock.
    const open = await tx.db
      .select()
      .from(attempts)
      .where(
        and(inArray(attempts.paymentId, ids), sql`${attempts.state} in ('reserved', 'sent', 'accepted', 'unknown')`),
      );
    const purposes = await tx.db
      .select({ paymentId: payments.id, purpose: requisitions.purpose })
      .from(payments)
      .innerJoin(requisitions, eq(requisitions.id, payments.requisitionId))
      .where(inArray(payments.id, ids));
    const attemptOf = new Map(open.map((attempt) => [attempt.paymentId, attempt]));
    const purposeOf = new Map(purposes.map(({ paymentId, purpose }) => [paymentId, purpose]));
    for (const payment of locked)
      found.push({
        payment,
        attempt: attemptOf.get(payment.id) ?? null,
        purpose: purposeOf.get(payment.id) ?? '',
      });
  }
  return found.toSorted((one, other) => (madeAt(one) < madeAt(other) ? -1 : 1));
}

const madeAt = ({ attempt, payment }: Exportable): string =>
  `${(attempt ?? payment).createdAt.toISOString()} ${(attempt ?? payment).id}`;

/** Says that attempts are on their way to the bank in a file; how many of them were still reserved. */
export async function markExported(
  tx: Tx,
  attempts: readonly Pick<Row<'paymentAttempts'>, 'id'>[],
  messageId: string,
): Promise<number> {
  const { paymentAttempts } = tx.t;
  let marked = 0;
  for (const ids of chunks(attempts.map(({ id }) => id))) {
    const rows = await tx.db
      .update(paymentAttempts)
      .set({ state: 'sent', sentAt: tx.now, conversation: messageId })
      .where(and(inArray(paymentAttempts.id, ids), eq(paymentAttempts.state, 'reserved')))
      .returning({ id: paymentAttempts.id });
    marked += rows.length;
  }
  return marked;
}

/** An order of a file, with the attempt and the payment that it is. */
export interface FiledAttempt {
  readonly number: number;
  readonly attempt: Row<'paymentAttempts'>;
  readonly payment: Row<'payments'>;
}

/** What is in a file, in its order. */
export async function ordersOfFile(tx: Tx, bankFileId: string): Promise<FiledAttempt[]> {
  const { bankFileOrders: orders, paymentAttempts: attempts, payments } = tx.t;
  return tx.db
    .select({ number: orders.number, attempt: attempts, payment: payments })
    .from(orders)
    .innerJoin(attempts, eq(attempts.id, orders.attemptId))
    .innerJoin(payments, eq(payments.id, attempts.paymentId))
    .where(eq(orders.bankFileId, bankFileId))
    .orderBy(asc(orders.number));
}

/** The file in which a key was sent to the bank. */
export interface FileOfKey {
  readonly key: string;
  readonly messageId: string;
  readonly currency: string;
  readonly companyId: string;
}

/** The files in which these keys are, as far as they are in any. */
export async function filesOfKeys(tx: Tx, keys: readonly string[]): Promise<FileOfKey[]> {
  const { bankFileOrders: orders, paymentAttempts: attempts, bankFiles, funds } = tx.t;
  const found: FileOfKey[] = [];
  for (const some of chunks(keys)) {
    const rows = await tx.db
      .select({
        key: attempts.idempotencyKey,
        messageId: bankFiles.messageId,
        currency: bankFiles.currency,
        companyId: funds.companyId,
      })
      .from(attempts)
      .innerJoin(orders, eq(orders.attemptId, attempts.id))
      .innerJoin(bankFiles, eq(bankFiles.id, orders.bankFileId))
      .innerJoin(funds, eq(funds.id, bankFiles.fundId))
      .where(inArray(attempts.idempotencyKey, some));
    found.push(...rows);
  }
  return found;
}

function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += AT_ONCE) yield all.slice(at, at + AT_ONCE);
}
