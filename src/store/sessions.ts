import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { holderColumns, liveGrantOfUser, type HolderRow } from './holders.ts';
import type { Row } from './tables.ts';
import { newId } from './references.ts';
import { preparedRows, bound, type Tx } from './transaction.ts';

/** A session without what is kept of its secret, which nobody needs to see. */
export type Session = Omit<Row<'sessions'>, 'tokenHash'>;

/** A session with whose it is. */
export interface SessionRow extends HolderRow {
  readonly session: Session;
}

/** Everything that says who holds a session's secret, in one statement. */
export const findSession = (tx: Tx, parameters: { tokenHash: string }): Promise<SessionRow[]> =>
  sessionRows(tx, { ...parameters, now: tx.now });

const sessionRows: (tx: Tx, parameters: { tokenHash: string; now: Date }) => Promise<SessionRow[]> = preparedRows(
  'find_session',
  (tx) => {
    const { sessions, users, roleGrants, office } = tx.t;
    const { id, userId, createdAt, lastUsedAt, expiresAt, revokedAt, origin } = sessions;
    const tokenHash = bound(sessions.tokenHash, 'tokenHash');
    // On Postgres a role may be let find a session without being let see its secret.
    const found =
      tx.dialect === 'sqlite' ? eq(sessions.tokenHash, tokenHash) : sql`${id} = treasury_session_of(${tokenHash})`;
    return tx.db
      .select({ session: { id, userId, createdAt, lastUsedAt, expiresAt, revokedAt, origin }, ...holderColumns(tx) })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(office, sql`true`)
      .leftJoin(roleGrants, liveGrantOfUser(tx))
      .where(found)
      .orderBy(roleGrants.id);
  },
);

/** Adds a session; answers its row. */
export async function insertSession(
  tx: Tx,
  { openedAt, ...session }: { userId: string; tokenHash: string; openedAt: Date; expiresAt: Date; origin: string },
): Promise<Row<'sessions'>> {
  const row = { id: newId(), ...session, createdAt: openedAt, lastUsedAt: openedAt, revokedAt: null };
  await tx.db.insert(tx.t.sessions).values(row);
  return row;
}

/** Notes that a session was used, unless that was noted after `before`. Where another transaction holds the row it is left alone. */
export async function touchSession(tx: Tx, id: string, before: Date): Promise<void> {
  const { sessions } = tx.t;
  const stale = and(eq(sessions.id, id), lte(sessions.lastUsedAt, before), isNull(sessions.revokedAt));
  if (tx.dialect === 'postgres') {
    const free = await tx.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(stale)
      .for('update', { skipLocked: true });
    if (free.length === 0) return;
  }
  await tx.db.update(sessions).set({ lastUsedAt: tx.now }).where(stale);
}

/** Ends one session; answers whether it was still open. */
export async function revokeSession(tx: Tx, id: string): Promise<boolean> {
  const { sessions } = tx.t;
  const open = and(eq(sessions.id, id), isNull(sessions.revokedAt));
  const found = await tx.db.select({ id: sessions.id }).from(sessions).where(open);
  if (found.length > 0) await tx.db.update(sessions).set({ revokedAt: tx.now }).where(open);
  return found.length > 0;
}

/** Ends every session of a person; answers how many were open. */
export async function revokeSessions(tx: Tx, userId: string): Promise<number> {
  const { sessions } = tx.t;
  const open = and(eq(sessions.userId, userId), isNull(sessions.revokedAt));
  const found = await tx.db.select({ id: sessions.id }).from(sessions).where(open);
  if (found.length > 0) await tx.db.update(sessions).set({ revokedAt: tx.now }).where(open);
  return found.length;
}

/** Ends every session there is; answers how many were open. */
export async function endAllSessions(tx: Tx): Promise<number> {
  const { sessions } = tx.t;
  const ended = await tx.db
    .update(sessions)
    .set({ revokedAt: tx.now })
    .where(isNull(sessions.revokedAt))
    .returning({ id: sessions.id });
  return ended.length;
}
