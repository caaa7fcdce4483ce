import { formatAmount } from './money.ts';
import {
  APPROVING_ROLES,
  WEEKDAYS,
  type ApprovingRole,
  type MoneyRules,
  type PaymentHours,
  type Tier,
  type Weekday,
} from './policy.ts';
import type { MissingApprovals, OfficeTime } from './policy-rules.ts';

const MINUTES_AN_HOUR = 60;
const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** Minutes since midnight as a clock shows them: 1020 is `17:00`, the end of a day `24:00`. */
export const clockText = (minute: number): string =>
  `${twoDigits(Math.floor(minute / MINUTES_AN_HOUR))}:${twoDigits(minute % MINUTES_AN_HOUR)}`;

/** Days of a week in its order, three or more in a row as a range: `mon-fri`, `sun`. */
export function dayRanges(days: readonly Weekday[]): string[] {
  const runs: Weekday[][] = [];
  for (const day of WEEKDAYS.filter((one) => days.includes(one))) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === WEEKDAYS[WEEKDAYS.indexOf(day) - 1]) run.push(day);
    else runs.push([day]);
  }
  return runs.flatMap((run) => (run.length < 3 ? run : [`${run[0]}-${run.at(-1)}`]));
}

/** `mon-fri 08:00-17:00, sat 09:00-12:00`. */
export const hoursText = (hours: readonly PaymentHours[]): string =>
  hours
    .map(
      ({ days, fromMinute, toMinute }) =>
        `${dayRanges(days).join(' ')} ${clockText(fromMinute)}-${clockText(toMinute)}`,
    )
    .join(', ');

/** `sat 09:06`. */
export const timeText = ({ weekday, minute }: OfficeTime): string => `${weekday} ${clockText(minute)}`;

/** Where a tier stands: `up to KES 500,000.00`, `above KES 1,000,000.00`, `any amount`. */
export function tierSpan({ approval }: Pick<MoneyRules, 'approval'>, tier: Tier, currency: string): string {
  if (tier.upToMinor !== null) return `up to ${formatAmount(tier.upToMinor, currency)}`;
  const before = approval[approval.indexOf(tier) - 1]?.upToMinor ?? null;
  return before === null ? 'any amount' : `above ${formatAmount(before, currency)}`;
}

/** `1 approver`, `1 approver, a cfo`, `2 approvers, among them 1 cfo`. */
export const tierDemand = ({ approvers, roles }: Pick<Tier, 'approvers' | 'roles'>): string =>
  demand(approvers, 'approver', roles);

/** `1 more approver`, `2 more approvers, among them 1 cfo`. */
export const missingText = ({ people, roles }: MissingApprovals): string => demand(people, 'more approver', roles);

function demand(people: number, what: string, roles: readonly ApprovingRole[]): string {
  const [first] = roles;
  if (people === 1) return first === undefined ? `1 ${what}` : `1 ${what}, ${ARTICLES[first]} ${first}`;
  const named = APPROVING_ROLES.filter((role) => roles.includes(role)).map(
    (role) => `${roles.filter((one) => one === role).length} ${role}`,
  );
  return `${people} ${what}s${named.length === 0 ? '' : `, among them ${named.join(' and ')}`}`;
}

const ARTICLES: Readonly<Record<ApprovingRole, string>> = { approver: 'an', cfo: 'a' };
