import { eq } from 'drizzle-orm';
import { liveGrantOfUser } from './holders.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type RowsQuery, type Tx } from './transaction.ts';

/** A person's name with one of their live roles and the codes of its place; one row a role, one without any when they hold none. */
export interface OwnRole {
  readonly name: string;
  readonly role: Row<'roleGrants'>['role'] | null;
  readonly endsAt: Date | null;
  readonly company: string | null;
  readonly region: string | null;
  readonly branch: string | null;
}

const roles = preparedRows('own_roles', (tx): RowsQuery<OwnRole> => {
  const { users, roleGrants, companies, regions, branches } = tx.t;
  return tx.db
    .select({
      name: users.displayName,
      ...{ role: roleGrants.role, endsAt: roleGrants.endsAt },
      ...{ company: companies.code, region: regions.code, branch: branches.code },
    })
    .from(users)
    .leftJoin(roleGrants, liveGrantOfUser(tx))
    .leftJoin(companies, eq(companies.id, roleGrants.companyId))
    .leftJoin(regions, eq(regions.id, roleGrants.regionId))
    .leftJoin(branches, eq(branches.id, roleGrants.branchId))
    .where(eq(users.id, bound(users.id, 'me')))
    .orderBy(roleGrants.id);
});

/** Who somebody is, with the roles that they hold now. */
export const ownRoles = (tx: Tx, userId: string): Promise<OwnRole[]> => roles(tx, { me: userId, now: tx.now });
