import type { Actor } from '../domain/access.ts';
import { codeFault, nameFault } from '../domain/people.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import {
  insertPlace,
  listPlaces,
  onlyCompany,
  placeExists,
  resolvePlace,
  type PlaceKind,
  type PlaceNames,
  type PlaceView,
} from '../store/places.ts';
import type { Store } from '../store/store.ts';
import { lockOfficeAs } from './manage-office.ts';

export interface AddPlaceRequest {
  readonly kind: PlaceKind;
  readonly code: string;
  readonly name: string;
  /** Where it lies; the only company when nothing is named. A company lies nowhere. */
  readonly within: PlaceNames;
}

/** Adds a company, a region of one or a branch of either. Throws usage PLACE_INVALID, conflict PLACE_EXISTS, forbidden for all but admins. */
export async function addPlace(store: Store, admin: Actor, request: AddPlaceRequest): Promise<PlaceView> {
  const { kind, code } = request;
  const faults = [codeFault(`the ${kind}`, code), nameFault('the name', request.name)].filter(
    (fault) => fault !== null,
  );
  if (faults.length > 0) {
    throw usage('PLACE_INVALID', `This ${kind} cannot be added like this.`, {
      unchanged: 'Nothing was added.',
      faults,
    });
  }
  return store.write(async (tx) => {
    await lockOfficeAs(tx, admin);
    if (await placeExists(tx, kind, code)) throw placeTaken(kind, code);
    const within =
      kind === 'company'
        ? null
        : ((await resolvePlace(tx, request.within, admin.grants)) ?? (await onlyCompany(tx, admin.grants)));
    const id = await insertPlace(tx, { kind, code, name: request.name.trim(), within });
    const added = (await listPlaces(tx, admin.grants)).find((place) => place.id === id);
    if (added === undefined) throw new Error(`${kind} ${code} is not there after it was added`);
    const above =
      kind === 'company' ? {} : { company: added.company, ...(kind === 'branch' ? { region: added.region } : {}) };
    const payload = { name: added.name, ...above };
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: `${kind}.added`,
      subject: code,
      origin: admin.origin,
      payload,
    });
    return added;
  });
}

const placeTaken = (kind: PlaceKind, code: string) =>
  new Problem('conflict', 'PLACE_EXISTS', `There is already a ${kind} ${code}.`, {
    unchanged: 'Nothing was added.',
    fix: 'treasury org tree',
  });
