import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Audience } from '../domain/policy.ts';
import { decisionsAbout } from './approvals.ts';
import { findHolders } from './payers.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** The payment of a reference; undefined for a reference of something else. */
export async function findPaymentByRef(tx: Tx, ref: string): Promise<Row<'payments'> | undefined> {
  const [row] = await tx.db.select().from(tx.t.payments).where(eq(tx.t.payments.ref, ref));
  return row;
}

/** The fund of a code; undefined when there is none. */
export async function findFundByCode(tx: Tx, code: string): Promise<Row<'funds'> | undefined> {
  const [row] = await tx.db.select().from(tx.t.funds).where(eq(tx.t.funds.code, code));
  return row;
}

/** Addresses of the enabled people of an audience, each once. */
export async function addressesOf(
  tx: Tx,
  audience: readonly Audience[],
  { payment, fund }: { readonly payment: Row<'payments'> | undefined; readonly fund: Row<'funds'> },
): Promise<string[]> {
  const ids = new Set<string>();
  if (audience.includes('payer') && payment?.executorId) ids.add(payment.executorId);
  if (audience.includes('approver') && payment !== undefined) {
    for (const { approverId, decision } of await decisionsAbout(tx, payment.requisitionId))
      if (decision === 'approved') ids.add(approverId);
  }
  if (audience.includes('cfo')) for (const { id } of await findHolders(tx, ['cfo'], fund)) ids.add(id);
  if (ids.size === 0) return [];
  const { users } = tx.t;
  const rows = await tx.db
    .select({ email: users.email })
    .from(users)
    .where(and(inArray(users.id, [...ids]), isNull(users.disabledAt)))
    .orderBy(users.username);
  return rows.map(({ email }) => email);
}
