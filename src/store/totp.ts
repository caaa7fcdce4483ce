import { and, count, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm';
import type { EnrolmentEnd } from '../domain/totp.ts';
import { newId } from './references.ts';
import type { Row } from './tables.ts';
import { lock, type Tx } from './transaction.ts';

/** A person's app that gives codes, and what is left in case it is lost. */
export interface TotpView {
  readonly since: Date;
  readonly recoveryCodesLeft: number;
}

/** The apps that people have in force, by the person's id. */
export async function totpOf(tx: Tx, userIds: readonly string[]): Promise<Map<string, TotpView>> {
  const { totpEnrolments: enrolments, totpRecoveryCodes: codes } = tx.t;
  if (userIds.length === 0) return new Map();
  const rows = await tx.db
    .select({ userId: enrolments.userId, since: enrolments.confirmedAt, recoveryCodesLeft: count(codes.id) })
    .from(enrolments)
    .leftJoin(codes, and(eq(codes.enrolmentId, enrolments.id), isNull(codes.usedAt), isNull(codes.voidedAt)))
    .where(and(inArray(enrolments.userId, [...userIds]), isNotNull(enrolments.confirmedAt), isNull(enrolments.endedAt)))
    .groupBy(enrolments.userId, enrolments.confirmedAt);
  return new Map(
    rows.flatMap(({ userId, since, recoveryCodesLeft }) =>
      since === null ? [] : [[userId, { since, recoveryCodesLeft }]],
    ),
  );
}

/** An enrolment that has not ended, with its secret. */
export interface LiveEnrolment extends Row<'totpEnrolments'> {
  readonly secret: string;
}

/** A person's enrolment that has not ended, pending or in force, locked until the transaction ends; there is at most one. */
export async function lockEnrolment(tx: Tx, userId: string): Promise<LiveEnrolment | undefined> {
  const { totpEnrolments: enrolments } = tx.t;
  const [row] = await lock(
    tx,
    tx.db
      .select()
      .from(enrolments)
      .where(and(eq(enrolments.userId, userId), isNull(enrolments.endedAt))),
    enrolments,
  );
  // The database allows no live enrolment without a secret.
  return row === undefined || row.secret === null ? undefined : { ...row, secret: row.secret };
}

/** A person's enrolment in force, locked until the transaction ends: their codes come from the app. */
export async function lockEnrolmentInForce(tx: Tx, userId: string): Promise<LiveEnrolment | undefined> {
  const enrolment = await lockEnrolment(tx, userId);
  return enrolment === undefined || enrolment.confirmedAt === null ? undefined : enrolment;
}

/** Stores a new enrolment, which waits for its first code; answers its id. */
export async function insertEnrolment(
  tx: Tx,
  enrolment: Pick<LiveEnrolment, 'userId' | 'secret' | 'expiresAt'>,
): Promise<string> {
  const id = newId();
  const pending = { confirmedAt: null, lastStep: null, endedAt: null, endedBecause: null };
  await tx.db.insert(tx.t.totpEnrolments).values({ id, ...enrolment, ...pending, createdAt: tx.now });
  return id;
}

/** Puts a pending enrolment into force; the step of its first code is used. The caller holds its lock. */
export async function confirmEnrolment(tx: Tx, id: string, step: number): Promise<void> {
  const { totpEnrolments: enrolments } = tx.t;
  await tx.db.update(enrolments).set({ confirmedAt: tx.now, lastStep: step }).where(eq(enrolments.id, id));
}

/** Ends a live enrolment and forgets its secret; its unused recovery codes end with it. Answers how many those were. */
export async function endEnrolment(tx: Tx, id: string, because: EnrolmentEnd): Promise<number> {
  const { totpEnrolments: enrolments } = tx.t;
  await tx.db
    .update(enrolments)
    .set({ endedAt: tx.now, endedBecause: because, secret: null })
    .where(and(eq(enrolments.id, id), isNull(enrolments.endedAt)));
  return voidRecoveryCodes(tx, id);
}

/** Ends every live enrolment of the office; answers whose was in force, and how many unused recovery codes ended. */
export async function endAllEnrolments(
  tx: Tx,
  because: EnrolmentEnd,
): Promise<{ inForce: { username: string; email: string }[]; recoveryCodes: number }> {
  const { totpEnrolments: enrolments, totpRecoveryCodes: codes, users } = tx.t;
  const inForce = await tx.db
    .select({ username: users.username, email: users.email })
    .from(enrolments)
    .innerJoin(users, eq(users.id, enrolments.userId))
    .where(and(isNull(enrolments.endedAt), isNotNull(enrolments.confirmedAt)))
    .orderBy(users.username);
  await tx.db
    .update(enrolments)
    .set({ endedAt: tx.now, endedBecause: because, secret: null })
    .where(isNull(enrolments.endedAt));
  const ended = await tx.db
    .update(codes)
    .set({ voidedAt: tx.now })
    .where(and(isNull(codes.usedAt), isNull(codes.voidedAt)))
    .returning({ id: codes.id });
  return { inForce, recoveryCodes: ended.length };
}

/** Uses a step up, once and never after a later one; false when it or a later one was used, or the enrolment has ended. */
export async function useStep(tx: Tx, enrolmentId: string, step: number): Promise<boolean> {
  const { totpEnrolments: enrolments } = tx.t;
  const rows = await tx.db
    .update(enrolments)
    .set({ lastStep: step })
    .where(and(eq(enrolments.id, enrolmentId), isNull(enrolments.endedAt), lt(enrolments.lastStep, step)))
    .returning({ id: enrolments.id });
  return rows.length === 1;
}

/** Stores new recovery codes of an enrolment in force, by their hashes. */
export async function insertRecoveryCodes(
  tx: Tx,
  { id: enrolmentId, userId }: Pick<LiveEnrolment, 'id' | 'userId'>,
  hashes: readonly string[],
): Promise<void> {
  const rows = hashes.map((codeHash) => ({
    id: newId(),
    userId,
    enrolmentId,
    codeHash,
    createdAt: tx.now,
    usedAt: null,
    voidedAt: null,
  }));
  await tx.db.insert(tx.t.totpRecoveryCodes).values(rows);
}

/** Uses a recovery code up, once; false when it is none of this enrolment, or was used or voided. */
export async function useRecoveryCode(tx: Tx, enrolmentId: string, codeHash: string): Promise<boolean> {
  const { totpRecoveryCodes: codes } = tx.t;
  const rows = await tx.db
    .update(codes)
    .set({ usedAt: tx.now })
    .where(
      and(
        eq(codes.codeHash, codeHash),
        eq(codes.enrolmentId, enrolmentId),
        isNull(codes.usedAt),
        isNull(codes.voidedAt),
      ),
    )
    .returning({ id: codes.id });
  return rows.length === 1;
}

/** Voids the unused recovery codes of an enrolment; answers how many there were. */
export async function voidRecoveryCodes(tx: Tx, enrolmentId: string): Promise<number> {
  const { totpRecoveryCodes: codes } = tx.t;
  const rows = await tx.db
    .update(codes)
    .set({ voidedAt: tx.now })
    .where(and(eq(codes.enrolmentId, enrolmentId), isNull(codes.usedAt), isNull(codes.voidedAt)))
    .returning({ id: codes.id });
  return rows.length;
}
