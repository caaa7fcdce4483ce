import { type Actor, type Role } from '../domain/access.ts';
import { movesMoney } from '../domain/change.ts';
import { emailFault, nameFault, normalEmail, parseRoles, passwordFault, usernameFault } from '../domain/people.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { hashPassword } from '../gateways/passwords.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getUser, insertGrants, insertUser, takenBy, type UserView } from '../store/people.ts';
import type { PlaceNames } from '../store/places.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { proposeRoles } from './change-roles.ts';
import { lockOfficeAs } from './manage-office.ts';
import { normalPhone } from './phone.ts';
import { endFaults, grantPlace, placeText, scopeFaults } from './role-place.ts';
import { needsTwo, type Proposed } from './two-people.ts';

export interface AddUserRequest {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly phone: string | null;
  /** As typed: `requester,cashier`. */
  readonly roles: string;
  readonly place: PlaceNames;
  /** When the roles end by themselves; without it, never. */
  readonly endsAt?: Date | null;
  readonly password: string;
}

export interface AddedUser {
  readonly view: UserView;
  /** The change that gives the roles that move money, once the office has paid: until it is confirmed they lack them. */
  readonly pending: Proposed | null;
}

interface Person {
  readonly username: string;
  readonly email: string;
  readonly phone: string | null;
  readonly displayName: string;
}

/**
 * Adds a person with their roles at one place. Throws usage USER_INVALID with every fault of the input, conflict USER_EXISTS when
 * username, email or phone is taken, forbidden for anyone but an admin.
 */
export async function addUser(store: Store, admin: Actor, request: AddUserRequest): Promise<AddedUser> {
  const { endsAt = null } = request;
  const { person, roles } = await examine(request);
  const passwordHash = await hashPassword(request.password);
  return store.write(async (tx) => {
    const faults = endFaults(roles, endsAt, tx.now);
    if (faults.length > 0) throw userInvalid(faults);
    await lockOfficeAs(tx, admin);
    await refuseTaken(tx, person);
    const place = await grantPlace(tx, admin, { roles, names: request.place });
    const given = (await needsTwo(tx)) ? roles.filter((role) => !movesMoney(role)) : roles;
    const userId = await insertUser(tx, { ...person, passwordHash });
    if (given.length > 0) await insertGrants(tx, { userId, roles: given, place, grantedBy: admin.username, endsAt });
    const added = await getUser(tx, userId);
    await recordOfficeEvent(tx, {
      actor: admin.username,
      action: 'user.added',
      subject: person.username,
      origin: admin.origin,
      payload: {
        email: person.email,
        phone: person.phone,
        name: person.displayName,
        roles: given,
        place: placeText(added.grants),
        until: endsAt,
      },
    });
    if (given.length === roles.length) return { view: added, pending: null };
    const pending = await proposeRoles(tx, admin, { before: added, wanted: { roles, place, endsAt }, reason: null });
    return { view: await getUser(tx, userId), pending };
  });
}

async function examine(request: AddUserRequest): Promise<{ person: Person; roles: Role[] }> {
  const { roles, faults: roleFaults } = parseRoles(request.roles);
  const email = normalEmail(request.email);
  const phone = request.phone === null ? null : await normalPhone(request.phone);
  const faults = [
    usernameFault(request.username),
    emailFault(email),
    nameFault('the name', request.displayName),
    request.phone !== null && phone === null
      ? `the phone ${quoted(request.phone)} is not one, such as 0712 345 678`
      : null,
    ...roleFaults,
    ...scopeFaults(roles, request.place),
    passwordFault(request.password),
  ].filter((fault) => fault !== null);
  if (faults.length === 0) {
    return { person: { username: request.username, email, phone, displayName: request.displayName.trim() }, roles };
  }
  throw userInvalid(faults);
}

const userInvalid = (faults: readonly string[]): Problem =>
  usage('USER_INVALID', 'This person cannot be added like this.', {
    unchanged: 'Nobody was added.',
    fix: 'treasury user add --help',
    faults,
  });

async function refuseTaken(tx: Tx, person: Person): Promise<void> {
  const others = await takenBy(tx, person);
  const faults = others.flatMap((other) => [
    ...(other.username === person.username ? [`the username ${person.username} is taken`] : []),
    ...(other.email === person.email ? [`the email ${person.email} is ${other.username}'s`] : []),
    ...(person.phone !== null && other.phone === person.phone
      ? [`the phone ${person.phone} is ${other.username}'s`]
      : []),
  ]);
  if (faults.length === 0) return;
  throw new Problem('conflict', 'USER_EXISTS', 'This person cannot be added: somebody has it already.', {
    unchanged: 'Nobody was added.',
    fix: `treasury user show ${others[0]?.username ?? person.username}`,
    faults,
  });
}
