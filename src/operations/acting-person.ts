import { isRole, type Actor, type Origin } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { getUser } from '../store/people.ts';
import type { Tx } from '../store/transaction.ts';

/** A person as somebody else acts for them. */
export type ActingPerson = Actor & { readonly isDisabled: boolean };

/**
 * A person whose order is carried out for them, with the roles that they hold now; nobody who is disabled holds any. The trail tells
 * from which machine it was done, and for whom.
 */
export async function actingPerson(tx: Tx, userId: string, origin: Origin): Promise<ActingPerson> {
  const { user, grants } = await getUser(tx, userId);
  const { username, email, phone } = user;
  const isDisabled = user.disabledAt !== null;
  return {
    ...{ userId, username, email, phone, origin, isDisabled },
    grants: isDisabled ? [] : grants.filter(({ role }) => isRole(role)),
  };
}

/** Refuses (PERSON_DISABLED, exit 5) what was ordered by somebody who is shut out by now. */
export function requireEnabled({ username, isDisabled }: ActingPerson): void {
  if (!isDisabled) return;
  throw new Problem('forbidden', 'PERSON_DISABLED', `${username}, who ordered it, is disabled.`, {
    unchanged: 'Nothing was done for them.',
    fix: `treasury user enable ${username}`,
  });
}
