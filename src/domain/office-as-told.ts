/** An event of the audit trail that says what the office is like from then on. */
export interface TellingEvent {
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  readonly at: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}

type Value = string | number | boolean | null;
/** What is known of a thing, by the names that events use. */
export type Facts = Readonly<Record<string, Value>>;

/** A role that somebody held from one instant to another, the second null while they hold it. */
export interface HeldRole {
  readonly username: string;
  readonly role: string;
  /** The code of its place; null is the whole office. */
  readonly place: string | null;
  /** When it ends by itself, as an ISO instant. */
  readonly until: string | null;
  readonly grantedBy: string;
  readonly from: Date;
  readonly to: Date | null;
}

/** What its events alone say that an office is. */
export interface OfficeAsTold {
  readonly people: ReadonlyMap<string, Facts>;
  readonly roles: readonly HeldRole[];
  readonly funds: ReadonlyMap<string, Facts>;
  readonly office: Facts;
}

/** The actions that say what an office is like. */
export const TELLING: readonly string[] = [
  ...['office.created', 'office.setting_changed', 'pepper.replaced'],
  ...['user.added', 'user.edited', 'user.disabled', 'user.enabled', 'user.roles_changed'],
  ...['fund.created', 'fund.edited', 'fund.frozen', 'fund.unfrozen', 'fund.closed'],
];

const OF_FUNDS = [
  ...['ref', 'name', 'company_id', 'region_id', 'branch_id', 'currency', 'reorder_level_minor', 'imprest_level_minor'],
  ...['otp_threshold_minor', 'payment_limit_minor', 'daily_limit_minor', 'auto_replenish'],
];

/** Replays events, each chain in its order: people with their roles, funds and settings as they were last told. */
export function officeAsTold(events: Iterable<TellingEvent>): OfficeAsTold {
  const people = new Map<string, Facts>();
  const funds = new Map<string, Facts>();
  const roles: HeldRole[] = [];
  let office: Facts = {};
  for (const event of events) {
    const { action, subject, payload } = event;
    const after = factsIn(payload['after']);
    switch (action) {
      case 'office.created':
        office = factsIn(payload);
        break;
      case 'office.setting_changed':
        office = { ...office, [subject.replace(/^office\./, '')]: valueOf(payload['after']) };
        break;
      case 'pepper.replaced':
        office = { ...office, pepper_fingerprint: valueOf(payload['after']) };
        break;
      case 'user.added':
        people.set(subject, { ...some(factsIn(payload), ['email', 'phone', 'name']), disabled: false });
        roles.push(...rolesOf(event, payload));
        break;
      case 'user.edited':
        add(people, subject, some(after, ['email', 'phone', 'name']));
        break;
      case 'user.disabled':
      case 'user.enabled':
        add(people, subject, { disabled: action === 'user.disabled' });
        break;
      case 'user.roles_changed':
        endRoles(roles, event);
        roles.push(...rolesOf(event, objectIn(payload['after'])));
        break;
      case 'fund.created':
        funds.set(subject, { ...some(factsIn(payload), OF_FUNDS), state: 'open' });
        break;
      case 'fund.edited':
        add(funds, subject, some(after, OF_FUNDS));
        break;
      default:
        add(funds, subject, some(after, ['state']));
    }
  }
  return { people, roles, funds, office };
}

/** Facts in which a thing is not as it was told, with both values; what was never told is not compared. */
export const untrueFacts = (told: Facts, found: Facts): { name: string; told: Value; found: Value | undefined }[] =>
  Object.entries(told)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => ({ name, told: value, found: found[name] }));

/** Roles that only one side knows: those in the database that no event gave, and those told that are not there so. */
export function untrueRoles(
  told: readonly HeldRole[],
  found: readonly HeldRole[],
  toleranceMs: number,
): { untold: HeldRole[]; missing: HeldRole[] } {
  const left = new Map<string, HeldRole[]>();
  for (const role of told) left.set(keyOf(role), [...(left.get(keyOf(role)) ?? []), role]);
  const untold: HeldRole[] = [];
  for (const role of found) {
    const same = left.get(keyOf(role)) ?? [];
    const at = same.findIndex((one) => near(one.from, role.from, toleranceMs) && near(one.to, role.to, toleranceMs));
    if (at === -1) untold.push(role);
    else same.splice(at, 1);
  }
  return { untold, missing: [...left.values()].flat() };
}

const keyOf = ({ username, role, place, until, grantedBy }: HeldRole): string =>
  JSON.stringify([username, role, place, until, grantedBy]);

const near = (one: Date | null, other: Date | null, toleranceMs: number): boolean =>
  one === null || other === null ? one === other : Math.abs(one.getTime() - other.getTime()) <= toleranceMs;

function rolesOf({ subject, actor, at, payload }: TellingEvent, given: Readonly<Record<string, unknown>>): HeldRole[] {
  const { roles, place, until } = given;
  // What two people did names who proposed it; the roles are theirs to give.
  const grantedBy = typeof payload['proposed_by'] === 'string' ? payload['proposed_by'] : actor;
  const shared = { username: subject, place: textOf(place), until: textOf(until), grantedBy, from: at, to: null };
  return Array.isArray(roles) ? roles.map((role) => ({ ...shared, role: String(role) })) : [];
}

function endRoles(roles: HeldRole[], { subject, at }: TellingEvent): void {
  for (const [place, role] of roles.entries())
    if (role.username === subject && role.to === null) roles[place] = { ...role, to: at };
}

const add = (things: Map<string, Facts>, name: string, facts: Facts): void =>
  void things.set(name, { ...things.get(name), ...facts });

const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

const factsIn = (value: unknown): Facts =>
  Object.fromEntries(Object.entries(objectIn(value)).map(([name, one]) => [name, valueOf(one)]));

const some = (facts: Facts, names: readonly string[]): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));

const valueOf = (value: unknown): Value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
