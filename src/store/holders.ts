import { and, eq, type SQL } from 'drizzle-orm';
import { liveGrantAtNow } from './live-grants.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

/** Whose a session or token is, with one of their live roles; one row a role, one without any when they hold none. */
export interface HolderRow {
  readonly user: Pick<Row<'users'>, 'id' | 'username' | 'email' | 'phone' | 'disabledAt'>;
  readonly grant: Pick<Row<'roleGrants'>, 'role' | 'companyId' | 'regionId' | 'branchId'> | null;
  /** When the office's newest event happened: a clock that was turned back must not bring back what has ended. */
  readonly newestAt: Date | null;
}

/** The columns of a holder, for a select that joins users, the office's one row and `liveGrantOfUser`. */
export const holderColumns = ({ t: { users, roleGrants, office } }: Tx) => ({
  user: {
    id: users.id,
    username: users.username,
    email: users.email,
    phone: users.phone,
    disabledAt: users.disabledAt,
  },
  grant: {
    role: roleGrants.role,
    companyId: roleGrants.companyId,
    regionId: roleGrants.regionId,
    branchId: roleGrants.branchId,
  },
  newestAt: office.headAt,
});

/** Grants of the joined user that count at the parameter `now`. */
export function liveGrantOfUser(tx: Tx): SQL | undefined {
  const { users, roleGrants } = tx.t;
  return and(eq(roleGrants.userId, users.id), liveGrantAtNow(tx));
}
