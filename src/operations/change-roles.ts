import type { Actor, Place, Role } from '../domain/access.ts';
import { commonPlace, opensDoors, type Shown, type TimedGrant } from '../domain/change.ts';
import { parseRoles } from '../domain/people.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, insertGrants, lockUser, resolveUser, revokeGrants, type UserView } from '../store/people.ts';
import { codeOfPlace, type PlaceNames } from '../store/places.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs, refuseLastAdmin } from './manage-office.ts';
import { endFaults, grantPlace, placeText, scopeFaults } from './role-place.ts';
import {
  alone,
  changedMeanwhile,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  subjectOf,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface ChangeRolesRequest {
  readonly username: string;
  /** As typed: `approver,requester`. */
  readonly roles: string;
  readonly place: PlaceNames;
  /** When they end by themselves; without it, never. */
  readonly endsAt?: Date | null;
  readonly reason?: string | null;
}

export interface RolesChanged {
  readonly before: UserView;
  readonly after: UserView;
}

/** Roles as they shall be, all at one place and with one end. */
export interface WantedRoles {
  readonly roles: readonly Role[];
  readonly place: Place | null;
  readonly endsAt: Date | null;
}

/**
 * Replaces a person's roles: the old ones end, the new ones are added beside them. Once the office has paid, roles that move
 * money and that the person did not hold are a change for two. Throws forbidden SELF_GRANT for one's own, refused LAST_ADMIN,
 * usage ROLES_INVALID.
 */
export async function changeRoles(
  store: Store,
  admin: Actor,
  request: ChangeRolesRequest,
): Promise<RolesChanged | Proposed> {
  const { endsAt = null, reason = null } = request;
  const { roles, faults: roleFaults } = parseRoles(request.roles);
  return store.write(async (tx) => {
    const faults = [...roleFaults, ...scopeFaults(roles, request.place), ...endFaults(roles, endsAt, tx.now)];
    if (faults.length > 0) throw rolesInvalid(faults);
    await lockOfficeAs(tx, admin);
    const userId = await resolveUser(tx, request.username, admin.grants);
    if (userId === admin.userId) throw selfGrant(admin.username);
    await lockUser(tx, userId);
    const before = await getUser(tx, userId);
    if (!roles.includes('admin')) await refuseLastAdmin(tx, before);
    const wanted = { roles, place: await grantPlace(tx, admin, { roles, names: request.place }), endsAt };
    if ((await needsTwo(tx)) && opensDoors(before.grants, timedGrants(wanted)))
      return proposeRoles(tx, admin, { before, wanted, reason });
    return applyRoles(tx, alone(admin), before, wanted);
  });
}

/** Proposes that a person holds these roles and no others. The caller holds the office's lock. */
export async function proposeRoles(
  tx: Tx,
  admin: Actor,
  { before, wanted, reason }: { before: UserView; wanted: WantedRoles; reason: string | null },
): Promise<Proposed> {
  const { id, username, email } = before.user;
  const { roles, place, endsAt } = wanted;
  return propose(tx, admin, {
    kind: rolesChange,
    subject: username,
    subjectUserId: id,
    place: commonPlace([...before.grants, ...timedGrants(wanted)]),
    before: shownRoles(before),
    after: { roles, place: await codeOfPlace(tx, place), until: endsAt?.toISOString() ?? null },
    payload: { roles, place, ends_at: endsAt },
    reason,
    tell: [email],
  });
}

interface RolesPayload {
  readonly roles: readonly Role[];
  readonly place: Place | null;
  readonly ends_at: string | null;
}

export const rolesChange: ChangeKind = {
  kind: 'user.roles',
  ofPerson: true,
  present: async (tx, change) => {
    await lockUser(tx, subjectOf(change));
    return shownRoles(await getUser(tx, subjectOf(change)));
  },
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    const { roles, place, ends_at: endsAt } = payloadOf<RolesPayload>(change);
    const wanted = { roles, place, endsAt: endsAt === null ? null : new Date(endsAt) };
    if (wanted.endsAt !== null && wanted.endsAt <= tx.now)
      throw changedMeanwhile(change, 'the roles would have ended already');
    const before = await getUser(tx, subjectOf(change));
    await applyRoles(tx, authority, before, wanted);
    return { lines: [], next: [`treasury user show ${change.subject}`] };
  },
};

async function applyRoles(
  tx: Tx,
  authority: Authority,
  before: UserView,
  { roles, place, endsAt }: WantedRoles,
): Promise<RolesChanged> {
  const { id: userId, username } = before.user;
  await revokeGrants(tx, userId);
  await insertGrants(tx, { userId, roles, place, grantedBy: authority.actor.username, endsAt });
  const after = await getUser(tx, userId);
  const payload = { before: shownRoles(before), after: shownRoles(after) };
  const event = happeningBy(authority, { action: 'user.roles_changed', subject: username, payload });
  await recordOfficeEvent(tx, event);
  return { before, after };
}

const shownRoles = ({ grants }: UserView): Shown => ({
  roles: grants.map((grant) => grant.role),
  place: placeText(grants),
  until: grants[0]?.endsAt?.toISOString() ?? null,
});

const timedGrants = ({ roles, place, endsAt }: WantedRoles): TimedGrant[] => {
  const { companyId = null, regionId = null, branchId = null } = place ?? {};
  return roles.map((role) => ({ role, companyId, regionId, branchId, endsAt }));
};

const rolesInvalid = (faults: readonly string[]) =>
  usage('ROLES_INVALID', 'These roles cannot be given like this.', { unchanged: 'Nothing was changed.', faults });

const selfGrant = (username: string) =>
  new Problem('forbidden', 'SELF_GRANT', `${username} may not change their own roles.`, {
    unchanged: 'Nothing was changed.',
    fix: 'ask another admin',
  });
