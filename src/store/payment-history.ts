import { and, asc, eq, inArray } from 'drizzle-orm';
import { RAILS } from '../domain/rail.ts';
import type { Row } from './tables.ts';
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

/** What no audit event tells of an order at a gateway: that it left, was taken, and what was said of it. */
export interface OrderStory {
  readonly attempts: readonly Pick<
    Row<'paymentAttempts'>,
    'ref' | 'gateway' | 'idempotencyKey' | 'sentAt' | 'acceptedAt' | 'conversation'
  >[];
  readonly messages: readonly (Pick<
    Row<'gatewayMessages'>,
    'ref' | 'gateway' | 'source' | 'outcome' | 'detail' | 'receivedAt'
  > & { readonly attempt: string })[];
}

/** The orders of a payment at gateways, with all that was ever said of them, first to last; none for cash and by hand. */
export async function orderStory(tx: Tx, paymentId: string): Promise<OrderStory> {
  const { paymentAttempts: a, gatewayMessages: m } = tx.t;
  const [attempts, messages] = await Promise.all([
    tx.db
      .select({
        ...{ ref: a.ref, gateway: a.gateway, idempotencyKey: a.idempotencyKey, sentAt: a.sentAt },
        ...{ acceptedAt: a.acceptedAt, conversation: a.conversation },
      })
      .from(a)
      .where(and(eq(a.paymentId, paymentId), inArray(a.gateway, [...RAILS])))
      .orderBy(asc(a.number)),
    tx.db
      .select({
        ...{ ref: m.ref, gateway: m.gateway, source: m.source, outcome: m.outcome, detail: m.detail },
        ...{ receivedAt: m.receivedAt, attempt: a.ref },
      })
      .from(m)
      .innerJoin(a, eq(a.id, m.attemptId))
      .where(eq(a.paymentId, paymentId))
      .orderBy(asc(m.receivedAt), asc(m.id)),
  ]);
  return { attempts, messages };
}
