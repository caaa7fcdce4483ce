import type { Role } from '../../src/domain/access.ts';
import type { Act, Deed, What } from './acts.ts';
import { codeFor, DEEDS, reference } from './deeds.ts';
import type { Dice } from './dice.ts';
import { judge } from './rules.ts';
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
  ...{
    'replenish check': CHECKERS,
    'user add': ADMINS,
    'policy set': ['admin', 'cfo'],
    'user role': ADMINS,
    'user edit': ADMINS,
  },
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

/** Other commands that are thought of before one that would be refused is given. */
const SECOND_THOUGHTS = 7;

/** The next command of a sequence: mostly a sensible one, and always a share of nonsense. */
export function chooseAct(dice: Dice, world: World, id: number, at: number): Act {
  const mood = moodOf(dice, world, id);
  if (mood !== undefined) return inSession(dice, world, { id, at, dryRun: false, token: false, ...mood });
  const sensible = dice.chance(0.62);
  let act = thinkOf(dice, world, id, at);
  for (let tries = SECOND_THOUGHTS; sensible && tries > 0 && ![0, 8, 10].includes(judge(world, act).exit); tries -= 1)
    act = thinkOf(dice, world, id, at);
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
  const kind = dice.weighted([
    [codes, 80],
    [grants, 9],
    [sessions, 3],
  ]);
  return kind
    .flatMap((instant) => [instant - 1, instant, instant + 1])
    .filter((instant) => instant > world.now && instant < world.now + farthest);
}

function thinkOf(dice: Dice, world: World, id: number, at: number): Act {
  const next = dice.chance(isOnEdge(world) ? 0.9 : 0.42) ? goingOn(dice, world, id) : undefined;
  if (next !== undefined) return { id, at, dryRun: dice.chance(0.02), token: dice.chance(0.01), ...next };
  const what = world.funds.size < 2 && dice.chance(0.4) ? 'fund create' : dice.weighted(WHATS);
  if (!isAboutSomething(world, what) && dice.chance(0.97)) return thinkOf(dice, world, id, at);
  const deed = DEEDS[what]({ dice, world, id });
  return { id, by: someone(dice, world, what, deed), at, dryRun: dice.chance(0.03), token: dice.chance(0.04), deed };
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
  return { by, deed: { what: 'payment execute', payment: payment.id, reference: said, yes: true } };
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
