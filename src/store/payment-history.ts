import { asc, eq } from 'drizzle-orm';
import type { Tx } from './transaction.ts';

/** What happened to a payment: its audit events, oldest first. */
export async function eventsOf(tx: Tx, ref: string): Promise<{ chain: string; seq: number; body: string }[]> {
  const { auditEvents } = tx.t;
  return tx.db
    .select({ chain: auditEvents.chain, seq: auditEvents.seq, body: auditEvents.body })
    .from(auditEvents)
    .where(eq(auditEvents.subject, ref))
    .orderBy(asc(auditEvents.at), asc(auditEvents.seq));
}
