import { and, desc, eq, gte, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** The newest challenge of a person for a payment, locked; undefined when there was none. */
export async function lockNewestChallenge(tx: Tx, paymentId: string, executorId: string): Promise<Row<'otpChallenges'> | undefined> {
  const { otpChallenges: challenges } = tx.t;
  const [row] = await lock(
    tx,
    tx.db
      .select()
      .from(challenges)
      .where(and(eq(challenges.paymentId, paymentId), eq(challenges.executorId, executorId)))
      .orderBy(desc(challenges.createdAt), desc(challenges.id))
      .limit(1),
    challenges,
  );
  return row;
}

/** When codes for a payment were sent since an instant, oldest first. */
export async function sendingsSince(tx: Tx, paymentId: string, since: Date): Promise<Date[]> {
  const { otpChallenges: challenges } = tx.t;
  const rows = await tx.db
    .select({ sentAt: challenges.sentAt })
    .from(challenges)
    .where(and(eq(challenges.paymentId, paymentId), isNotNull(challenges.sentAt), gte(challenges.sentAt, since)))
    .orderBy(challenges.sentAt);
  return rows.flatMap((row) => (row.sentAt === null ? [] : [row.sentAt]));
}

/** Voids whatever codes of a person for a payment are still alive. */
export async function voidLiveChallenges(tx: Tx, paymentId: string, executorId: string): Promise<void> {
  const { otpChallenges: challenges } = tx.t;
  await tx.db
    .update(challenges)
    .set({ voidedAt: tx.now })
    .where(
      and(
        eq(challenges.paymentId, paymentId),
        eq(challenges.executorId, executorId),
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

/** Marks a challenge sent: only now can it be answered. */
export async function markSent(tx: Tx, id: string, sentAt: Date): Promise<void> {
  await tx.db.update(tx.t.otpChallenges).set({ sentAt }).where(eq(tx.t.otpChallenges.id, id));
}

/** Voids a challenge of which the mail was not taken. */
export async function voidChallenge(tx: Tx, id: string): Promise<void> {
  await tx.db.update(tx.t.otpChallenges).set({ voidedAt: tx.now }).where(eq(tx.t.otpChallenges.id, id));
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
