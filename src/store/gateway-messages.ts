import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { newIdentity } from './references.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';
import { insertRow } from './whole-rows.ts';

/** What a gateway said, as it was received. */
export type Received = Pick<
  Row<'gatewayMessages'>,
  'gateway' | 'source' | 'externalId' | 'attemptId' | 'raw' | 'remote'
>;

const insertMessage = insertRow('gatewayMessages');

const sameMessage = preparedRows('same_message', (tx) => {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .select()
    .from(messages)
    .where(
      sql`${messages.gateway} = ${bound(messages.gateway, 'gateway')} and ${messages.source} = ${bound(messages.source, 'source')} and ${messages.externalId} = ${bound(messages.externalId, 'externalId')}`,
    );
});

/** Puts what was received into the inbox, unless the very same is there: then that one is answered, with `known`. */
export async function keepMessage(
  tx: Tx,
  received: Received,
): Promise<{ readonly message: Row<'gatewayMessages'>; readonly known: boolean }> {
  const { gateway, source, externalId } = received;
  const [known] = await sameMessage(tx, { gateway, source, externalId });
  if (known !== undefined) return { message: known, known: true };
  const message = {
    ...(await newIdentity(tx, 'gatewayMessages')),
    ...received,
    receivedAt: tx.now,
    outcome: 'waiting',
    detail: null,
    appliedAt: null,
    settledBy: null,
    settledAt: null,
    settledReason: null,
    settledChangeId: null,
  };
  await insertMessage(tx, message);
  return { message, known: false };
}

/** A message of the inbox, locked until the transaction ends. */
export async function lockMessage(tx: Tx, id: string): Promise<Row<'gatewayMessages'>> {
  const { gatewayMessages: messages } = tx.t;
  const [row] = await lock(tx, tx.db.select().from(messages).where(eq(messages.id, id)), messages);
  if (row === undefined) throw new Error(`message ${id} has gone`);
  return row;
}

/** Says what came of a message, once; `attemptId` where it was found out only now. */
export async function concludeMessage(
  tx: Tx,
  id: string,
  said: Pick<Row<'gatewayMessages'>, 'outcome' | 'detail' | 'attemptId'>,
): Promise<void> {
  const { gatewayMessages: messages } = tx.t;
  await tx.db
    .update(messages)
    .set({ ...said, appliedAt: tx.now })
    .where(and(eq(messages.id, id), eq(messages.outcome, 'waiting')));
}

/** Messages that were received and not applied, oldest first: a crash came between. */
export async function waitingMessages(tx: Tx, limit: number): Promise<Row<'gatewayMessages'>[]> {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .select()
    .from(messages)
    .where(and(isNull(messages.settledAt), eq(messages.outcome, 'waiting')))
    .orderBy(asc(messages.receivedAt), asc(messages.id))
    .limit(limit);
}

/** What gateways said that fits nothing, oldest first, until somebody has looked at it. */
export async function oddMessages(tx: Tx, limit: number): Promise<Row<'gatewayMessages'>[]> {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .select()
    .from(messages)
    .where(and(isNull(messages.settledAt), inArray(messages.outcome, ['unmatched', 'contradicts'])))
    .orderBy(asc(messages.receivedAt), asc(messages.id))
    .limit(limit);
}

/** Settles a message that the caller has locked; `settledChangeId` where two people did. */
export async function closeMessage(
  tx: Tx,
  id: string,
  settled: Pick<Row<'gatewayMessages'>, 'settledBy' | 'settledReason' | 'settledChangeId'>,
): Promise<void> {
  const { gatewayMessages: messages } = tx.t;
  await tx.db
    .update(messages)
    .set({ ...settled, settledAt: tx.now })
    .where(and(eq(messages.id, id), isNull(messages.settledAt)));
}
