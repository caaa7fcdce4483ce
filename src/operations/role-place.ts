import type { Actor, Place, Role } from '../domain/access.ts';
import type { GrantView } from '../store/people.ts';
import { onlyCompany, resolvePlace, type PlaceNames } from '../store/places.ts';
import type { Tx } from '../store/transaction.ts';

/** What is wrong with a place for these roles: an admin's is the whole office. */
export const scopeFaults = (roles: readonly Role[], names: PlaceNames): string[] =>
  roles.includes('admin') && Object.values(names).some((name) => name !== undefined)
    ? ['admin is a role of the whole office: leave --company, --region and --branch out']
    : [];

/** What is wrong with the end of these roles: it lies ahead, and the office never runs out of admins by itself. */
export const endFaults = (roles: readonly Role[], endsAt: Date | null, now: Date): string[] => [
  ...(endsAt !== null && endsAt <= now ? ['--until lies in the past: the roles would have ended already'] : []),
  ...(endsAt !== null && roles.includes('admin') ? ['admin is not given for a time: leave --until out'] : []),
];

/** Where roles are given: the place named, else the only company; null, the whole office, for admins. */
export async function grantPlace(
  tx: Tx,
  admin: Actor,
  wanted: { roles: readonly Role[]; names: PlaceNames },
): Promise<Place | null> {
  if (wanted.roles.includes('admin')) return null;
  return (await resolvePlace(tx, wanted.names, admin.grants)) ?? onlyCompany(tx, admin.grants);
}

/** The code of the place at which grants were given together; null for the whole office. */
export const placeText = ([grant]: readonly GrantView[]): string | null =>
  grant?.branch ?? grant?.region ?? grant?.company ?? null;
