import type { Role } from '../../../src/domain/access.ts';
import type { Act, PlaceWords } from '../acts.ts';
import { done, refuse, type Verdict } from '../verdict.ts';
import { endOfDay, hasPaid, MINUTE, type Grant, type Person, type Spot, type World } from '../world.ts';
import type { Judges } from './judge.ts';
import { voidCodes } from './live-codes.ts';
import { propose } from './proposing.ts';
import { ADMINS, holds, isSpot, liveGrants, MONEY, placeAbove, placeOf, reachesFrom } from './standing.ts';

type Contact = Pick<Person, 'email' | 'phone' | 'displayName'>;

/** Whether somebody else has an email or phone. */
export const isTaken = ({ people }: World, person: Pick<Person, 'name'>, { email, phone }: Contact): boolean =>
  [...people.values()].some(
    (one) => one.name !== person.name && (one.email === email || (phone !== null && one.phone === phone)),
  );

/** Gives a person another address; their codes and sessions of before are worthless. */
export function changeContact(world: World, person: Person, contact: Contact): void {
  Object.assign(person, contact);
  shutOut(world, person);
}

/** Ends a person's session and voids their codes. */
export function shutOut(world: World, person: Person): void {
  person.session = null;
  for (const token of person.tokens) token.revoked = true;
  voidCodes(world, person.name);
}

/** Admin and auditor combine with no other role; admin is of the whole office and never for a time. */
const rolesFit = (roles: readonly Role[], at: PlaceWords, until: number | null): boolean =>
  roles.length === 1 || !(roles.includes('admin') || roles.includes('auditor'))
    ? !roles.includes('admin') || (Object.keys(at).length === 0 && until === null)
    : false;

const isAdmin = (world: World, person: Person): boolean => !person.disabled && holds(world, person, ADMINS);

const isLastAdmin = (world: World, person: Person): boolean =>
  isAdmin(world, person) && [...world.people.values()].filter((one) => isAdmin(world, one)).length === 1;

/** Where roles are given: the place named, else the only company; null, the whole office, for admins. */
function grantPlace(
  world: World,
  admin: Person,
  roles: readonly Role[],
  words: PlaceWords,
): { at: Spot | null } | Verdict {
  if (roles.includes('admin')) return { at: null };
  if (Object.keys(words).length > 0) {
    const at = placeOf(world, admin, words);
    return isSpot(at) ? { at } : at;
  }
  const [only, another] = world.places.filter(({ region, branch }) => region === null && branch === null);
  return only !== undefined && another === undefined ? { at: only } : refuse(2, 'which company?');
}

/** Whether grants hold a role that moves money, at a place or for a time, that was not held before. */
const opensDoors = (before: readonly Grant[], after: readonly Grant[]): boolean =>
  after.some(({ role, at, until }) => {
    const held = before.filter(
      (one) => one.role === role && (one.at === null || (at !== null && reachesFrom(one.at, at))),
    );
    return MONEY.includes(role) && !held.some((one) => one.until === null || (until !== null && until <= one.until));
  });

/** A command of an admin about a person, who is found first. */
const about =
  (judge: (world: World, admin: Person, person: Person, act: Act) => Verdict) =>
  (world: World, admin: Person, { name }: { readonly name: string }, act: Act): Verdict => {
    if (!holds(world, admin, ADMINS)) return refuse(5, 'no admin');
    const person = world.people.get(name);
    return person === undefined ? refuse(3, `there is no ${name}`) : judge(world, admin, person, act);
  };

/** How people are added, changed and shut out by admins. */
export const PEOPLE_RULES: Judges<
  | 'user add'
  | 'user role'
  | 'user edit'
  | 'user password'
  | 'user password (own)'
  | 'user disable'
  | 'user enable'
  | 'user unlock'
