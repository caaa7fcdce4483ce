import type { Role } from '../../src/domain/access.ts';
import type { Act, Deed, What } from './acts.ts';
import { codeFor, DEEDS, reference } from './deeds.ts';
import type { Dice } from './dice.ts';
import { judge } from './rules.ts';
import { SCOPE_OF } from './rules/tokens.ts';
import { ADMINS, APPROVERS, CFOS, CHECKERS, holds, isLoggedIn, KEEPERS, PAYERS, REQUESTERS } from './rules/standing.ts';
import { DAY, HOUR, MINUTE, SECOND, type World } from './world.ts';

/** How often each is drawn: what brings a payment to its end, and what takes two people, most of all. */
const WEIGHTS: Readonly<Record<What, number>> = {
  ...{ login: 0.8, 'requisition create': 6, 'requisition approve': 8, 'requisition reject': 0.6 },
  ...{ 'requisition amend': 0.8, 'requisition cancel': 0.5, 'payment create': 10, 'payment otp --send': 9 },
  ...{ 'payment otp --verify': 4, 'payment execute': 14, 'payment explain': 1.5, 'payment resolve': 4 },
  ...{ 'payment resolve --not-paid': 2.5, 'payment retry': 2, 'payment cancel': 0.5, 'payment reverse': 3 },
  ...{ 'fund create': 0.7, 'fund edit': 1.2, 'fund freeze': 0.25, 'fund unfreeze': 1.5, 'fund close': 0.5 },
  ...{ 'replenish request': 1.2, 'replenish approve': 1.8, 'replenish reject': 0.4, 'replenish fund': 1.8 },
  ...{ 'replenish check': 0.5, 'user add': 0.4, 'user role': 0.9, 'user edit': 0.6, 'user password': 0.4 },
  ...{ 'user password (own)': 0.3, 'user disable': 0.4, 'user enable': 0.9, 'user unlock': 0.3 },
  ...{ 'token create': 0.7, 'token revoke': 0.5 },
  ...{ 'change confirm': 8, 'policy set': 0.4, 'change reject': 0.7 },
};

/** Whose work it is; three times of four somebody with such a role does it, else anybody. */
const WHOSE: Readonly<Partial<Record<What, readonly Role[]>>> = {
  ...{ 'requisition create': REQUESTERS, 'requisition amend': REQUESTERS, 'requisition approve': APPROVERS },
  ...{ 'requisition reject': APPROVERS, 'payment create': PAYERS, 'payment otp --send': PAYERS },
  ...{ 'payment otp --verify': PAYERS, 'payment execute': PAYERS, 'payment explain': PAYERS },
  ...{ 'payment resolve': PAYERS, 'payment retry': PAYERS, 'payment cancel': PAYERS },
  ...{ 'payment resolve --not-paid': KEEPERS, 'payment reverse': KEEPERS, 'fund create': KEEPERS },
  ...{ 'fund edit': KEEPERS, 'fund freeze': KEEPERS, 'fund unfreeze': KEEPERS, 'fund close': KEEPERS },
  ...{ 'replenish request': KEEPERS, 'replenish approve': CFOS, 'replenish reject': CFOS, 'replenish fund': KEEPERS },
  ...{ 'replenish check': CHECKERS, 'policy set': ['admin', 'cfo'] },
  ...{ 'user add': ADMINS, 'user role': ADMINS, 'user edit': ADMINS },
  ...{ 'user password': ADMINS, 'user disable': ADMINS, 'user enable': ADMINS, 'user unlock': ADMINS },
  ...{ 'change confirm': APPROVERS, 'change reject': APPROVERS },
};

const WHATS = Object.entries(WEIGHTS) as [What, number][];

/** What a command is about; without any there is little sense in it. */
const ABOUT: readonly (readonly [prefix: string, things: (world: World) => { readonly size: number }])[] = [
  ['payment create', ({ requisitions }) => requisitions],
  ['payment', ({ payments }) => payments],
  ['requisition create', ({ people }) => people],
  ['requisition', ({ requisitions }) => requisitions],
  ['replenish request', ({ funds }) => funds],
  ['replenish check', ({ funds }) => funds],
  ['replenish', ({ replenishments }) => replenishments],
  ['change', ({ changes }) => changes],
];

const isAboutSomething = (world: World, what: What): boolean =>
  (ABOUT.find(([prefix]) => what.startsWith(prefix))?.[1](world).size ?? 1) > 0;

/** Other commands that are thought of before one is given that does not end as wanted. */
const SECOND_THOUGHTS = 7;
const WORKS = [0, 8, 10];
/** Ends that come of what is said and of how things are, not of who says it; of every kind of command alike. */
const AMISS = [2, 3, 6, 7];
const WANTED: readonly (readonly [readonly number[] | null, number])[] = [
  [WORKS, 60],
  [AMISS, 6],
  [null, 34],
];

