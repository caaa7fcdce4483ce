import { asc, eq, inArray } from 'drizzle-orm';
import { CLOCK_TOLERANCE_MS } from '../../domain/clock.ts';
import {
  officeAsTold,
  TELLING,
  untrueFacts,
  untrueRoles,
  type Facts,
  type HeldRole,
  type OfficeAsTold,
} from '../../domain/office-as-told.ts';
import type { Row } from '../tables.ts';
import type { Tx } from '../transaction.ts';
import type { Broken, Invariant } from './invariant.ts';

/** Invariant 10 of the office itself: people, roles, limits and settings are what its events made them. */
export const OFFICE_TOLD: readonly Invariant[] = [
  {
    id: 'office_told',
    number: 10,
    title: 'The settings of the office are what their events say',
    find: async (tx, fundId) => (fundId === null ? findUntrue('office', await toldNow(tx), await officeNow(tx)) : []),
  },
  {
    id: 'people_told',
    number: 10,
    title: 'People are reached at what their events say, and shut out or let in as these say',
    find: async (tx, fundId) =>
      fundId === null ? findUntrue('user', (await toldOffice(tx)).people, await peopleNow(tx)) : [],
  },
  {
    id: 'roles_told',
    number: 10,
    title: 'Roles were given and taken by whom and when their events say',
    find: async (tx, fundId) => (fundId === null ? findUntrueRoles(tx) : []),
  },
  {
    id: 'funds_told',
    number: 10,
    title: 'Funds have the place, limits, levels, thresholds and state that their events say',
    find: async (tx, fundId) =>
      findUntrue('fund', await fundsAsked(tx, (await toldOffice(tx)).funds, fundId), await fundsNow(tx, fundId)),
  },
];

/** What the events of the office and its funds say, each chain in its order. */
async function toldOffice(tx: Tx): Promise<OfficeAsTold> {
  const { auditEvents: events } = tx.t;
  const rows = await tx.db
    .select({ body: events.body })
    .from(events)
    .where(inArray(events.action, [...TELLING]))
    .orderBy(asc(events.chain), asc(events.seq));
  return officeAsTold(rows.map(({ body }) => telling(body)));
}

interface Body {
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  readonly at: string;
  readonly payload: Record<string, unknown>;
}

function telling(body: string) {
  const { action, subject, actor, at, payload } = JSON.parse(body) as Body;
  return { action, subject, actor, at: new Date(at), payload };
}

/** Things that are not as they were told, that no event made, or that are gone. */
function findUntrue(noun: string, told: ReadonlyMap<string, Facts>, found: ReadonlyMap<string, Facts>): Broken[] {
  const untrue = [...told].flatMap(([name, facts]): Broken[] => {
    const there = found.get(name);
    if (there === undefined)
      return [{ subject: name, message: `${noun} ${name}, of which events tell, is gone`, facts: {} }];
    return untrueFacts(facts, there).map((one) => ({
      subject: name,
      message: `${noun} ${name} has another ${one.name.replaceAll('_', ' ')} than its events say`,
      facts: { fact: one.name, told: shown(one.told), found: shown(one.found ?? null) },
    }));
  });
  const unknown = [...found.keys()].filter((name) => !told.has(name));
  return [
    ...untrue,
    ...unknown.map((name) => ({ subject: name, message: `no event made ${noun} ${name}`, facts: {} })),
  ];
}

const shown = (value: Facts[string]): string | number | null => (typeof value === 'boolean' ? String(value) : value);

const toldNow = async (tx: Tx): Promise<ReadonlyMap<string, Facts>> =>
  new Map([['office', (await toldOffice(tx)).office]]);

async function officeNow(tx: Tx): Promise<ReadonlyMap<string, Facts>> {
  const rows = await tx.db.select().from(tx.t.office);
  return new Map(
    rows.map(({ currency, timezone, mailUrl, mailFrom, pepperFingerprint }) => [
      'office',
      { currency, timezone, mail_url: mailUrl, mail_from: mailFrom, pepper_fingerprint: pepperFingerprint },
    ]),
  );
}

async function peopleNow(tx: Tx): Promise<ReadonlyMap<string, Facts>> {
  const { username, email, phone, displayName, disabledAt } = tx.t.users;
  const rows = await tx.db.select({ username, email, phone, displayName, disabledAt }).from(tx.t.users);
  return new Map(
    rows.map((user) => [
      user.username,
      { email: user.email, phone: user.phone, name: user.displayName, disabled: user.disabledAt !== null },
    ]),
  );
}

async function findUntrueRoles(tx: Tx): Promise<Broken[]> {
  const { untold, missing } = untrueRoles((await toldOffice(tx)).roles, await rolesNow(tx), CLOCK_TOLERANCE_MS);
  const broken = ({ username, role, place, from, to }: HeldRole, why: string): Broken => ({
    subject: username,
    message: `${username} ${why} ${role} of ${place ?? 'the whole office'} from ${from.toISOString()} to ${to?.toISOString() ?? 'now'}`,
    facts: { role, place },
  });
  return [
    ...untold.map((role) => broken(role, 'is, as no event says,')),
    ...missing.map((role) => broken(role, 'is not, as events say,')),
  ];
}

async function rolesNow(tx: Tx): Promise<HeldRole[]> {
  const { roleGrants, users, companies, regions, branches } = tx.t;
  const rows = await tx.db
    .select({
      grant: roleGrants,
      username: users.username,
      company: companies.code,
      region: regions.code,
      branch: branches.code,
    })
    .from(roleGrants)
    .innerJoin(users, eq(users.id, roleGrants.userId))
    .leftJoin(companies, eq(companies.id, roleGrants.companyId))
    .leftJoin(regions, eq(regions.id, roleGrants.regionId))
    .leftJoin(branches, eq(branches.id, roleGrants.branchId))
    .orderBy(asc(roleGrants.grantedAt), asc(roleGrants.id));
  return rows.map(({ grant, username, company, region, branch }) => ({
    ...{ username, role: grant.role, place: branch ?? region ?? company, grantedBy: grant.grantedBy },
    ...{ from: grant.grantedAt, to: grant.revokedAt, until: grant.endsAt?.toISOString() ?? null },
  }));
}

async function fundsAsked(
  tx: Tx,
  told: ReadonlyMap<string, Facts>,
  fundId: string | null,
): Promise<ReadonlyMap<string, Facts>> {
  if (fundId === null) return told;
  const [fund] = await tx.db.select({ code: tx.t.funds.code }).from(tx.t.funds).where(eq(tx.t.funds.id, fundId));
  return new Map([...told].filter(([code]) => code === fund?.code));
}

async function fundsNow(tx: Tx, fundId: string | null): Promise<ReadonlyMap<string, Facts>> {
  const { funds } = tx.t;
  const rows = await tx.db
    .select()
    .from(funds)
    .where(fundId === null ? undefined : eq(funds.id, fundId));
  return new Map(rows.map((fund) => [fund.code, factsOf(fund)]));
}

const factsOf = (fund: Row<'funds'>): Facts => ({
  ...{ ref: fund.ref, name: fund.name, currency: fund.currency, state: fund.state },
  ...{ company_id: fund.companyId, region_id: fund.regionId, branch_id: fund.branchId },
  ...{ reorder_level_minor: fund.reorderLevelMinor, imprest_level_minor: fund.imprestLevelMinor },
  ...{ otp_threshold_minor: fund.otpThresholdMinor, auto_replenish: fund.autoReplenish },
  ...{ payment_limit_minor: fund.paymentLimitMinor, daily_limit_minor: fund.dailyLimitMinor },
});
