import type { Role } from '../../../src/domain/access.ts';
import type { PlaceWords } from '../acts.ts';
import { refuse, type Verdict } from '../verdict.ts';
import { HOUR, MINUTE, type Grant, type Person, type Spot, type World } from '../world.ts';

/** Who may do what (DESIGN rule 9). */
export const REQUESTERS: readonly Role[] = ['requester'];
export const APPROVERS: readonly Role[] = ['approver', 'cfo'];
export const PAYERS: readonly Role[] = ['cashier', 'treasurer', 'cfo'];
export const KEEPERS: readonly Role[] = ['treasurer', 'cfo'];
export const CFOS: readonly Role[] = ['cfo'];
export const ADMINS: readonly Role[] = ['admin'];
export const CHECKERS: readonly Role[] = ['cashier', 'treasurer', 'cfo', 'auditor'];
/** Roles that move money: to give one takes two people (DESIGN rule 10). */
export const MONEY: readonly Role[] = ['approver', 'cashier', 'treasurer', 'cfo'];

/** The roles that a person holds at this moment. */
export const liveGrants = ({ now }: World, { grants }: Person): Grant[] =>
  grants.filter(({ until }) => until === null || until > now);

/** Whether a role at `at` reaches a place: that place and all below it; null is the whole office. */
export const reachesFrom = (at: Spot | null, spot: Spot): boolean =>
  at === null ||
  (at.company === spot.company &&
    (at.region === null || at.region === spot.region) &&
    (at.branch === null || at.branch === spot.branch));

/** Whether a person holds one of some roles somewhere, or such that it reaches a place. */
export const holds = (world: World, person: Person, roles: readonly Role[], spot?: Spot): boolean =>
  liveGrants(world, person).some(
    ({ role, at }) => roles.includes(role) && (spot === undefined || reachesFrom(at, spot)),
  );

/** Whether any role of a person reaches a place: else it is out of scope (5). */
export const reaches = (world: World, person: Person, spot: Spot): boolean =>
  liveGrants(world, person).some(({ at }) => reachesFrom(at, spot));

/** Whether a person belongs to a company: another company's things are not found (3). */
export const knows = (world: World, person: Person, company: string): boolean =>
  liveGrants(world, person).some(({ at }) => at === null || at.company === company);

/** Whether a session is good: SAFETY section 3. */
export function isLoggedIn(world: World, person: Person): boolean {
  const { session, disabled } = person;
  if (session === null || disabled) return false;
  const strict = holds(world, person, ['approver', 'treasurer', 'cfo', 'admin']);
  const idle = strict ? 15 * MINUTE : 30 * MINUTE;
  return world.now <= session.lastUsedAt + idle && world.now <= session.openedAt + 12 * HOUR;
}

/** The place that words name, or the refusal of words that name none, or one of another company, or contradict each other. */
export function placeOf(world: World, person: Person, words: PlaceWords): Spot | Verdict {
  const { company, region, branch } = words;
  const visible = world.places.filter((spot) => knows(world, person, spot.company));
  const found =
    branch !== undefined
      ? visible.find((spot) => spot.branch === branch)
      : region !== undefined
        ? visible.find((spot) => spot.region === region && spot.branch === null)
        : visible.find((spot) => spot.company === company && spot.region === null && spot.branch === null);
  const unknown =
    found === undefined ||
    (company !== undefined && !visible.some((spot) => spot.company === company)) ||
    (region !== undefined && !visible.some((spot) => spot.region === region));
  if (unknown) return refuse(3, 'there is no such place');
  const agrees = (company ?? found.company) === found.company && (region ?? found.region) === found.region;
  return agrees ? found : refuse(2, 'the places do not lie in each other');
}

/** Whether a place was found. */
export const isSpot = (found: Spot | Verdict): found is Spot => 'company' in found;

/** The lowest place above all of some grants; null, the whole office, when there is none. */
export function placeAbove(grants: readonly Grant[]): Spot | null {
  const [first] = grants;
  if (first === undefined || first.at === null) return null;
  const { company, region, branch } = first.at;
  const upwards: Spot[] = [
    { company, region, branch },
    { company, region, branch: null },
    { company, region: null, branch: null },
  ];
  return upwards.find((spot) => grants.every(({ at }) => at !== null && reachesFrom(spot, at))) ?? null;
}