/** The next command of a sequence: mostly a sensible one, and always a share of nonsense. */
export function chooseAct(dice: Dice, world: World, id: number, at: number): Act {
  const mood = endingToken(dice, world, id) ?? guessing(dice, world) ?? moodOf(dice, world, id);
  if (mood !== undefined) return inSession(dice, world, { id, at, dryRun: false, token: false, ...mood });
  const wanted = dice.weighted(WANTED);
  const think = (): Act => thinkOf(dice, world, { id, at, what: wanted === AMISS ? dice.one(WHATS)[0] : null });
  let act = think();
  for (let tries = SECOND_THOUGHTS; tries > 0 && wanted?.includes(judge(world, act).exit) === false; tries -= 1)
    act = think();
  return inSession(dice, world, act);
}

/** Whose session is over mostly notices, and logs in. */
function inSession(dice: Dice, world: World, act: Act): Act {
  const person = world.people.get(act.by);
  if (person === undefined || person.disabled || act.token || isLoggedIn(world, person) || dice.chance(0.1)) return act;
  return { ...act, dryRun: false, token: false, deed: { what: 'login', password: person.password } };
}

/** What is done however it ends: using a code at the moment it ends, guessing on, locking out who has just entered a code. */
function moodOf(dice: Dice, world: World, id: number): Pick<Act, 'by' | 'deed'> | undefined {
  if (isOnEdge(world) && dice.chance(0.8)) return goingOn(dice, world, id);
  const code = world.codes.findLast((one) => world.now <= one.sentAt + LIFETIME && !one.used);
  if (code === undefined) return undefined;
  const { payment, person: by, wrongTries, verified } = code;
  if (code.void) return dice.chance(0.5) ? goingOn(dice, world, id) : undefined;
  if (verified && dice.chance(0.025)) return { by, deed: lockOut(dice, world, by) };
  // Whoever guesses once guesses on, and knows the right one too late.
  if (verified || dice.chance(wrongTries === 0 ? 0.9 : 0.4)) return undefined;
  const typed = wrongTries >= 5 ? { payment, person: by, back: 0 } : null;
  return { by, deed: { what: 'payment otp --verify', payment, code: typed } };
}

/** A token is used at the moment it ends. */
function endingToken(dice: Dice, world: World, id: number): Pick<Act, 'by' | 'deed' | 'token'> | undefined {
  const owner = [...world.people.values()].find(
    ({ tokens }) => Math.abs(world.now - (tokens.at(-1)?.endsAt ?? 0)) <= 1,
  );
  if (owner === undefined || dice.chance(0.2)) return undefined;
  const lent = LENT.filter((what) => owner.tokens.at(-1)?.scopes.includes(SCOPE_OF[what] ?? ''));
  const what = dice.one(lent.length > 0 ? lent : LENT);
  return { by: owner.name, token: true, deed: DEEDS[what]({ dice, world, id }) };
}

/** Whoever has guessed a password guesses on, until they are locked out, and then knows the right one. */
function guessing(dice: Dice, world: World): Pick<Act, 'by' | 'deed'> | undefined {
  const person = [...world.people.values()].find(({ failedLogins, disabled }) => failedLogins > 0 && !disabled);
  if (person === undefined) return undefined;
  const { name: by, failedLogins, password } = person;
  const isLocked = failedLogins >= 10;
  if (dice.chance(isLocked ? 0.9 : failedLogins >= 3 ? 0.1 : 0.9)) return undefined;
  return { by, deed: { what: 'login', password: isLocked ? password : 'wrong horse battery' } };
}

/** What tokens can be lent. */
const LENT = Object.keys(SCOPE_OF) as What[];

const lockOut = (dice: Dice, world: World, name: string): Deed => ({
  what: 'user password (own)',
  current: world.people.get(name)?.password ?? '',
  password: dice.one(['another horse battery', 'one more horse battery']),
});

/** How long it takes until somebody does something: seconds, sometimes until an edge of time, rarely days. */
export function timeBefore(dice: Dice, world: World, settled: boolean): number {
  const edge = dice.chance(0.04) ? dice.one([...edgesAhead(dice, world, settled ? 6 * DAY : HOUR), 0]) : 0;
  if (edge > world.now) return edge - world.now;
  return dice.weighted([
    [dice.between(1, 15) * SECOND, 95],
    [dice.between(1, 8) * MINUTE, 1.5],
    [dice.between(15, 180) * MINUTE, 0.25],
    [settled ? dice.between(3, 40) * HOUR : SECOND, 0.2],
    [settled ? dice.between(2, 6) * DAY : SECOND, 0.1],
  ]);
}

/** Instants at which something ends, and those a millisecond before and after. */
function edgesAhead(dice: Dice, world: World, farthest: number): number[] {
  const codes = world.codes.filter((code) => !code.used && !code.void).map(({ sentAt }) => sentAt + 5 * MINUTE);
  const people = [...world.people.values()];
  const grants = people.flatMap(({ grants }) => grants.flatMap(({ until }) => until ?? []));
  const sessions = people.flatMap(({ session }) => (session === null ? [] : session.lastUsedAt + 15 * MINUTE));
  const tokens = people.flatMap((person) => person.tokens.slice(-1)).filter(({ revoked }) => !revoked);
  const locks = people.flatMap(({ lockedUntil }) => lockedUntil ?? []);
  const kind = dice.weighted([
    [codes, 80],
    [locks, 6],
    [grants, 9],
    [tokens.map(({ endsAt }) => endsAt), 6],
    [sessions, 3],
  ]);
  return kind
    .flatMap((instant) => [instant - 1, instant, instant + 1])
    .filter((instant) => instant > world.now && instant < world.now + farthest);
}

