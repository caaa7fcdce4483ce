import { and, asc, count, desc, eq, gt, inArray, isNotNull, isNull, lte, max, or, sql } from 'drizzle-orm';
import { fundChain, OFFICE_CHAIN } from './audit-chain.ts';
import { resolveName, type Naming } from './naming.ts';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';
import { insertRow } from './whole-rows.ts';

export const insertWebhook = insertRow('webhooks');

const naming: Naming = { table: 'webhooks', noun: 'webhook', codes: [], listCommand: 'treasury webhook list' };
const TOPIC = 'webhook';

/** The id of the webhook that a reference or id names. */
export const resolveWebhook = (tx: Tx, text: string): Promise<string> => resolveName(tx, naming, text, undefined);

/** The webhook's row, locked until the transaction ends. */
export async function lockWebhook(tx: Tx, id: string): Promise<Row<'webhooks'>> {
  const { webhooks } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(webhooks).where(eq(webhooks.id, id)), webhooks);
  if (row === undefined) throw new Error(`webhook ${id} has gone`);
  return row;
}

/** Those that are told now, oldest first. */
export const activeWebhooks = (tx: Tx): Promise<Row<'webhooks'>[]> => {
  const { webhooks } = tx.t;
  return tx.db
    .select()
    .from(webhooks)
    .where(isNull(webhooks.removedAt))
    .orderBy(asc(webhooks.createdAt), asc(webhooks.id));
};

/** Ends a webhook that the caller has locked; what still waited for it is told to nobody. */
export async function endWebhook(tx: Tx, id: string, removedBy: string): Promise<number> {
  const { webhooks, outboxMessages: outbox } = tx.t;
  await tx.db.update(webhooks).set({ removedBy, removedAt: tx.now }).where(eq(webhooks.id, id));
  const dropped = await tx.db
    .update(outbox)
    .set({ deliveredAt: tx.now, lastError: 'the webhook was removed' })
    .where(and(eq(outbox.webhookId, id), isNull(outbox.deliveredAt)))
    .returning({ id: outbox.id });
  return dropped.length;
}

/** A webhook with how it fares. */
export interface WebhookView {
  readonly webhook: Omit<Row<'webhooks'>, 'secret'>;
  readonly createdBy: string;
  readonly waiting: number;
  readonly lastDeliveredAt: Date | null;
  readonly lastError: string | null;
}

const withoutSecret = ({ t: { webhooks } }: Tx) => {
  const { id, ref, url, events, createdBy, createdAt, removedBy, removedAt } = webhooks;
  return { id, ref, url, events, createdBy, createdAt, removedBy, removedAt };
};

/** Webhooks, newest first; with `removed` also those that are told nothing any more. */
export async function webhookViews(
  tx: Tx,
  { removed, id }: { readonly removed: boolean; readonly id?: string },
): Promise<WebhookView[]> {
  const { webhooks, users, outboxMessages: outbox } = tx.t;
  const rows = await tx.db
    .select({ webhook: withoutSecret(tx), createdBy: users.username })
    .from(webhooks)
    .innerJoin(users, eq(users.id, webhooks.createdBy))
    .where(and(removed ? undefined : isNull(webhooks.removedAt), id === undefined ? undefined : eq(webhooks.id, id)))
    .orderBy(desc(webhooks.createdAt), desc(webhooks.id));
  const ids = rows.map(({ webhook }) => webhook.id);
  if (ids.length === 0) return [];
  const waiting = await tx.db
    .select({ id: outbox.webhookId, waiting: count(), error: max(outbox.lastError) })
    .from(outbox)
    .where(and(inArray(outbox.webhookId, ids), isNull(outbox.deliveredAt)))
    .groupBy(outbox.webhookId);
  const told = await tx.db
    .select({ id: outbox.webhookId, at: max(outbox.deliveredAt) })
    .from(outbox)
    .where(and(inArray(outbox.webhookId, ids), isNull(outbox.lastError), isNotNull(outbox.deliveredAt)))
    .groupBy(outbox.webhookId);
  return rows.map(({ webhook, createdBy }) => {
    const open = waiting.find((row) => row.id === webhook.id);
    return {
      ...{ webhook, createdBy, waiting: open?.waiting ?? 0, lastError: open?.error ?? null },
      lastDeliveredAt: told.find((row) => row.id === webhook.id)?.at ?? null,
    };
  });
}

/** A chain of events of which not all has been told. */
export interface Behind {
  readonly chain: string;
  readonly head: number;
  readonly seq: number;
}

/** Chains with events that nobody has been told of yet. */
export async function chainsBehind(tx: Tx): Promise<Behind[]> {
  const { office, funds, eventCursors: cursors } = tx.t;
  const known = new Map((await tx.db.select().from(cursors)).map(({ chain, seq }) => [chain, seq]));
  const heads = [
    ...(await tx.db.select({ head: office.headSeq }).from(office)).map(({ head }) => ({ chain: OFFICE_CHAIN, head })),
    ...(await tx.db.select({ code: funds.code, head: funds.headSeq }).from(funds)).map(({ code, head }) => ({
      ...{ chain: fundChain(code), head },
    })),
  ];
  return heads.map((one) => ({ ...one, seq: known.get(one.chain) ?? 0 })).filter(({ head, seq }) => head > seq);
}

