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

/** Where a person can be told something. */
export interface Reachable {
  readonly email: string;
  /** The digits of E.164; null when nobody has said. */
  readonly phone: string | null;
}

/** Addresses of the enabled people of an audience, each once. */
export const addressesOf = async (tx: Tx, ...of: WhoIsTold): Promise<string[]> =>
  (await reachablesOf(tx, ...of)).map(({ email }) => email);

type WhoIsTold = [
  audience: readonly Audience[],
  about: { readonly payment: Row<'payments'> | undefined; readonly fund: Row<'funds'> },
];

/** The enabled people of an audience, each once, by name. */
export async function reachablesOf(tx: Tx, ...[audience, { payment, fund }]: WhoIsTold): Promise<Reachable[]> {
  const ids = new Set<string>();
  if (audience.includes('payer') && payment?.executorId) ids.add(payment.executorId);
  if (audience.includes('approver') && payment !== undefined) {
    for (const { approverId, decision } of await decisionsAbout(tx, payment.requisitionId))
      if (decision === 'approved') ids.add(approverId);
  }
  if (audience.includes('cfo')) for (const { id } of await findHolders(tx, ['cfo'], fund)) ids.add(id);
  if (ids.size === 0) return [];
  const { users } = tx.t;
  return tx.db
    .select({ email: users.email, phone: users.phone })
    .from(users)
    .where(and(inArray(users.id, [...ids]), isNull(users.disabledAt)))
    .orderBy(users.username);
}
