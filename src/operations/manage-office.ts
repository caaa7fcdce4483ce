import { mayAnywhere, requireAbility, type Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { lockOffice } from '../store/office.ts';
import { getUser, countOtherAdmins, type UserView } from '../store/people.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/**
 * Locks the office for an admin. The role is read again under the lock, so that two admins who take it from each other at the
 * same moment cannot both succeed. Throws forbidden ROLE_MISSING.
 */
export async function lockOfficeAs(tx: Tx, admin: Actor): Promise<Row<'office'>> {
  requirePerson(admin);
  const office = await lockOffice(tx);
  const { user, grants } = await getUser(tx, admin.userId);
  requireAbility({ username: admin.username, grants: user.disabledAt === null ? grants : [] }, 'office.manage');
  return office;
}

/** Refuses (LAST_ADMIN, exit 6) what would leave the office without an enabled admin. */
export async function refuseLastAdmin(tx: Tx, { user, grants }: UserView): Promise<void> {
  if (user.disabledAt !== null || !mayAnywhere({ grants }, 'office.manage')) return;
  if ((await countOtherAdmins(tx, user.id)) > 0) return;
  throw new Problem('refused', 'LAST_ADMIN', `${user.username} is the only admin of the office.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury user add USERNAME --email E --name N --role admin --password-stdin',
  });
}