interface Occasion {
  readonly id: number;
  readonly at: number;
  /** What is done; null leaves it to chance. */
  readonly what: What | null;
}

function thinkOf(dice: Dice, world: World, { id, at, what: given }: Occasion): Act {
  const goesOn = given === null && dice.chance(isOnEdge(world) ? 0.9 : 0.42);
  const next = goesOn ? goingOn(dice, world, id) : undefined;
  if (next !== undefined) return { id, at, dryRun: dice.chance(0.02), token: dice.chance(0.01), ...next };
  const what = given ?? (world.funds.size < 2 && dice.chance(0.4) ? 'fund create' : dice.weighted(WHATS));
  if (given === null && !isAboutSomething(world, what) && dice.chance(0.97))
    return thinkOf(dice, world, { id, at, what: given });
  const deed = DEEDS[what]({ dice, world, id });
  const token = dice.chance(LENT.includes(what) ? 0.1 : 0.03);
  return { id, by: someone(dice, world, what, deed), at, dryRun: dice.chance(0.03), token, deed };
}

const LIFETIME = 5 * MINUTE;

/** Whether a code ends at this very moment, or has just ended. */
const isOnEdge = ({ codes, now }: World): boolean => codes.some(({ sentAt }) => Math.abs(now - sentAt - LIFETIME) <= 1);

/** What comes next for who has just been sent a code, or entered it: five minutes are short. */
function goingOn(dice: Dice, world: World, id: number): Pick<Act, 'by' | 'deed'> | undefined {
  const dead = dice.chance(0.4);
  const code = world.codes.findLast(
    (one) => !one.used && (dead || !one.void) && world.now <= one.sentAt + LIFETIME + SECOND,
  );
  const payment = code === undefined ? undefined : world.payments.get(code.payment);
  if (code === undefined || payment?.status !== 'pending') return undefined;
  // Now and then another tries to profit from it.
  const by = dice.chance(0.07) ? dice.one([...world.people.keys()]) : code.person;
  if (!code.verified && dice.chance(0.95)) {
    const right = dice.chance(0.93);
    const typed = right
      ? { payment: payment.id, person: code.person, back: 0 }
      : codeFor({ dice, world, id }, payment.id);
    return { by, deed: { what: 'payment otp --verify', payment: payment.id, code: typed } };
  }
  const said = payment.method !== 'cash' && dice.chance(0.5) ? reference({ dice, world, id }, world.paidWith) : null;
  return { by, deed: { what: 'payment execute', payment: payment.id, reference: said, yes: dice.chance(0.98) } };
}

/** Who does it: mostly somebody whose work it is, sometimes one who has had another part in it, sometimes anybody. */
function someone(dice: Dice, world: World, what: What, deed: Deed): string {
  const everybody = [...world.people.values()];
  const roles = WHOSE[what] ?? [];
  const fit = everybody.filter((person) => holds(world, person, roles) && !person.disabled).map(({ name }) => name);
  const tempted = partnersIn(world, deed).filter((name) => fit.includes(name));
  // Whoever asked for a code is mostly who goes on with the payment.
  const holder =
    'payment' in deed ? world.codes.findLast(({ payment }) => payment === deed.payment)?.person : undefined;
  const names = dice.weighted([
    [fit, 62],
    [tempted, 14],
    [holder === undefined ? [] : [holder], 40],
    [everybody.filter(({ disabled }) => disabled).map(({ name }) => name), 3],
    [everybody.map(({ name }) => name), 16],
  ]);
  return dice.one(names.length > 0 ? names : everybody.map(({ name }) => name));
}

/** Everybody who has had a part in what a deed is about, and whose phone it would be paid to. */
function partnersIn(world: World, deed: Deed): string[] {
  const payment = 'payment' in deed ? world.payments.get(deed.payment) : undefined;
  const requisition = world.requisitions.get(payment?.requisition ?? ('requisition' in deed ? deed.requisition : ''));
  const money = 'replenishment' in deed ? world.replenishments.get(deed.replenishment) : undefined;
  const change = 'change' in deed ? world.changes.get(deed.change) : undefined;
  const siblings = [...world.payments.values()].filter((one) => one.requisition === requisition?.id);
  const names = [
    ...[requisition?.requester, ...(requisition?.decisions ?? []).map(({ by }) => by)],
    ...siblings.map(({ executor }) => executor),
    ...[...world.people.values()]
      .filter(({ phone }) => phone !== null && phone === payment?.to)
      .map(({ name }) => name),
    ...[money?.requester, money?.approver, change?.proposer, change?.proposal.subject, ...(change?.confirmers ?? [])],
    world.payments.get(change?.proposal.subject ?? '')?.executor,
  ];
  return names.filter((name) => typeof name === 'string' && world.people.has(name)) as string[];
}
