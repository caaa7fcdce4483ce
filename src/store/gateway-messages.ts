import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { newIdentity } from './references.ts';
import type { Row } from './tables.ts';
import { bound, lock, preparedChange, preparedRows, type Tx } from './transaction.ts';
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

/** What is yet to be applied. */
const WAITING: Pick<Row<'gatewayMessages'>, 'outcome' | 'detail' | 'appliedAt'> = {
  outcome: 'waiting',
  detail: null,
  appliedAt: null,
};

/**
 * Puts what was received into the inbox, unless the very same is there: then that one is answered, with `known`. It waits to be
 * applied, where nothing is said of that.
 */
export async function keepMessage(
  tx: Tx,
  received: Received,
  said: typeof WAITING = WAITING,
): Promise<{ readonly message: Row<'gatewayMessages'>; readonly known: boolean }> {
  const { gateway, source, externalId } = received;
  const [[known], identity] = await Promise.all([
    sameMessage(tx, { gateway, source, externalId }),
    newIdentity(tx, 'gatewayMessages'),
  ]);
  if (known !== undefined) return { message: known, known: true };
  const message = {
    ...identity,
    ...received,
    ...said,
    receivedAt: tx.now,
    settledBy: null,
    settledAt: null,
    settledReason: null,
    settledChangeId: null,
  };
  await insertMessage(tx, message);
  return { message, known: false };
}

const lockedMessage = preparedRows('locked_message', (tx) => {
  const { gatewayMessages: messages } = tx.t;
  const its = tx.db
    .select()
    .from(messages)
    .where(sql`${messages.id} = ${bound(messages.id, 'id')}`);
  return lock(tx, its, messages);
});

/** A message of the inbox, locked until the transaction ends. */
export async function lockMessage(tx: Tx, id: string): Promise<Row<'gatewayMessages'>> {
  const [row] = await lockedMessage(tx, { id });
  if (row === undefined) throw new Error(`message ${id} has gone`);
  return row;
}

const conclude = preparedChange('conclude_message', (tx) => {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .update(messages)
    .set({
      outcome: bound(messages.outcome, 'outcome'),
      detail: bound(messages.detail, 'detail'),
      attemptId: bound(messages.attemptId, 'attemptId'),
      appliedAt: bound(messages.appliedAt, 'appliedAt'),
    })
    .where(sql`${messages.id} = ${bound(messages.id, 'id')} and ${messages.outcome} = 'waiting'`);
});

/** Says what came of a message, once; `attemptId` where it was found out only now. */
export async function concludeMessage(
  tx: Tx,
  id: string,
  { outcome, detail, attemptId }: Pick<Row<'gatewayMessages'>, 'outcome' | 'detail' | 'attemptId'>,
): Promise<void> {
  await conclude(tx, { id, outcome, detail, attemptId, appliedAt: tx.now });
}

/** Messages that were received and not applied, oldest first: a crash came between. */
export const waitingMessages = (tx: Tx, limit: number): Promise<Row<'gatewayMessages'>[]> =>
  messagesWaiting(tx, { limit });

const messagesWaiting = preparedRows('waiting_messages', (tx) => {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .select()
    .from(messages)
    .where(sql`${messages.settledAt} is null and ${messages.outcome} = 'waiting'`)
    .orderBy(asc(messages.receivedAt), asc(messages.id))
    .limit(sql.placeholder('limit'));
});

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

const contradictionOf = preparedRows('contradiction_of', (tx) => {
  const { gatewayMessages: messages } = tx.t;
  return tx.db
    .select({ ref: messages.ref })
    .from(messages)
    .where(
      sql`${messages.attemptId} = ${bound(messages.attemptId, 'attemptId')} and ${messages.outcome} = 'contradicts' and ${messages.settledAt} is null`,
    )
    .orderBy(asc(messages.receivedAt), asc(messages.id))
    .limit(1);
});

/** The first message that contradicts what is known of an attempt, and that nobody has settled; null without one. */
export async function openContradiction(tx: Tx, attemptId: string): Promise<string | null> {
  const [row] = await contradictionOf(tx, { attemptId });
  return row?.ref ?? null;
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
