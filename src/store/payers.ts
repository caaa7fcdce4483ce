import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { ABILITIES, covers, isRole, type Ability, type Place } from '../domain/access.ts';
import type { Tx } from './transaction.ts';

/** Enabled people who may do something at a place, by name. */
export async function findPeopleWhoMay(
  tx: Tx,
  ability: Ability,
  place: Place,
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
    .where(
      and(isNull(roleGrants.revokedAt), isNull(users.disabledAt), inArray(roleGrants.role, [...ABILITIES[ability]])),
    )
    .orderBy(asc(users.username));
  const people = new Map<string, string>();
  for (const row of rows) {
    if (isRole(row.role) && covers({ ...row, role: row.role }, place)) people.set(row.id, row.username);
  }
  return [...people].map(([id, username]) => ({ id, username }));
}
