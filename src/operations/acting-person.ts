import { isRole, type Actor, type Origin } from '../domain/access.ts';
import { getUser } from '../store/people.ts';
import type { Tx } from '../store/transaction.ts';

/**
 * A person whose order is carried out for them, with the roles that they hold now; nobody who is disabled holds any. The trail tells
 * from which machine it was done, and for whom.
 */
export async function actingPerson(tx: Tx, userId: string, origin: Origin): Promise<Actor> {
  const { user, grants } = await getUser(tx, userId);
  const { username, email, phone } = user;
  return {
    ...{ userId, username, email, phone, origin },
    grants: user.disabledAt === null ? grants.filter(({ role }) => isRole(role)) : [],
  };
}