/** Sets every chain to where it is now: whoever is told from now on is not told what was before. */
export async function skipToNow(tx: Tx): Promise<void> {
  for (const { chain, head } of await chainsBehind(tx)) await moveCursor(tx, chain, head);
}

/** How far a chain has been told, locked; 0 at its beginning. */
export async function lockCursor(tx: Tx, chain: string): Promise<number> {
  const { eventCursors: cursors } = tx.t;
  const [known] = await tx.db.select().from(cursors).where(eq(cursors.chain, chain));
  if (known === undefined) await tx.db.insert(cursors).values({ chain, seq: 0 }).onConflictDoNothing();
  const [row] = await lock(tx, tx.db.select().from(cursors).where(eq(cursors.chain, chain)), cursors);
  return row?.seq ?? 0;
}

/** Notes how far a chain has been told. */
export async function moveCursor(tx: Tx, chain: string, seq: number): Promise<void> {
  const { eventCursors: cursors } = tx.t;
  await lockCursor(tx, chain);
  await tx.db.update(cursors).set({ seq }).where(eq(cursors.chain, chain));
}

/** Events of a chain after one of them, in their order, at most so many. */
export async function eventsAfter(tx: Tx, { chain, seq }: { chain: string; seq: number }, limit: number) {
  const { auditEvents: events } = tx.t;
  return tx.db
    .select({ chain: events.chain, seq: events.seq, hash: events.hash, body: events.body })
    .from(events)
    .where(and(eq(events.chain, chain), gt(events.seq, seq)))
    .orderBy(asc(events.seq))
    .limit(limit);
}

/** Puts what webhooks are told into the outbox. */
export async function putNotices(tx: Tx, notices: readonly { webhookId: string; body: string }[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ webhookId, body }) => ({
    ...{ id: newId(), topic: TOPIC, payload: body, webhookId, createdAt: tx.now },
    ...{ deliveredAt: null, deliveries: 0, lastError: null, leaseUntil: null, nextAt: null },
  }));
  await tx.db.insert(tx.t.outboxMessages).values(rows);
}

/** Longer than an address may take to answer: whoever still has them then has crashed. */
const LEASE_MS = 120_000;

const dueNotices = (tx: Tx) => {
  const { outboxMessages: outbox } = tx.t;
  return and(
    eq(outbox.topic, TOPIC),
    isNull(outbox.deliveredAt),
    or(isNull(outbox.leaseUntil), lte(outbox.leaseUntil, tx.now)),
    or(isNull(outbox.nextAt), lte(outbox.nextAt, tx.now)),
  );
};

/** Whether something waits to be told. */
export async function hasDueNotices(tx: Tx): Promise<boolean> {
  const { outboxMessages: outbox } = tx.t;
  return (await tx.db.select({ id: outbox.id }).from(outbox).where(dueNotices(tx)).limit(1)).length > 0;
}

/** Takes what is due to be told, so that no other worker tells it meanwhile. */
export async function takeNotices(
  tx: Tx,
  limit: number,
): Promise<{ message: Row<'outboxMessages'>; webhook: Row<'webhooks'> }[]> {
  const { outboxMessages: outbox, webhooks } = tx.t;
  const query = tx.db
    .select()
    .from(outbox)
    .where(dueNotices(tx))
    .orderBy(asc(outbox.createdAt), asc(outbox.id))
    .limit(limit);
  const messages = await lock(tx, query, outbox);
  if (messages.length === 0) return [];
  const ids = messages.map(({ id }) => id);
  await tx.db
    .update(outbox)
    .set({ leaseUntil: new Date(tx.now.getTime() + LEASE_MS) })
    .where(inArray(outbox.id, ids));
  const told = [...new Set(messages.flatMap(({ webhookId }) => (webhookId === null ? [] : [webhookId])))];
  const rows = await tx.db.select().from(webhooks).where(inArray(webhooks.id, told));
  return messages.flatMap((message) => {
    const webhook = rows.find(({ id }) => id === message.webhookId);
    return webhook === undefined ? [] : [{ message, webhook }];
  });
}

/** Notes one try to tell something: told, or why not and when again. */
export async function noteNotice(tx: Tx, id: string, result: { error: string; nextAt: Date } | null): Promise<void> {
  const { outboxMessages: outbox } = tx.t;
  await tx.db
    .update(outbox)
    .set({
      deliveries: sql`${outbox.deliveries} + 1`,
      leaseUntil: null,
      lastError: result?.error ?? null,
      ...(result === null ? { deliveredAt: tx.now } : { nextAt: result.nextAt }),
    })
    .where(and(eq(outbox.id, id), isNull(outbox.deliveredAt)));
}
