import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { bound, type Tx } from './transaction.ts';
import { countedOfGroups, me, placeOf } from './waiting-list.ts';

/** What a batch is called by, and how far its code has come for whoever asks: grouped by batch, fund and creator. */
export const batchFields = ({ t: { batches, batchChallenges, funds, users } }: Tx) => ({
  ...{ ref: batches.ref, name: funds.code, currency: funds.currency, who: users.username, status: batches.status },
  begun: sql<boolean | null>`(${begunByMe(batches.id, batchChallenges)})`.mapWith(Boolean),
  coded: sql<boolean>`(${codedByMe(batches.id, batchChallenges)})`.mapWith(Boolean),
  ...placeOf(funds),
});

/** How many of its rows wait, their sum, and since when the oldest does. */
export const rowsOfBatch = ({ amountMinor, createdAt }: Record<'amountMinor' | 'createdAt', PgColumn>) => ({
  rows: sql<number>`count(*)`.mapWith(Number),
  amountMinor: sql<number>`sum(${sql`${amountMinor}`})`.mapWith(Number),
  since: oldestOf({ createdAt }),
  count: countedOfGroups(),
});

/** Since when the oldest row of a group waits. */
export const oldestOf = ({ createdAt }: Record<'createdAt', PgColumn>): SQL<Date> =>
  sql<Date>`min(${sql`${createdAt}`})`.mapWith(createdAt) as SQL<Date>;

type Codes = Tx['t']['batchChallenges'];

/** The newest use of a code: by me or not while it covers the batch, nothing after that. */
const begunByMe = (batchId: PgColumn, { consumedAt, executorId }: Codes): SQL =>
  sql`select case when c.voided_at is null and c.consumed_at >= ${bound(consumedAt, 'coveredFrom')} then c.executor_id = ${me(executorId)} end from batch_challenges c where c.batch_id = ${batchId} and c.consumed_at is not null order by c.consumed_at desc, c.id desc limit 1`;

/** Whether I gave a code that may be used now. */
const codedByMe = (batchId: PgColumn, { executorId, expiresAt }: Codes): SQL =>
  sql`exists (select 1 from batch_challenges c where c.batch_id = ${batchId} and c.executor_id = ${me(executorId)} and c.verified_at is not null and c.consumed_at is null and c.voided_at is null and c.expires_at >= ${bound(expiresAt, 'now')})`;
