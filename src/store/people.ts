import { and, count, desc, eq, exists, getTableColumns, inArray, isNull, like, or, sql, type SQL } from 'drizzle-orm';
import { isRole, type Grant, type Place, type Role } from '../domain/access.ts';
import { voidBatchCodes } from './challenges.ts';
import { resolveName, type Naming } from './naming.ts';
import { pendingAbout } from './pending-changes.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { newId, newIdentity } from './references.ts';

import { liveGrant } from './live-grants.ts';
import { withinCompanies } from './scope.ts';
import { columnsWithout } from './seen-columns.ts';
import type { Row } from './tables.ts';
import { totpOf, type TotpView } from './totp.ts';
import { lock, type Tx } from './transaction.ts';

const naming = (tx: Tx): Naming => ({
  table: 'users',
  noun: 'user',
  codes: [tx.t.users.username],
  listCommand: 'treasury user list',
});

/** A role as it was given, with the codes of its place. */
export interface GrantView extends Grant {
  readonly userId: string;
  readonly company: string | null;
  readonly region: string | null;
  readonly branch: string | null;
  readonly grantedBy: string;
  readonly grantedAt: Date;
  /** From then on it counts no more; null never ends by itself. */
  readonly endsAt: Date | null;
}

/** A person without what is kept of their password. */
export type Person = Omit<Row<'users'>, 'passwordHash'>;

export interface UserView {
  readonly user: Person;
  readonly grants: readonly GrantView[];
  /** The newest change about this person that waits for somebody to confirm it. */
  readonly pendingChange: string | null;
  /** The app that gives them codes; null when codes are mailed. */
  readonly totp: TotpView | null;
}

/** The id of the user that a username, reference or id names, among the people whom the grants may know of. */
export const resolveUser = (tx: Tx, text: string, grants: readonly Grant[]): Promise<string> =>
  resolveName(tx, naming(tx), text, knownTo(tx, grants));

/** People with a live role in the companies of the grants, or in the whole office. */
function knownTo(tx: Tx, grants: readonly Grant[]): SQL | undefined {
  const { roleGrants, users } = tx.t;
  const companies = withinCompanies(roleGrants, grants);
  if (companies === undefined) return undefined;
  const theirs = and(eq(roleGrants.userId, users.id), liveGrant(tx), or(isNull(roleGrants.companyId), companies));
  return exists(
    tx.db
      .select({ one: sql`1` })
      .from(roleGrants)
      .where(theirs),
  );
}

/** The user of this exact username. */
export async function findUserByName(tx: Tx, username: string): Promise<Row<'users'> | undefined> {
  const [row] = await tx.db.select().from(tx.t.users).where(eq(tx.t.users.username, username));
  return row;
}

const personColumns = (tx: Tx) => columnsWithout(getTableColumns(tx.t.users), 'passwordHash');

/** The person's row. Throws when it has gone, which cannot happen. */
export async function getUserRow(tx: Tx, id: string): Promise<Person> {
  const [row] = await tx.db.select(personColumns(tx)).from(tx.t.users).where(eq(tx.t.users.id, id));
  if (row === undefined) throw new Error(`user ${id} has gone`);
  return row;
}

/** The user's row, locked until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<Row<'users'>> {
  const [row] = await lock(tx, tx.db.select().from(tx.t.users).where(eq(tx.t.users.id, id)), tx.t.users);
  if (row === undefined) throw new Error(`user ${id} has gone`);
  return row;
}

/** A user with the roles they hold now. */
export async function getUser(tx: Tx, id: string): Promise<UserView> {
  return {
    user: await getUserRow(tx, id),
    grants: await liveGrants(tx, [id]),
    pendingChange: (await pendingAbout(tx, [id])).get(id) ?? null,
    totp: (await totpOf(tx, [id])).get(id) ?? null,
  };
}

/** The roles that people hold now, oldest first. */
export async function liveGrants(tx: Tx, userIds: readonly string[]): Promise<GrantView[]> {
  const { roleGrants, companies, regions, branches } = tx.t;
  if (userIds.length === 0) return [];
  const rows = await tx.db
    .select({ grant: roleGrants, company: companies.code, region: regions.code, branch: branches.code })
    .from(roleGrants)
    .leftJoin(companies, eq(companies.id, roleGrants.companyId))
    .leftJoin(regions, eq(regions.id, roleGrants.regionId))
    .leftJoin(branches, eq(branches.id, roleGrants.branchId))
    .where(and(inArray(roleGrants.userId, [...userIds]), liveGrant(tx)))
    .orderBy(roleGrants.id);
  return rows.flatMap(({ grant, company, region, branch }) =>
    isRole(grant.role) ? [{ ...grant, role: grant.role, company, region, branch }] : [],
  );
}

export interface UserFilter {
  readonly role?: Role;
  readonly status?: 'active' | 'disabled';
  readonly search?: string;
}

