import type { Actor, Place, Role } from '../../src/domain/access.ts';
import { pepperFingerprint } from '../../src/gateways/pepper-file.ts';
import { insertOffice } from '../../src/store/office.ts';
import { getUser, insertGrants, insertUser } from '../../src/store/people.ts';
import { insertPlace } from '../../src/store/places.ts';
import type { Store } from '../../src/store/store.ts';
import type { Tx } from '../../src/store/transaction.ts';

export const PEPPER = Buffer.alloc(32, 7);

/** People of the small office that tests play in, with what they may do in company ACME. */
const PEOPLE = {
  amina: ['requester'],
  brian: ['approver'],
  carol: ['cashier'],
  david: ['treasurer'],
  esther: ['cfo'],
  grace: ['requester', 'approver', 'cashier'],
  helen: ['auditor'],
} as const satisfies Record<string, readonly Role[]>;
export type Person = keyof typeof PEOPLE | 'root' | 'olga';

export interface Office {
  /** Each person as somebody who acts, with the grants of set-up. */
  readonly people: Readonly<Record<Person, Actor>>;
  /** ACME with NBI-R (WESTLANDS) and COAST (MOMBASA); OTHER is another company, where only olga is a requester. */
  readonly places: Readonly<Record<'ACME' | 'NBI-R' | 'COAST' | 'WESTLANDS' | 'MOMBASA' | 'OTHER', Place>>;
}

/** Sets up ACME's office in an empty database. */
export async function anOffice(store: Store, timezone = 'Africa/Nairobi'): Promise<Office> {
  return store.write(async (tx) => {
    await insertOffice(tx, {
      currency: 'KES',
      timezone,
      mailUrl: 'file:/nowhere',
      mailFrom: 'treasury@acme.example',
      pepperFingerprint: pepperFingerprint(PEPPER),
    });
    const places = await somePlaces(tx);
    const people: Partial<Record<Person, Actor>> = { root: await aPerson(tx, 'root', ['admin'], null) };
    for (const [name, roles] of Object.entries(PEOPLE))
      people[name as Person] = await aPerson(tx, name, roles, places.ACME);
    people.olga = await aPerson(tx, 'olga', ['requester'], places.OTHER);
    return { people: people as Record<Person, Actor>, places };
  });
}

async function somePlaces(tx: Tx): Promise<Office['places']> {
  const add = async (kind: 'company' | 'region' | 'branch', code: string, within: Place | null): Promise<string> =>
    insertPlace(tx, { kind, code, name: `${code} place`, within });
  const company = async (code: string) => ({
    companyId: await add('company', code, null),
    regionId: null,
    branchId: null,
  });
  const ACME = await company('ACME');
  const OTHER = await company('OTHER');
  const region = async (code: string) => ({ ...ACME, regionId: await add('region', code, ACME) });
  const [NBI, COAST] = [await region('NBI-R'), await region('COAST')];
  const WESTLANDS = { ...NBI, branchId: await add('branch', 'WESTLANDS', NBI) };
  const MOMBASA = { ...COAST, branchId: await add('branch', 'MOMBASA', COAST) };
  return { ACME, OTHER, 'NBI-R': NBI, COAST, WESTLANDS, MOMBASA };
}

/** Adds a person with roles at a place (null: the whole office), and answers them as somebody who acts. */
export async function aPerson(tx: Tx, username: string, roles: readonly Role[], place: Place | null): Promise<Actor> {
  const userId = await insertUser(tx, {
    username,
    email: `${username}@acme.example`,
    phone: null,
    displayName: username,
    passwordHash: 'none',
  });
  await insertGrants(tx, { userId, roles, place, grantedBy: userId });
  const { user, grants } = await getUser(tx, userId);
  return {
    userId,
    username,
    email: user.email,
    phone: user.phone,
    grants: grants.map(({ role, companyId, regionId, branchId }) => ({ role, companyId, regionId, branchId })),
    origin: { ipAddress: null, userAgent: 'test' },
  };
}
