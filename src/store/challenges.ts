import { type SQL, and, desc, eq, gte, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { BATCH_LIFETIME_MS } from '../domain/otp.ts';
import type { Row, Tables } from './tables.ts';
import { bound, lock, preparedRows, type Tx } from './transaction.ts';

/** Sorts codes that are void or used behind those that live, which a clock that once ran ahead could otherwise make look older. */
export const spent = ({ t: { otpChallenges: challenges } }: Tx): SQL => spentIn(challenges);

const spentIn = (challenges: Challenges): SQL =>
  sql`case when ${challenges.voidedAt} is null and ${challenges.consumedAt} is null then 0 else 1 end`;

type Challenges = Tables['otpChallenges'] | Tables['batchChallenges'];

/** A code that was asked for, whatever it is for. */
export type Challenge = Omit<Row<'batchChallenges'>, 'batchId'>;

/** What a code is for: one payment, or a batch of them. */
export interface CodeOf {
  readonly kind: 'payment' | 'batch';
  readonly id: string;
}

const tableOf = ({ t }: Tx, { kind }: CodeOf): Challenges => (kind === 'payment' ? t.otpChallenges : t.batchChallenges);
const isOf = ({ t }: Tx, { kind, id }: CodeOf): SQL =>
  eq(kind === 'payment' ? t.otpChallenges.paymentId : t.batchChallenges.batchId, id);
const isOfPerson = (tx: Tx, of: CodeOf, executorId: string): SQL | undefined =>
  and(isOf(tx, of), eq(tableOf(tx, of).executorId, executorId));

/** The newest challenge of a person for a payment or batch, locked; undefined when there was none. */
export async function lockNewestChallenge(tx: Tx, of: CodeOf, executorId: string): Promise<Challenge | undefined> {
  const challenges = tableOf(tx, of);
  const query = tx.db
    .select(columnsOf(challenges))
    .from(challenges)
    .where(isOfPerson(tx, of, executorId))
    .orderBy(spentIn(challenges), desc(challenges.createdAt), desc(challenges.id))
    .limit(1);
  return (await lock(tx, query, challenges))[0];
}

/** Stores a new challenge. */
export async function insertChallenge(tx: Tx, { kind, id }: CodeOf, challenge: Challenge): Promise<void> {
  const { otpChallenges, batchChallenges } = tx.t;
  if (kind === 'batch') await tx.db.insert(batchChallenges).values({ ...challenge, batchId: id });
  else await tx.db.insert(otpChallenges).values({ ...challenge, paymentId: id, batchChallengeId: null });
}

/** When codes were made since an instant, oldest first: those sent, and those being sent at this moment. */
export async function sendingsSince(tx: Tx, of: CodeOf, since: Date): Promise<Date[]> {
  const challenges = tableOf(tx, of);
  const rows = await tx.db
    .select({ createdAt: challenges.createdAt })
    .from(challenges)
    .where(
      and(
        isOf(tx, of),
        gte(challenges.createdAt, since),
        // A clock that ran ahead and was accepted as wrong has left some that count for nothing.
        lte(challenges.createdAt, tx.now),
        // What the code of a batch gave to a payment was not sent for it.
        ne(challenges.channel, 'batch'),
        or(isNotNull(challenges.sentAt), isNull(challenges.voidedAt)),
      ),
    )
    .orderBy(challenges.createdAt);
  return rows.map((row) => row.createdAt);
}

/** Voids the codes of a person that were sent and are still alive. One that is being sent stays counted, and is voided by `markSent`. */
export async function voidLiveChallenges(tx: Tx, of: CodeOf, executorId: string): Promise<void> {
  const challenges = tableOf(tx, of);
  await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(
      and(
        isOfPerson(tx, of, executorId),
        isNotNull(challenges.sentAt),
        isNull(challenges.voidedAt),
        isNull(challenges.consumedAt),
      ),
    );
}

/** Counts one more try before it is compared; a right one is taken back. */
export async function countTry(tx: Tx, of: CodeOf, challenge: { id: string; by: 1 | -1 }): Promise<void> {
  const challenges = tableOf(tx, of);
  await tx.db
    .update(challenges)
    .set({ failures: sql`${challenges.failures} + ${challenge.by}` })
    .where(eq(challenges.id, challenge.id));
}

/** Marks a challenge sent: only now can it be answered. Answers false, and voids it, when a newer one was made meanwhile. */
export async function markSent(
  tx: Tx,
  of: CodeOf,
  challenge: { id: string; executorId: string; sentAt: Date },
): Promise<boolean> {
  const newest = await lockNewestChallenge(tx, of, challenge.executorId);
  const challenges = tableOf(tx, of);
  await tx.db.update(challenges).set({ sentAt: challenge.sentAt }).where(eq(challenges.id, challenge.id));
  if (newest?.id === challenge.id) return true;
  await voidChallenge(tx, of, challenge.id);
  return false;
}

/** Voids one challenge, unless it was voided already. */
export async function voidChallenge(tx: Tx, of: CodeOf, id: string): Promise<void> {
  const challenges = tableOf(tx, of);
  await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(and(eq(challenges.id, id), isNull(challenges.voidedAt)));
}

/** Marks a challenge verified and answers whether it still could be. */
export async function markVerified(tx: Tx, of: CodeOf, id: string): Promise<boolean> {
  const challenges = tableOf(tx, of);
  const rows = await tx.db
    .update(challenges)
    .set({ verifiedAt: tx.now })
    .where(
      and(
        eq(challenges.id, id),
        isNull(challenges.verifiedAt),
        isNull(challenges.voidedAt),
        isNull(challenges.consumedAt),
        gte(challenges.expiresAt, tx.now),
      ),
    )
    .returning({ id: challenges.id });
  return rows.length === 1;
}

const columnsOf = (challenges: Challenges) => ({
  id: challenges.id,
  executorId: challenges.executorId,
  digest: challenges.digest,
  codeHash: challenges.codeHash,
  failures: challenges.failures,
  createdAt: challenges.createdAt,
  sentAt: challenges.sentAt,
  expiresAt: challenges.expiresAt,
  verifiedAt: challenges.verifiedAt,
  consumedAt: challenges.consumedAt,
  voidedAt: challenges.voidedAt,
  channel: challenges.channel,
});

/** The challenge of an id; null when there is none. */
export async function findChallenge(tx: Tx, id: string): Promise<Row<'otpChallenges'> | null> {
  const [challenge] = await challengeOfId(tx, { id });
  return challenge ?? null;
}

const challengeOfId = preparedRows('challenge_of_id', (tx) => {
  const { otpChallenges: challenges } = tx.t;
  return tx.db
    .select()
    .from(challenges)
    .where(sql`${challenges.id} = ${bound(challenges.id, 'id')}`);
});

/** Voids every code of the office that could still be used or sent; answers how many there were. */
export async function voidAllLiveChallenges(tx: Tx): Promise<number> {
  const { otpChallenges: challenges } = tx.t;
  const rows = await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(and(isNull(challenges.consumedAt), isNull(challenges.voidedAt), gte(challenges.expiresAt, tx.now)))
    .returning({ id: challenges.id });
  return rows.length + (await voidBatchCodes(tx));
}

/** Voids the codes of batches that were not used, of a person or of all, and what those that were used still allow; answers how many. */
export async function voidBatchCodes(tx: Tx, executorId?: string): Promise<number> {
  const { batchChallenges: challenges } = tx.t;
  const begun = new Date(tx.now.getTime() - BATCH_LIFETIME_MS);
  const rows = await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(
      and(
        isNull(challenges.voidedAt),
        or(isNull(challenges.consumedAt), gte(challenges.consumedAt, begun)),
        executorId === undefined ? undefined : eq(challenges.executorId, executorId),
      ),
    )
    .returning({ id: challenges.id });
  return rows.length;
}

/** A person's count of wrong codes today, locked with their row. */
export async function lockOtpTries(
  tx: Tx,
  userId: string,
): Promise<Pick<Row<'users'>, 'otpFailures' | 'otpFailuresDay' | 'otpLockedAt'>> {
  const { users } = tx.t;
  const [row] = await lock(
    tx,
    tx.db
      .select({ otpFailures: users.otpFailures, otpFailuresDay: users.otpFailuresDay, otpLockedAt: users.otpLockedAt })
      .from(users)
      .where(eq(users.id, userId)),
    users,
  );
  if (row === undefined) throw new Error(`user ${userId} has gone`);
  return row;
}

/** Keeps a person's count of wrong codes. */
export async function saveOtpTries(
  tx: Tx,
  userId: string,
  tries: Pick<Row<'users'>, 'otpFailures' | 'otpFailuresDay' | 'otpLockedAt'>,
): Promise<void> {
  await tx.db.update(tx.t.users).set(tries).where(eq(tx.t.users.id, userId));
}

/** Makes every code that was asked for and not used worthless, whoever asked; answers how many there were. */
export async function voidEveryCode(tx: Tx): Promise<number> {
  const { otpChallenges: challenges } = tx.t;
  const codes = await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(and(isNull(challenges.consumedAt), isNull(challenges.voidedAt)))
    .returning({ id: challenges.id });
  return codes.length + (await voidBatchCodes(tx));
}