/** People whom the grants may know of, newest first, and how many there are in all. */
export async function listUsers(
  tx: Tx,
  filter: UserFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<{ rows: UserView[]; next: string | null; count: number }> {
  const { users } = tx.t;
  const condition = and(knownTo(tx, grants), userCondition(tx, filter));
  const [total] = await tx.db.select({ count: count() }).from(users).where(condition);
  const found = await tx.db
    .select(personColumns(tx))
    .from(users)
    .where(and(condition, afterCursor(users, page.after)))
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(rowsToAsk(page));
  const cut = cutPage(found, page);
  const ids = cut.rows.map((user) => user.id);
  const held = Map.groupBy(await liveGrants(tx, ids), (grant) => grant.userId);
  const pending = await pendingAbout(tx, ids);
  const totp = await totpOf(tx, ids);
  return {
    rows: cut.rows.map((user) => ({
      user,
      grants: held.get(user.id) ?? [],
      pendingChange: pending.get(user.id) ?? null,
      totp: totp.get(user.id) ?? null,
    })),
    next: cut.next,
    count: total?.count ?? 0,
  };
}

function userCondition(tx: Tx, { role, status, search }: UserFilter): SQL | undefined {
  const { users, roleGrants } = tx.t;
  const holds = and(eq(roleGrants.userId, users.id), liveGrant(tx), eq(roleGrants.role, role ?? ''));
  const text = `%${(search ?? '').toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const matches = [users.username, users.email, users.displayName].map(
    (column) => sql`(${like(sql`lower(${column})`, text)} escape '\\')`,
  );
  return and(
    role === undefined
      ? undefined
      : exists(
          tx.db
            .select({ one: sql`1` })
            .from(roleGrants)
            .where(holds),
        ),
    status === undefined ? undefined : sql`${users.disabledAt} is ${status === 'active' ? sql`null` : sql`not null`}`,
    search === undefined ? undefined : or(...matches),
  );
}

/** Who already has this username, email or phone; empty when all are free. The caller holds the office's lock. */
export async function takenBy(
  tx: Tx,
  wanted: { username: string; email: string; phone: string | null },
): Promise<Pick<Row<'users'>, 'username' | 'email' | 'phone'>[]> {
  const { users } = tx.t;
  return tx.db
    .select({ username: users.username, email: users.email, phone: users.phone })
    .from(users)
    .where(
      or(
        eq(users.username, wanted.username),
        eq(users.email, wanted.email),
        wanted.phone === null ? undefined : eq(users.phone, wanted.phone),
      ),
    );
}

export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly phone: string | null;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** Adds a person without any role; answers the id. */
export async function insertUser(tx: Tx, user: NewUser): Promise<string> {
  const { id, ref } = await newIdentity(tx, 'users');
  await tx.db.insert(tx.t.users).values({
    id,
    ref,
    ...user,
    disabledAt: null,
    failedLogins: 0,
    lockedUntil: null,
    otpFailures: 0,
    otpFailuresDay: '',
    otpLockedAt: null,
    createdAt: tx.now,
  });
  return id;
}

/** Gives roles at one place; null is the whole office. */
export async function insertGrants(
  tx: Tx,
  {
    userId,
    roles,
    place,
    grantedBy,
    endsAt = null,
  }: { userId: string; roles: readonly Role[]; place: Place | null; grantedBy: string; endsAt?: Date | null },
): Promise<void> {
  const at = {
    companyId: place?.companyId ?? null,
    regionId: place?.regionId ?? null,
    branchId: place?.branchId ?? null,
  };
  const rows = roles.map((role) => ({
    id: newId(),
    userId,
    role,
    ...at,
    grantedBy,
    grantedAt: tx.now,
    revokedAt: null,
    endsAt,
  }));
  await tx.db.insert(tx.t.roleGrants).values(rows);
}

/** Ends every role that a person holds. */
export async function revokeGrants(tx: Tx, userId: string): Promise<void> {
  const { roleGrants } = tx.t;
  const live = and(eq(roleGrants.userId, userId), isNull(roleGrants.revokedAt));
  await tx.db.update(roleGrants).set({ revokedAt: tx.now }).where(live);
}

/** Changes what may change about a person. */
export async function updateUser(
  tx: Tx,
  id: string,
  change: Partial<
    Pick<
      Row<'users'>,
      | 'passwordHash'
      | 'disabledAt'
      | 'failedLogins'
      | 'lockedUntil'
      | 'otpFailures'
      | 'otpLockedAt'
      | 'email'
      | 'phone'
      | 'displayName'
    >
  >,
): Promise<void> {
  await tx.db.update(tx.t.users).set(change).where(eq(tx.t.users.id, id));
}

/** How many people other than this one are admins and not disabled. The caller holds the office's lock. */
export async function countOtherAdmins(tx: Tx, userId: string): Promise<number> {
  const { users, roleGrants } = tx.t;
  const rows = await tx.db
    .selectDistinct({ id: users.id })
    .from(roleGrants)
    .innerJoin(users, eq(users.id, roleGrants.userId))
    .where(and(eq(roleGrants.role, 'admin'), liveGrant(tx), isNull(users.disabledAt), sql`${users.id} <> ${userId}`));
  return rows.length;
}

/** Makes every code that a person asked for and has not used worthless; answers how many there were. */
export async function voidOpenCodes(tx: Tx, userId: string): Promise<number> {
  const { otpChallenges } = tx.t;
  const open = and(
    eq(otpChallenges.executorId, userId),
    isNull(otpChallenges.consumedAt),
    isNull(otpChallenges.voidedAt),
  );
  const codes = await tx.db.select({ id: otpChallenges.id }).from(otpChallenges).where(open);
  if (codes.length > 0) await tx.db.update(otpChallenges).set({ voidedAt: tx.now }).where(open);
  return codes.length + (await voidBatchCodes(tx, userId));
}
