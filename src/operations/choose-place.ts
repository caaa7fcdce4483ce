import { ABILITIES, belongsTo, type Ability, type Actor, type Place } from '../domain/access.ts';
import { findPlace, type FoundPlace, type PlaceBook, type PlaceCodes } from '../store/place-codes.ts';

/** The place that codes name; without any, the only one at which the person may do this. */
export function choosePlace(
  book: PlaceBook,
  codes: PlaceCodes,
  actor: Pick<Actor, 'grants'>,
  ability: Ability,
): FoundPlace {
  const found = findPlace(book, codes);
  if (found !== null) return found;
  const [only, ...more] = placesOf(book, actor, ability);
  if (only !== undefined && more.length === 0) return { place: only };
  const choices = [
    ...[...book.companies.keys()].map((code) => `--company ${code}`),
    ...[...book.regions.keys()].map((code) => `--region ${code}`),
    ...[...book.branches.keys()].map((code) => `--branch ${code}`),
  ];
  return { fault: `the place is missing: give one of ${choices.slice(0, 12).join(', ')}`, missing: null };
}

/** The places of a person's grants for an ability; the office's only company for a grant of the whole office. */
function placesOf(book: PlaceBook, actor: Pick<Actor, 'grants'>, ability: Ability): Place[] {
  const roles: readonly string[] = ABILITIES[ability];
  const companies = [...book.companies.values()];
  const places = actor.grants
    .filter((grant) => roles.includes(grant.role))
    .flatMap((grant): Place[] =>
      grant.companyId === null
        ? companies.map((company) => ({ companyId: company.id, regionId: null, branchId: null }))
        : [{ companyId: grant.companyId, regionId: grant.regionId, branchId: grant.branchId }],
    );
  return [
    ...new Map(places.map((place) => [`${place.companyId}/${place.regionId}/${place.branchId}`, place])).values(),
  ];
}

/** Whether a person may know of a company's places. */
export const knownTo = (actor: Pick<Actor, 'grants'>) => (companyId: string) => belongsTo(actor, companyId);
