import { and, eq } from 'drizzle-orm';
import type { Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { withinScope } from './scope.ts';
import type { Tx } from './transaction.ts';

/** Refuses (OUT_OF_SCOPE, exit 5) a payment of one's own company outside the places that one's roles reach. */
export async function requireVisible(
  tx: Tx,
  paymentId: string,
  actor: Pick<Actor, 'grants' | 'username'>,
): Promise<void> {
  const { payments, requisitions } = tx.t;
  const [row] = await tx.db
    .select({ id: payments.id })
    .from(payments)
    .innerJoin(requisitions, eq(requisitions.id, payments.requisitionId))
    .where(and(eq(payments.id, paymentId), withinScope(requisitions, actor.grants)));
  if (row !== undefined) return;
  throw new Problem('forbidden', 'OUT_OF_SCOPE', `${actor.username}'s roles do not reach the place of this payment.`, {
    unchanged: 'Nothing was changed.',
    fix: 'ask a person of that place, or an admin for a role there',
  });
}
