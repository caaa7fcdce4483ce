import { randomBytes } from 'node:crypto';
import type { Actor, Grant, Origin } from '../../src/domain/access.ts';
import { addUser, type AddUserRequest } from '../../src/operations/add-user.ts';
import { initOffice, type NewOffice } from '../../src/operations/init-office.ts';
import { getUser, type UserView } from '../../src/store/people.ts';
import type { Store } from '../../src/store/store.ts';

export const ORIGIN: Origin = { ipAddress: '10.0.0.7', userAgent: 'host=test' };
export const PASSWORD = 'correct horse battery';

export const anOffice = (change: Partial<NewOffice> = {}): NewOffice => ({
  companyName: 'Acme Ltd',
  companyCode: 'ACME',
  currency: 'KES',
  timezone: 'Africa/Nairobi',
  mailUrl: 'file:/tmp/outbox',
  mailFrom: 'treasury@localhost',
  admin: { username: 'root-admin', email: 'root@acme.example', password: PASSWORD },
  ...change,
});

/** An office with its admin, who is the actor answered. */
export async function anOfficeWithAdmin(store: Store): Promise<Actor> {
  await initOffice(store, { office: anOffice(), pepperFingerprint: '0123456789abcdef', origin: ORIGIN });
  return actorOf(store, 'root-admin');
}

/** The person of this username, as they would act now. */
export async function actorOf(store: Store, username: string): Promise<Actor> {
  const { user, grants } = await viewOf(store, username);
  const plain = grants.map(({ role, companyId, regionId, branchId }): Grant => ({
    role,
    companyId,
    regionId,
    branchId,
  }));
  return { userId: user.id, username, email: user.email, phone: user.phone, grants: plain, origin: ORIGIN };
}

/** The person of this username with their roles. */
export const viewOf = (store: Store, username: string): Promise<UserView> =>
  store.read(async (tx) => {
    const { findUserByName } = await import('../../src/store/people.ts');
    const user = await findUserByName(tx, username);
    if (user === undefined) throw new Error(`nobody is ${username}`);
    return getUser(tx, user.id);
  });

/** Adds a person; everything that is not said is right. */
export const aPerson = (
  store: Store,
  admin: Actor,
  username: string,
  change: Partial<AddUserRequest> = {},
): Promise<UserView> =>
  adding(store, admin, {
    username,
    email: `${username}@acme.example`,
    displayName: username,
    phone: null,
    roles: 'requester',
    place: {},
    password: PASSWORD,
    ...change,
  });

/** Adds a person whose roles nobody else has to confirm. */
async function adding(...request: Parameters<typeof addUser>): Promise<UserView> {
  const { view, pending } = await addUser(...request);
  if (pending !== null) throw new Error(`${pending.proposed.change.ref} was only proposed`);
  return view;
}

export const aToken = (): string => randomBytes(32).toString('base64url');
