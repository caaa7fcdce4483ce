import { covers, standsAtOrAbove, type Grant, type Place, type Reach, type Role } from './access.ts';
import { failed, notJudged, passed } from './check.ts';
import type { Check, ProblemKind } from './problem.ts';

export const CHANGE_STATUSES = ['pending', 'confirmed', 'rejected'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/** Whether a text names a status of changes. */
export const isChangeStatus = (text: string): text is ChangeStatus => CHANGE_STATUSES.some((status) => status === text);

/** What people see of a thing before or after a change: a flat record, money as `name`, `name_minor` and `currency`. */
export type Shown = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Roles that move money: giving one of them needs two people. */
const MONEY_ROLES: readonly Role[] = ['approver', 'cashier', 'treasurer', 'cfo'];

/** Whether a role moves money. */
export const movesMoney = (role: Role): boolean => MONEY_ROLES.includes(role);

/** A role at a place with its end; null never ends by itself. */
export interface TimedGrant extends Grant {
  readonly endsAt: Date | null;
}

/** Whether `after` holds a role that moves money, at a place or for a time, that `before` did not: only then are two needed. */
export const opensDoors = (before: readonly TimedGrant[], after: readonly TimedGrant[]): boolean =>
  after.some((wanted) => movesMoney(wanted.role) && !before.some((held) => contains(held, wanted)));

const contains = (held: TimedGrant, wanted: TimedGrant): boolean =>
  held.role === wanted.role &&
  reaches(held, wanted) &&
  (held.endsAt === null || (wanted.endsAt !== null && wanted.endsAt <= held.endsAt));

const reaches = (held: Grant, wanted: Grant): boolean =>
  held.companyId === null || (wanted.companyId !== null && covers(held, { ...wanted, companyId: wanted.companyId }));

/** The lowest place that stands above all places; null, the whole office, when there is none. */
export function commonPlace(places: readonly Reach[]): Place | null {
  const [first] = places;
  if (first === undefined || first.companyId === null) return null;
  const { companyId, regionId, branchId } = first;
  const candidates: readonly Place[] = [
    { companyId, regionId, branchId },
    { companyId, regionId, branchId: null },
    { companyId, regionId: null, branchId: null },
  ];
  const isAbove = (candidate: Place): boolean =>
    places.every(
      (place) => place.companyId !== null && standsAtOrAbove(candidate, { ...place, companyId: place.companyId }),
    );
  return candidates.find(isAbove) ?? null;
}

export interface Somebody {
  readonly id: string;
  readonly username: string;
}

/** Who may decide about a change. Everybody named is enabled and holds the role, at a place that covers the change's. */
export interface DecidingFacts {
  readonly proposedBy: string;
  /** Whom the change is about, and others whose own doing it is. */
  readonly concerned: readonly string[];
  readonly cfos: readonly Somebody[];
  readonly approvers: readonly Somebody[];
  /** Where there is no CFO, approvers may not do it instead. */
  readonly cfoOnly?: boolean;
}

/** The people who may confirm a change and how many of them are needed. */
export interface Deciders {
  readonly people: readonly Somebody[];
  readonly needed: 1 | 2;
}

/** A CFO who is neither proposer nor concerned; where there is none, two approvers who are neither, unless only a CFO may. */
export function decidersOf({ proposedBy, concerned, cfos, approvers, cfoOnly = false }: DecidingFacts): Deciders {
  const uninvolved = ({ id }: Somebody): boolean => id !== proposedBy && !concerned.includes(id);
  const able = cfos.filter(uninvolved);
  return able.length > 0 || cfoOnly ? { people: able, needed: 1 } : { people: approvers.filter(uninvolved), needed: 2 };
}

/** `esther`, `two of brian, grace`, or what is missing when nobody may confirm. */
export function whoConfirms({ people, needed }: Deciders): string {
  const names = people.map(({ username }) => username).join(', ');
  if (people.length < needed) {
    return needed === 1
      ? 'nobody yet: it takes a cfo who neither proposed it nor is concerned'
      : 'nobody yet: it takes a cfo, or two approvers, who neither proposed it nor are concerned';
  }
  return needed === 1 ? names : `two of ${names}`;
}

export type ChangeAct = 'confirm' | 'reject';

export interface DecisionFacts extends DecidingFacts {
  readonly act: ChangeAct;
  readonly change: { readonly ref: string; readonly status: string; readonly decidedBy: string | null };
  readonly actor: Somebody;
  /** Who has confirmed it so far. */
  readonly confirmedBy: readonly string[];
}

/** Every rule about confirming or rejecting a change, judged in a fixed order. */
export const decisionChecks = (facts: DecisionFacts): Check[] => [
  statusCheck(facts),
  segregationCheck(facts),
  roleCheck(facts),
  onceCheck(facts),
];

/** The kind of refusal that failing checks make: people before the state of things. */
export const decisionRefusalKind = (checks: readonly Check[]): ProblemKind =>
  checks.some((check) => check.ok === false && (check.id === 'segregation' || check.id === 'role'))
    ? 'forbidden'
    : 'refused';

/** Whether one more confirmation, by the actor, is the last that is needed. Those who may no longer confirm do not count. */
export function completes(facts: DecisionFacts): boolean {
  const { people, needed } = decidersOf(facts);
  const valid = people.filter(({ id }) => id === facts.actor.id || facts.confirmedBy.includes(id));
  return valid.length >= needed;
}

function statusCheck({ change }: DecisionFacts): Check {
  const { ref, status, decidedBy } = change;
  if (status === 'pending') return passed('status', `${ref} is pending.`);
  const message = `${ref} is ${status} already, by ${decidedBy}.`;
  return failed('status', 'CHANGE_DECIDED', message, { command: `treasury change show ${ref}` }, { status });
}

function segregationCheck(facts: DecisionFacts): Check {
  const { act, change, actor, proposedBy, concerned } = facts;
  const who = decidersOf(facts).people.map(({ username }) => username);
  const refuse = (code: string, why: string): Check => failed('segregation', code, why, { who });
  if (actor.id === proposedBy && act === 'confirm')
    return refuse('PROPOSER_MAY_NOT_CONFIRM', `${actor.username} proposed ${change.ref}; somebody else confirms it.`);
  if (actor.id !== proposedBy && concerned.includes(actor.id))
    return refuse('CONCERNED_MAY_NOT_DECIDE', `${change.ref} concerns ${actor.username}; somebody else decides.`);
  return passed('segregation', act === 'confirm' ? 'Two different people.' : 'Whoever proposed it may take it back.');
}

function roleCheck(facts: DecisionFacts): Check {
  const { act, change, actor, proposedBy, concerned, cfos, approvers, cfoOnly = false } = facts;
  const deciders = decidersOf(facts);
  const is = ({ id }: Somebody): boolean => id === actor.id;
  if (deciders.people.some(is) || (act === 'reject' && actor.id === proposedBy))
    return passed('role', `${actor.username} may decide about ${change.ref}.`);
  // Who is involved is refused for that; of the others, approvers count only where no CFO could decide.
  const involved = actor.id === proposedBy || concerned.includes(actor.id);
  if (involved && [...cfos, ...(cfoOnly ? [] : approvers)].some(is))
    return passed('role', `${actor.username} has a role that decides.`);
  const message = `${actor.username} may not ${act} ${change.ref}; who may: ${whoConfirms(deciders)}.`;
  return failed('role', 'NOT_A_CONFIRMER', message, { who: deciders.people.map(({ username }) => username) });
}

function onceCheck({ act, change, actor, confirmedBy }: DecisionFacts): Check {
  if (change.status !== 'pending') return notJudged('once', 'It is decided.');
  if (act === 'reject' || !confirmedBy.includes(actor.id))
    return passed('once', `${actor.username} has not confirmed it before.`);
  return failed(
    'once',
    'CONFIRMED_ALREADY',
    `${actor.username} has confirmed ${change.ref}; it needs another person too.`,
    {
      command: `treasury change show ${change.ref}`,
    },
  );
}
