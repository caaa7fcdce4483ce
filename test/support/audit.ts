import { asc, eq } from 'drizzle-orm';
import type { Tx } from '../../src/store/transaction.ts';

export interface Happened {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly payload: Record<string, unknown>;
}

/** Every event of an action, oldest first. */
export async function listAuditEvents(tx: Tx, action: string): Promise<Happened[]> {
  const { auditEvents } = tx.t;
  const rows = await tx.db
    .select({ body: auditEvents.body })
    .from(auditEvents)
    .where(eq(auditEvents.action, action))
    .orderBy(asc(auditEvents.at), asc(auditEvents.seq));
  return rows.map(({ body }) => JSON.parse(body) as Happened);
}
