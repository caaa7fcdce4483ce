import { type SQL, and, desc, eq, gte, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** Sorts codes that are void or used behind those that live, which a clock that once ran ahead could otherwise make look older. */
export const spent = ({ t: { otpChallenges: challenges } }: Tx): SQL =>
  sql`case when ${challenges.voidedAt} is null and ${challenges.consumedAt} is null then 0 else 1 end`;

/** The newest challenge of a person for a payment, locked; undefined when there was none. */
export async function lockNewestChallenge(
  tx: Tx,
  paymentId: string,
  executorId: string,
): Promise<Row<'otpChallenges'> | undefined> {
  const { otpChallenges: challenges } = tx.t;
  const [row] = await lock(
    tx,
    tx.db
      .select()
      .from(challenges)
      .where(and(eq(challenges.paymentId, paymentId), eq(challenges.executorId, executorId)))
      .orderBy(spent(tx), desc(challenges.createdAt), desc(challenges.id))
      .limit(1),
    challenges,
  );
  return row;
}

/** The challenge of an id; null when there is none. */
export async function findChallenge(tx: Tx, id: string): Promise<Row<'otpChallenges'> | null> {
  const [challenge] = await tx.db.select().from(tx.t.otpChallenges).where(eq(tx.t.otpChallenges.id, id));
  return challenge ?? null;
}

/** Stores a new challenge. */
export async function insertChallenge(tx: Tx, challenge: Row<'otpChallenges'>): Promise<void> {
  await tx.db.insert(tx.t.otpChallenges).values(challenge);
}

/** When codes for a payment were made since an instant, oldest first: those sent, and those being sent at this moment. */
export async function sendingsSince(tx: Tx, paymentId: string, since: Date): Promise<Date[]> {
  const { otpChallenges: challenges } = tx.t;
  const rows = await tx.db
    .select({ createdAt: challenges.createdAt })
    .from(challenges)
    .where(
      and(
        eq(challenges.paymentId, paymentId),
        gte(challenges.createdAt, since),
        // A clock that ran ahead and was accepted as wrong has left some that count for nothing.
        lte(challenges.createdAt, tx.now),
        or(isNotNull(challenges.sentAt), isNull(challenges.voidedAt)),
      ),
    )
    .orderBy(challenges.createdAt);
  return rows.map((row) => row.createdAt);
}

/** Voids the codes of a person for a payment that were sent and are still alive. One that is being sent stays counted, and is voided by `markSent`. */
export async function voidLiveChallenges(tx: Tx, paymentId: string, executorId: string): Promise<void> {
  const { otpChallenges: challenges } = tx.t;
  await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(
      and(
        eq(challenges.paymentId, paymentId),
        eq(challenges.executorId, executorId),
        isNotNull(challenges.sentAt),
        isNull(challenges.voidedAt),
        isNull(challenges.consumedAt),
      ),
    );
}

/** Counts one more try before it is compared; a right one is taken back. */
export async function countTry(tx: Tx, id: string, by: 1 | -1): Promise<void> {
  const { otpChallenges: challenges } = tx.t;
  await tx.db
    .update(challenges)
    .set({ failures: sql`${challenges.failures} + ${by}` })
    .where(eq(challenges.id, id));
}

/** Marks a challenge sent: only now can it be answered. Answers false, and voids it, when a newer one was made meanwhile. */
export async function markSent(
  tx: Tx,
  challenge: { id: string; paymentId: string; executorId: string; sentAt: Date },
): Promise<boolean> {
  const newest = await lockNewestChallenge(tx, challenge.paymentId, challenge.executorId);
  await tx.db
    .update(tx.t.otpChallenges)
    .set({ sentAt: challenge.sentAt })
    .where(eq(tx.t.otpChallenges.id, challenge.id));
  if (newest?.id === challenge.id) return true;
  await voidChallenge(tx, challenge.id);
  return false;
}

/** Voids one challenge, unless it was voided already. */
export async function voidChallenge(tx: Tx, id: string): Promise<void> {
  const { otpChallenges: challenges } = tx.t;
  await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(and(eq(challenges.id, id), isNull(challenges.voidedAt)));
}

/** Marks a challenge verified and answers whether it still could be. */
export async function markVerified(tx: Tx, id: string): Promise<boolean> {
  const { otpChallenges: challenges } = tx.t;
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

/** Voids every code of the office that could still be used or sent; answers how many there were. */
export async function voidAllLiveChallenges(tx: Tx): Promise<number> {
  const { otpChallenges: challenges } = tx.t;
  const rows = await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(and(isNull(challenges.consumedAt), isNull(challenges.voidedAt), gte(challenges.expiresAt, tx.now)))
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
  return codes.length;
}
