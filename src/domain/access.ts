import { Problem } from './problem.ts';
import { notLent, type TokenInUse } from './token.ts';

export const ROLES = ['requester', 'approver', 'cashier', 'treasurer', 'cfo', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether a text names a role. */
export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

/** A place and all below it; without a company, the whole office. */
export interface Reach {
  readonly companyId: string | null;
  readonly regionId: string | null;
  readonly branchId: string | null;
}

/** Where something stands: a company, a region of it, or a branch. */
export interface Place extends Reach {
  readonly companyId: string;
}

/** A role at a place and all below it. */
export interface Grant extends Reach {
  readonly role: Role;
  /** While a token acts for its person: of what the role may do, only this. */
  readonly only?: readonly Ability[];
}

/** Where a command came from: recorded with what it did, never trusted. */
export interface Origin {
  /** First field of SSH_CONNECTION, else null. */
  readonly ipAddress: string | null;
  /** Host, operating-system user, terminal and version of the tool. */
  readonly userAgent: string;
}

/** The person who acts, with the roles they hold now. */
export interface Actor {
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  readonly phone: string | null;
  readonly grants: readonly Grant[];
  readonly origin: Origin;
  /** The token that acts for this person; not there when they are logged in themselves. */
  readonly token?: TokenInUse;
}

/** What was read of a person gives way to what holds now, in the same object: whoever was given it goes on with that. */
export const bringUpToDate = (actor: Actor, now: Actor): Actor => Object.assign(actor, now);

/** What can be done, and by which roles. Whatever is not listed nobody may do. */
export const ABILITIES = {
  'requisition.create': ['requester'],
  'requisition.approve': ['approver', 'cfo'],
  'payment.create': ['cashier', 'treasurer', 'cfo'],
  'payment.execute': ['cashier', 'treasurer', 'cfo'],
  'payment.retry': ['cashier', 'treasurer', 'cfo'],
  'payment.cancel': ['cashier', 'treasurer', 'cfo'],
  'payment.resolve': ['cashier', 'treasurer', 'cfo'],
  'payment.declare_not_paid': ['treasurer', 'cfo'],
  'payment.reverse': ['treasurer', 'cfo'],
  'fund.manage': ['treasurer', 'cfo'],
  'replenishment.check': ['cashier', 'treasurer', 'cfo', 'auditor'],
  'replenishment.request': ['treasurer', 'cfo'],
  'replenishment.fund': ['treasurer', 'cfo'],
  'replenishment.approve': ['cfo'],
  'variance.record': ['treasurer', 'cfo'],
  'variance.approve': ['cfo'],
  'reconcile.run': ['treasurer', 'cfo'],
  'schedule.manage': ['treasurer', 'cfo'],
  'worker.run': ['treasurer', 'cfo'],
  'statement.accept': ['cfo'],
  'change.read': ['approver', 'treasurer', 'cfo', 'auditor', 'admin'],
  'office.manage': ['admin'],
  'policy.manage': ['admin', 'cfo'],
  'copy.accept': ['cfo'],
  'people.read': ['auditor', 'cfo', 'admin'],
  'books.read': ROLES,
  'audit.read': ['auditor', 'cfo', 'admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Ability = keyof typeof ABILITIES;

/** Whether a grant reaches a place: its own and everything below. */
export const covers = (grant: Reach, place: Reach): boolean =>
  (grant.companyId === null || grant.companyId === place.companyId) &&
  (grant.regionId === null || grant.regionId === place.regionId) &&
  (grant.branchId === null || grant.branchId === place.branchId);

const belongsToRole = (ability: Ability, role: Role): boolean => (ABILITIES[ability] as readonly Role[]).includes(role);

const allows = (ability: Ability, { role, only }: Pick<Grant, 'role' | 'only'>): boolean =>
  belongsToRole(ability, role) && (only === undefined || only.includes(ability));

/** The roles by which a person may do something, each at its place. */
export const grantsFor = (actor: Pick<Actor, 'grants'>, ability: Ability): Grant[] =>
  actor.grants.filter((grant) => allows(ability, grant));

/** Whether a person may do something at some place, wherever that is. */
export const mayAnywhere = (actor: Pick<Actor, 'grants'>, ability: Ability): boolean =>
  actor.grants.some((grant) => allows(ability, grant));

/** Whether a person may do something at this place. */
export const mayAt = (actor: Pick<Actor, 'grants'>, ability: Ability, place: Place): boolean =>
  actor.grants.some((grant) => allows(ability, grant) && covers(grant, place));

/** Whether a person belongs to a company at all; others' things do not exist for them. */
export const belongsTo = (actor: Pick<Actor, 'grants'>, companyId: string): boolean =>
  actor.grants.some((grant) => grant.companyId === null || grant.companyId === companyId);

/** Whether a fund at `holder` may pay what is wanted at `wanted`: it stands at the same place or above. */
export const standsAtOrAbove = (holder: Place, wanted: Place): boolean =>
  holder.companyId === wanted.companyId &&
  (holder.regionId === null || holder.regionId === wanted.regionId) &&
  (holder.branchId === null || holder.branchId === wanted.branchId);

type Judged = Pick<Actor, 'grants' | 'username' | 'token'>;

/** Refuses (ROLE_MISSING, exit 5) a person who holds no role for an ability anywhere; TOKEN_SCOPE where only their token may not. */
export function requireAbility(actor: Judged, ability: Ability): void {
  if (mayAnywhere(actor, ability)) return;
  const withheld = actor.grants.some(({ role }) => belongsToRole(ability, role));
  throw actor.token !== undefined && withheld ? notLent(actor.token, ability) : roleMissing(actor.username, ability);
}

/** Refuses (OUT_OF_SCOPE, exit 5) a person whose role does not reach this place. */
export function requireAbilityAt(actor: Judged, ability: Ability, place: Place): void {
  requireAbility(actor, ability);
  if (mayAt(actor, ability, place)) return;
  throw new Problem('forbidden', 'OUT_OF_SCOPE', `${actor.username} may do this elsewhere, but not at this place.`, {
    unchanged: 'Nothing was changed.',
    fix: 'ask a person of that place, or an admin for a role there',
  });
}

/** Refuses (OUT_OF_SCOPE, exit 5) what lies outside the places that any of one's roles reaches. */
export function requireWithinReach(actor: Pick<Actor, 'grants' | 'username'>, place: Place): void {
  if (actor.grants.some((grant) => covers(grant, place))) return;
  throw new Problem('forbidden', 'OUT_OF_SCOPE', `${actor.username}'s roles do not reach the place of this payment.`, {
    unchanged: 'Nothing was changed.',
    fix: 'ask a person of that place, or an admin for a role there',
  });
}

/** The refusal of somebody without the role. */
export function roleMissing(username: string, ability: Ability): Problem {
  const roles = ABILITIES[ability];
  const lacks =
    roles.length === 1 ? `does not hold the role ${roles[0]}` : `holds none of the roles ${roles.join(', ')}`;
  return new Problem('forbidden', 'ROLE_MISSING', `${username} ${lacks}.`, {
    unchanged: 'Nothing was changed.',
    fix: whoMay(roles),
  });
}

/** Whom to ask; where nearly every role will do, somebody lacks any. */
function whoMay(roles: readonly Role[]): string {
  const grant = 'treasury user role USERNAME --role ROLE';
  if (roles.length > 3) return `ask an admin for a role: ${grant}`;
  const holders = roles.map(withArticle).join(' or ');
  return roles.includes('admin') ? `ask ${holders}` : `ask ${holders}, or an admin for the role: ${grant}`;
}

const withArticle = (role: Role): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;

/** Faults of a set of roles for one person: none when they may be held together. */
export function roleSetFaults(roles: readonly Role[]): string[] {
  const faults: string[] = [];
  if (roles.includes('admin') && roles.length > 1) faults.push('admin combines with no other role');
  if (roles.includes('auditor') && roles.length > 1)
    faults.push('auditor changes nothing and combines with no other role');
  return faults;
}
