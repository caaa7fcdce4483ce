import type { ApprovingRole, Day, PolicyWords } from '../acts.ts';
import { check, done, refuse, type Fault } from '../verdict.ts';
import {
  DAY,
  hasPaid,
  minor,
  MINUTE,
  startOfToday,
  type Currency,
  type Decision,
  type Fund,
  type Method,
  type Payment,
  type Person,
  type Requisition,
  type World,
} from '../world.ts';
import type { Judges } from './judge.ts';
import { propose } from './proposing.ts';
import { holds } from './standing.ts';

type Tier = PolicyWords['approval'][number];

const OPEN: PolicyWords = { approval: [{ approvers: 1 }] };

/** The policy in force; after `init` one approver suffices, and there are no limits and no hours. */
const wordsOf = ({ policy }: World): PolicyWords => policy.words ?? OPEN;

/** Every policy here speaks of shillings; in a currency that it does not name its strictest rules count at any amount. */
const isNamed = (currency: Currency): boolean => currency === 'KES';

/** The tier of a requisition's amount: each includes its figure. */
function tierOf(world: World, { amount, currency }: Requisition): Tier {
  const { approval } = wordsOf(world);
  const last = approval.at(-1) ?? { approvers: 1 };
  if (!isNamed(currency)) return last;
  return approval.find(({ up_to: upTo }) => upTo !== undefined && amount <= minor(upTo, currency)) ?? last;
}

/** Approvals of the present terms. */
const approvalsOf = ({ decisions, revision }: Requisition): Decision[] =>
  decisions.filter((one) => one.approved && one.revision === revision);

/** How many of some roles can be filled by different people: every way is tried. */
function filled(roles: readonly ApprovingRole[], people: readonly Pick<Decision, 'as'>[]): number {
  const [role, ...rest] = roles;
  if (role === undefined) return 0;
  const filledNow = people.flatMap((person, at) =>
    person.as.includes(role) ? [1 + filled(rest, people.toSpliced(at, 1))] : [],
  );
  return Math.max(filled(rest, people), ...filledNow);
}

/** How many more people must approve, at best, before a tier is satisfied. */
const lacking = ({ approvers, roles = [] }: Tier, people: readonly Pick<Decision, 'as'>[]): number =>
  Math.max(0, approvers - people.length, roles.length - filled(roles, people));

/** Whether the policy asks that a CFO approves a requisition, or executes its payment, and none has approved it. */
function lacksCfo(world: World, requisition: Requisition): boolean {
  const above = wordsOf(world).cfo?.above;
  if (above === undefined || approvalsOf(requisition).some((one) => one.as.includes('cfo'))) return false;
  return requisition.amount > (isNamed(requisition.currency) ? minor(above, requisition.currency) : 0);
}

/** Whether enough people, with the roles, have approved a requisition's present terms. */
export const isApproved = (world: World, requisition: Requisition): boolean =>
  lacking(tierOf(world, requisition), approvalsOf(requisition)) === 0;

/** Whether something is still asked of a requisition's approvers. */
export const awaitsMore = (world: World, requisition: Requisition): boolean =>
  !isApproved(world, requisition) || lacksCfo(world, requisition);

/** Whether one more approval in these roles brings a requisition nearer to what is asked. */
export function helps(world: World, requisition: Requisition, as: readonly ApprovingRole[]): boolean {
  const [tier, given] = [tierOf(world, requisition), approvalsOf(requisition)];
  return (
    lacking(tier, [...given, { as }]) < lacking(tier, given) || (lacksCfo(world, requisition) && as.includes('cfo'))
  );
}

/** Above which amount a payment from a fund needs a code: the policy may ask for more codes than the fund, never for fewer. */
export function codeThreshold(world: World, fund: Fund, method: Method): number {
  const { otp } = wordsOf(world);
  const figures = [otp?.above, otp?.[method]].flatMap((units) =>
    units === undefined ? [] : [isNamed(fund.currency) ? minor(units, fund.currency) : 0],
  );
  return Math.min(fund.threshold, ...figures);
}

