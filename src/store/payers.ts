import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { ABILITIES, covers, isRole, ROLES, type Ability, type Place, type Role } from '../domain/access.ts';
import { liveGrantAtNow } from './live-grants.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** Enabled people who may do something at a place, by name. */
export const findPeopleWhoMay = (tx: Tx, ability: Ability, place: Place): Promise<{ id: string; username: string }[]> =>
  findHolders(tx, ABILITIES[ability], place);

/** Enabled people who hold one of some roles at a place (null: anywhere), by name. */
export async function findHolders(
  tx: Tx,
  roles: readonly Role[],
  place: Place | null,
): Promise<{ id: string; username: string }[]> {
  const people = new Map<string, string>();
  for (const row of await holders(tx, { now: tx.now, ...asParameters(roles) })) {
    if (isRole(row.role) && (place === null || covers(row, place))) people.set(row.id, row.username);
  }
  return [...people].map(([id, username]) => ({ id, username }));
}

const parameterOf = (place: number): string => `role${place}`;

/** As many parameters as there are roles, whatever is asked for: what is left over says again what the last one said. */
const asParameters = (roles: readonly Role[]): Record<string, Role | null> =>
  Object.fromEntries(ROLES.map((_, place) => [parameterOf(place), roles[place] ?? roles.at(-1) ?? null]));

const holders = preparedRows('holders_of_roles', (tx) => {
  const { users, roleGrants } = tx.t;
  const wanted = sql.join(
    ROLES.map((_, place) => bound(roleGrants.role, parameterOf(place))),
    sql`, `,
  );
  return tx.db
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
    .where(and(liveGrantAtNow(tx), isNull(users.disabledAt), sql`${roleGrants.role} in (${wanted})`))
    .orderBy(asc(users.username));
});
