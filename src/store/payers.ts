import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { ABILITIES, covers, isRole, type Ability, type Place, type Role } from '../domain/access.ts';
import { liveGrant } from './live-grants.ts';
import type { Tx } from './transaction.ts';

/** Enabled people who may do something at a place, by name. */
export const findPeopleWhoMay = (tx: Tx, ability: Ability, place: Place): Promise<{ id: string; username: string }[]> =>
  findHolders(tx, ABILITIES[ability], place);

/** Enabled people who hold one of some roles at a place (null: anywhere), by name. */
export async function findHolders(
  tx: Tx,
  roles: readonly Role[],
  place: Place | null,
): Promise<{ id: string; username: string }[]> {
  const { users, roleGrants } = tx.t;
  const rows = await tx.db
    .select({
      id: users.id,
      username: users.username,
      role: roleGrants.role,
      companyId: roleGrants.companyId,
      regionId: roleGrants.regionId,
      branchId: roleGrants.branchId,
    })
    .from(roleGrants)
    .innerJoin(users, eq(users.id, roleGrants.userId))
    .where(and(liveGrant(tx), isNull(users.disabledAt), inArray(roleGrants.role, [...roles])))
    .orderBy(asc(users.username));
  const people = new Map<string, string>();
  for (const row of rows) {
    if (isRole(row.role) && (place === null || covers(row, place))) people.set(row.id, row.username);
  }
  return [...people].map(([id, username]) => ({ id, username }));
}