/** What the policy has against executing a payment now; what was paid, or is being paid, it judges no more. */
export function policyFaults(
  world: World,
  person: Person,
  { payment, requisition, fund }: { payment: Payment; requisition: Requisition; fund: Fund },
): { cfo: boolean; limit: boolean; hours: boolean; approvals: boolean } {
  if (payment.status !== 'pending' && payment.status !== 'failed')
    return { cfo: false, limit: false, hours: false, approvals: false };
  return {
    cfo: lacksCfo(world, requisition) && !holds(world, person, ['cfo'], fund.at),
    limit: isNamed(fund.currency) && isBeyond(world, payment, fund),
    hours: !isOpenNow(world, payment.method),
    approvals: !isApproved(world, requisition),
  };
}

/** Whether a payment exceeds what a fund may pay by its method, at once or today; the figure itself may be paid. */
function isBeyond(world: World, payment: Payment, fund: Fund): boolean {
  const { per_payment: once, per_day: daily } = wordsOf(world).limits?.[payment.method] ?? {};
  const today = [...world.payments.values()]
    .filter(({ id, fund: of, method, status, executedAt }) => {
      const left = ['executing', 'success', 'reversed'].includes(status) && (executedAt ?? 0) >= startOfToday(world);
      return left && id !== payment.id && of === fund.code && method === payment.method;
    })
    .reduce((sum, { amount }) => sum + amount, 0);
  return (
    (once !== undefined && payment.amount > minor(once, fund.currency)) ||
    (daily !== undefined && today + payment.amount > minor(daily, fund.currency))
  );
}

const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Whether a method may be paid at this moment where the office is: from the start of a minute, up to but without another. */
function isOpenNow(world: World, method: Method): boolean {
  const all = wordsOf(world).hours ?? [];
  const own = all.filter(({ methods }) => methods?.includes(method));
  const windows = own.length > 0 ? own : all.filter(({ methods }) => methods === undefined);
  const local = world.now + world.ahead;
  // The first of January 1970 was a Thursday.
  const today = DAYS[(Math.floor(local / DAY) + 3) % 7] ?? 'mon';
  const minute = Math.floor((local % DAY) / MINUTE);
  const isOpen = ({ days, from, to }: (typeof windows)[number]): boolean =>
    days.includes(today) && minute >= minuteOf(from) && minute < minuteOf(to);
  return windows.length === 0 || windows.some(isOpen);
}

const minuteOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Tiers rise, only the last has no end, none asks for less than the one before, and for no more roles than people. */
const isFit = ({ approval }: PolicyWords): boolean =>
  approval.every(({ up_to: upTo, approvers, roles = [] }, at) => {
    const before = approval[at - 1];
    const isLast = at === approval.length - 1;
    const count = (of: Tier | undefined, role: ApprovingRole): number =>
      (of?.roles ?? []).filter((one) => one === role).length;
    return (
      isLast === (upTo === undefined) &&
      (upTo === undefined || upTo > (before?.up_to ?? 0)) &&
      approvers >= Math.max(before?.approvers ?? 0, roles.length) &&
      (['cfo', 'approver'] as const).every((role) => count({ approvers, roles }, role) >= count(before, role))
    );
  });

/** Whether somebody rules the whole office: an admin, or a CFO of every company. */
export const rulesOffice = (world: World, person: Person): boolean =>
  world.places
    .filter(({ region, branch }) => region === null && branch === null)
    .every((company) => holds(world, person, ['admin', 'cfo'], company));

/** How the policy changes. */
export const POLICY_RULES: Judges<'policy set'> = {
  'policy set': (world, person, deed, act) => {
    if (!holds(world, person, ['admin', 'cfo'])) return refuse(5, 'neither admin nor cfo');
    if (deed.reason === null) return refuse(2, 'the reason is missing');
    if (!rulesOffice(world, person)) return refuse(5, 'their role does not reach the whole office');
    if (!isFit(deed.policy)) return refuse(2, 'no policy that fits');
    if (JSON.stringify(deed.policy) === JSON.stringify(world.policy.words)) return done(() => undefined);
    if (hasPaid(world))
      return propose(world, person, act, { kind: 'policy.set', subject: 'policy', policy: deed.policy }, null);
    return done(() => enact(world, deed.policy));
  },
};

/** The next version of the policy. */
export function enact(world: World, words: PolicyWords): void {
  world.policy = { version: world.policy.version + 1, words };
}

/** A CFO must act and this person is none: said only where their role is not refused anyway. */
export const cfoFault = (asked: boolean, otherwise: Fault | null): Fault | null =>
  otherwise ?? check(!asked, 5, 'a cfo must act', 'CFO_REQUIRED');
