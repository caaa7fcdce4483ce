import type { Actor } from '../domain/access.ts';
import { parseRoles } from '../domain/people.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, insertGrants, lockUser, resolveUser, revokeGrants, type UserView } from '../store/people.ts';
import type { PlaceNames } from '../store/places.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs, refuseLastAdmin } from './manage-office.ts';
import { grantPlace, placeText, scopeFaults } from './role-place.ts';

export interface ChangeRolesRequest {
  readonly username: string;
  /** As typed: `approver,requester`. */
  readonly roles: string;
  readonly place: PlaceNames;
}

/**
 * Replaces a person's roles: the old ones end, the new ones are added beside them. Throws forbidden SELF_GRANT for one's own,
 * refused LAST_ADMIN, usage ROLES_INVALID.
 */
export async function changeRoles(
  store: Store,
  admin: Actor,
  request: ChangeRolesRequest,
): Promise<{ before: UserView; after: UserView }> {
  const { roles, faults: roleFaults } = parseRoles(request.roles);
  const faults = [...roleFaults, ...scopeFaults(roles, request.place)];
  if (faults.length > 0) {
    throw usage('ROLES_INVALID', 'These roles cannot be given like this.', {
      unchanged: 'Nothing was changed.',
      faults,
    });
  }
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    if (userId === admin.userId) throw selfGrant(admin.username);
    await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    if (!roles.includes('admin')) await refuseLastAdmin(tx, before);
    const place = await grantPlace(tx, admin, { roles, names: request.place });
    await revokeGrants(tx, userId);
    await insertGrants(tx, { userId, roles, place, grantedBy: admin.username });
    const after = await getUser(tx, userId);
    const shown = ({ grants }: UserView) => ({ roles: grants.map((grant) => grant.role), place: placeText(grants) });
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.roles_changed',
      subject: before.user.username,
      origin: admin.origin,
      payload: { before: shown(before), after: shown(after) },
    });
    return { before, after };
  });
}

const selfGrant = (username: string) =>
  new Problem('forbidden', 'SELF_GRANT', `${username} may not change their own roles.`, {
    unchanged: 'Nothing was changed.',
    fix: 'ask another admin',
  });