> = {
  'user add': (world, admin, deed, act) => {
    if (!holds(world, admin, ADMINS)) return refuse(5, 'no admin');
    if (!rolesFit(deed.roles, deed.at, deed.until)) return refuse(2, 'the roles do not fit');
    const until = deed.until === null ? null : endOfDay(world, deed.until);
    if (until !== null && until <= world.now) return refuse(2, 'the roles would have ended');
    const { name, email, phone, password } = deed;
    const person: Person = {
      ...{ name, email, phone, displayName: name, password, disabled: false, grants: [], session: null, tokens: [] },
      ...{ failedLogins: 0, lockedUntil: null, wrongCodes: { day: 0, count: 0 }, codesLocked: false },
    };
    if (world.people.has(name) || isTaken(world, person, person)) return refuse(7, 'somebody has it');
    const place = grantPlace(world, admin, deed.roles, deed.at);
    if ('exit' in place) return place;
    const wanted = deed.roles.map((role): Grant => ({ role, at: place.at, until }));
    // Once the office has paid, roles that move money wait for somebody else; all that were asked for are proposed together.
    const given = wanted.filter(({ role }) => !hasPaid(world) || !MONEY.includes(role));
    return done(() => {
      person.grants = given;
      world.people.set(name, person);
      if (given.length === wanted.length) return;
      const proposal = { kind: 'user.roles', subject: name, grants: wanted } as const;
      propose(world, admin, act, proposal, placeAbove([...given, ...wanted])).effect?.();
    });
  },
  'user role': (world, admin, deed, act) => {
    if (!holds(world, admin, ADMINS)) return refuse(5, 'no admin');
    if (!rolesFit(deed.roles, deed.at, deed.until)) return refuse(2, 'the roles do not fit');
    const until = deed.until === null ? null : endOfDay(world, deed.until);
    if (until !== null && until <= world.now) return refuse(2, 'the roles would have ended');
    const person = world.people.get(deed.name);
    if (person === undefined) return refuse(3, `there is no ${deed.name}`);
    if (person === admin) return refuse(5, 'nobody changes their own roles');
    if (!deed.roles.includes('admin') && isLastAdmin(world, person)) return refuse(6, 'the last admin');
    const place = grantPlace(world, admin, deed.roles, deed.at);
    if ('exit' in place) return place;
    const grants = deed.roles.map((role): Grant => ({ role, at: place.at, until }));
    const before = liveGrants(world, person);
    if (!hasPaid(world) || !opensDoors(before, grants)) return done(() => (person.grants = grants));
    const proposal = { kind: 'user.roles', subject: person.name, grants } as const;
    return propose(world, admin, act, proposal, placeAbove([...before, ...grants]));
  },
  'user edit': (world, admin, deed, act) => {
    if (!holds(world, admin, ADMINS)) return refuse(5, 'no admin');
    if (deed.email === null && deed.phone === null) return refuse(2, 'nothing to change');
    const person = world.people.get(deed.name);
    if (person === undefined) return refuse(3, `there is no ${deed.name}`);
    const contact: Contact = {
      email: deed.email ?? person.email,
      phone: deed.phone === null ? person.phone : deed.phone === 'none' ? null : deed.phone,
      displayName: person.displayName,
    };
    if (isTaken(world, person, contact)) return refuse(7, 'somebody has it');
    if (contact.email === person.email && contact.phone === person.phone) return done(() => undefined);
    // One's own address is changed at once, and one's own session goes on.
    if (person === admin) return done(() => void Object.assign(person, contact));
    if (!hasPaid(world)) return done(() => changeContact(world, person, contact));
    const proposal = { kind: 'user.contact', subject: person.name, contact } as const;
    return propose(world, admin, act, proposal, placeAbove(liveGrants(world, person)));
  },
  'user password': (world, admin, deed, act) => {
    const { name, password } = deed;
    // Their own is another command, which asks for the current one.
    if (name === admin.name) return refuse(2, 'the current password is missing');
    if (!holds(world, admin, ADMINS)) return refuse(5, 'no admin');
    const person = world.people.get(name);
    if (person === undefined) return refuse(3, `there is no ${name}`);
    const proposal = { kind: 'user.password', subject: person.name, password } as const;
    if (hasPaid(world)) return propose(world, admin, act, proposal, placeAbove(liveGrants(world, person)));
    return done(() => {
      person.password = password;
      shutOut(world, person);
    });
  },
  'user password (own)': (world, person, deed, act) => {
    if (act.dryRun) return refuse(2, 'a password cannot be rehearsed');
    const wrong = tryPassword(world, person, deed.current);
    if (wrong !== undefined) return wrong;
    return done(() => {
      person.password = deed.password;
      person.failedLogins = 0;
      person.lockedUntil = null;
      shutOut(world, person);
    });
  },
  'user disable': about((world, _admin, person) => {
    if (person.disabled) return done(() => undefined);
    if (isLastAdmin(world, person)) return refuse(6, 'the last admin');
    return done(() => {
      person.disabled = true;
      shutOut(world, person);
    });
  }),
  'user enable': about((world, admin, person, act) => {
    if (!person.disabled) return done(() => undefined);
    const grants = liveGrants(world, person);
    if (hasPaid(world) && grants.some(({ role }) => MONEY.includes(role)))
      return propose(world, admin, act, { kind: 'user.enable', subject: person.name }, placeAbove(grants));
    return done(() => (person.disabled = false));
  }),
  'user unlock': about((_world, _admin, person) =>
    done(() => {
      person.failedLogins = 0;
      person.lockedUntil = null;
      person.wrongCodes.count = 0;
      person.codesLocked = false;
    }),
  ),
};

/** The refusal of a wrong password, which counts; undefined when it is right. The tenth wrong one locks for 15 minutes. */
export function tryPassword({ now }: World, person: Person, password: string): Verdict | undefined {
  if (person.disabled) return refuse(4, 'disabled');
  if (person.lockedUntil !== null && now <= person.lockedUntil) return refuse(4, 'locked');
  if (password === person.password) return undefined;
  return {
    ...refuse(4, 'a wrong password'),
    effect: () => {
      person.failedLogins = (person.lockedUntil === null ? person.failedLogins : 0) + 1;
      person.lockedUntil = person.failedLogins >= 10 ? now + 15 * MINUTE : null;
    },
  };
}

/** How one logs in. */
export const LOGIN_RULES: Judges<'login'> = {
  login: (world, person, deed, act) => {
    if (act.dryRun) return refuse(2, 'a login cannot be rehearsed');
    return (
      tryPassword(world, person, deed.password) ??
      done(() => {
        person.failedLogins = 0;
        person.lockedUntil = null;
        person.session = { openedAt: world.now, lastUsedAt: world.now };
      })
    );
  },
};
