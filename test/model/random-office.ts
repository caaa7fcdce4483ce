import type { Role } from '../../src/domain/access.ts';
import type { Dice } from './dice.ts';
import { DAY, HOUR, MINUTE, type Person, type Spot, type Token, type World } from './world.ts';

/** When every office is set up; sequences begin here. */
export const SET_UP_AT = Date.parse('2026-10-14T06:00:00.000Z');

/** Zones that never change their clocks, with how far they are ahead of UTC. */
export const ZONES = [
  { name: 'Africa/Nairobi', ahead: 3 * HOUR },
  { name: 'Asia/Kathmandu', ahead: 5.75 * HOUR },
  { name: 'America/Bogota', ahead: -5 * HOUR },
  { name: 'Asia/Tokyo', ahead: 9 * HOUR },
] as const;

export const PASSWORD = 'correct horse battery';

const company = (code: string): Spot => ({ company: code, region: null, branch: null });

const ACME: readonly Spot[] = [
  company('ACME'),
  { company: 'ACME', region: 'NBI-R', branch: null },
  { company: 'ACME', region: 'NBI-R', branch: 'WESTLANDS' },
  { company: 'ACME', region: 'NBI-R', branch: 'KAREN' },
  { company: 'ACME', region: 'COAST', branch: null },
  { company: 'ACME', region: 'COAST', branch: 'MOMBASA' },
  { company: 'ACME', region: null, branch: 'DEPOT' },
];
const BETA: readonly Spot[] = [company('BETA'), { company: 'BETA', region: 'RIFT', branch: null }];

const NAMES = ['amina', 'brian', 'carol', 'david', 'esther', 'faith', 'grace', 'hassan'];
/** Some people can be reached by phone; to some of these phones money is asked for. */
const PHONES: Readonly<Record<string, string>> = {
  amina: '254712000001',
  carol: '254712000002',
  david: '254712000003',
  zawadi: '254712000004',
};

/** An office nobody has worked in: places, two admins, and people with random roles at random places. */
export function randomOffice(dice: Dice): World {
  const places = dice.chance(0.25) ? [...ACME, ...BETA] : ACME;
  const { ahead } = dice.one(ZONES);
  const names = NAMES.slice(0, dice.between(5, 8));
  const people = [
    person('root', ['admin'], null),
    person('ruth', ['admin'], null),
    // Whatever chance brings, somebody can do each thing, so that most offices pay.
    person('alice', ['requester'], company('ACME')),
    person('zawadi', [dice.one(['cashier', 'treasurer'] as const)], company('ACME')),
    ...names.map((name) =>
      person(name, rolesOf(dice), spotOf(dice, places), { token: tokenOf(dice), until: untilOf(dice, ahead) }),
    ),
  ];
  return {
    now: SET_UP_AT,
    ahead,
    places,
    policy: { version: 0, words: null },
    people: new Map(people.map((one) => [one.name, one])),
    funds: new Map(),
    requisitions: new Map(),
    payments: new Map(),
    codes: [],
    replenishments: new Map(),
    changes: new Map(),
    paidWith: new Set(),
    receivedWith: new Set(),
  };
}

/** Most people hold several roles, so that segregation is all that keeps them apart. */
function rolesOf(dice: Dice): Role[] {
  if (dice.chance(0.08)) return ['auditor'];
  const roles: readonly (readonly [Role, number])[] = [
    ['requester', 4],
    ['approver', 4],
    ['cashier', 4],
    ['treasurer', 3],
    ['cfo', 3],
  ];
  const held = new Set<Role>();
  for (let count = dice.between(1, 4); count > 0; count -= 1) held.add(dice.weighted(roles));
  return [...held];
}

/** Most roles reach a whole company. */
const spotOf = (dice: Dice, places: readonly Spot[]): Spot => (dice.chance(0.75) ? company('ACME') : dice.one(places));

export const SCOPES = [
  'books:read',
  'replenish:check',
  'replenish:request',
  'requisition:create',
  'payment:create',
] as const;

/** Some of what tokens can do. */
export const scopesOf = (dice: Dice): string[] => {
  const one = dice.one(SCOPES);
  return SCOPES.filter((scope) => scope === one || dice.chance(0.4));
};

/** Three of four people have a token; some of these end soon. */
const tokenOf = (dice: Dice): Token | null =>
  dice.chance(0.75)
    ? {
        scopes: scopesOf(dice),
        endsAt: SET_UP_AT + (dice.chance(0.3) ? dice.between(5, 90) * MINUTE : 90 * DAY),
        revoked: false,
      }
    : null;

/** Some hold their roles for a short time only: until the end of today, or of tomorrow. */
const untilOf = (dice: Dice, ahead: number): number | null =>
  dice.chance(0.25) ? (Math.floor((SET_UP_AT + ahead) / DAY) + dice.between(1, 2)) * DAY - ahead : null;

interface Means {
  readonly token?: Token | null;
  /** When their roles end by themselves. */
  readonly until?: number | null;
}

function person(
  name: string,
  roles: readonly Role[],
  at: Spot | null,
  { token = { scopes: SCOPES, endsAt: SET_UP_AT + 90 * DAY, revoked: false }, until = null }: Means = {},
): Person {
  return {
    ...{ name, email: `${name}@acme.example`, phone: PHONES[name] ?? null, displayName: name, password: PASSWORD },
    ...{ disabled: false, grants: roles.map((role) => ({ role, at, until })) },
    tokens: token === null ? [] : [token],
    // Everybody has just logged in.
    session: { openedAt: SET_UP_AT, lastUsedAt: SET_UP_AT },
    ...{ failedLogins: 0, lockedUntil: null, wrongCodes: { day: 0, count: 0 }, codesLocked: false },
  };
}
