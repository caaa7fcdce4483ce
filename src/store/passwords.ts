import { eq } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

/** What is kept of a person's password. */
export async function passwordHashOf(tx: Tx, id: string): Promise<string> {
  const { users } = tx.t;
  const [row] = await tx.db.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.id, id));
  if (row === undefined) throw new Error(`user ${id} has gone`);
  return row.passwordHash;
}
