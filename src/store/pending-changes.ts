import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

/** The reference of the newest pending change about each of these people. */
export async function pendingAbout(tx: Tx, userIds: readonly string[]): Promise<Map<string, string>> {
  const { changes } = tx.t;
  const pending = new Map<string, string>();
  if (userIds.length === 0) return pending;
  const rows = await tx.db
    .select({ userId: changes.subjectUserId, ref: changes.ref })
    .from(changes)
    .where(
      and(
        eq(changes.status, 'pending'),
        sql`${changes.kind} like 'user.%'`,
        inArray(changes.subjectUserId, [...userIds]),
      ),
    )
    .orderBy(asc(changes.createdAt), asc(changes.id));
  for (const { userId, ref } of rows) if (userId !== null) pending.set(userId, ref);
  return pending;
}
