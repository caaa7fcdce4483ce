import { decimalOf } from './money.ts';
import { METHODS } from './payment.ts';
import { currenciesOf, rulesFor, type MoneyRules, type PolicyTerms, type Tier } from './policy.ts';
import { clockText, dayRanges } from './policy-text.ts';

/** A policy as the TOML file that makes it; reading it again gives the same terms. Lines fit 44 columns, so they are never wrapped. */
export function policyToml(terms: PolicyTerms): string {
  const rulesOf = (code: string): MoneyRules => rulesFor({ version: 0, terms }, code);
  const own = rulesOf(terms.currency);
  const others = currenciesOf(terms).slice(1);
  const sections = [
    ...moneySections('', own, terms.currency),
    ...terms.hours.map(({ methods, days, fromMinute, toMinute }) => [
      '[[hours]]',
      ...(methods.length === 0 ? [] : [`methods = ${list(methods)}`]),
      `days = ${list(dayRanges(days))}`,
      `from = "${clockText(fromMinute)}"`,
      `to = "${clockText(toMinute)}"`,
    ]),
    section('variance', [
      ['percent', terms.varianceBasisPoints === null ? null : `"${percentText(terms.varianceBasisPoints)}"`],
      ['amount', amount(own.varianceMinor, terms.currency)],
    ]),
    section('stale', [
      ['statement_days', terms.stale.statementDays],
      ['requisition_days', terms.stale.requisitionDays],
      ['change_days', terms.stale.changeDays],
    ]),
    section('alerts', [
      ['payment_stuck_minutes', terms.alerts?.paymentStuckMinutes ?? null],
      ['variance_waiting_hours', terms.alerts?.varianceWaitingHours ?? null],
      ['replenishment_waiting_hours', terms.alerts?.replenishmentWaitingHours ?? null],
    ]),
    section('notify', [
      ...(terms.notify ?? []).map(({ event, to }): Entry => [event, list(to)]),
      ['sms', textedList(terms)],
    ]),
    ...others.flatMap((code) => [
      ...moneySections(`currency.${code}.`, rulesOf(code), code),
      section(`currency.${code}.variance`, [['amount', amount(rulesOf(code).varianceMinor, code)]]),
    ]),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** `5`, `2.5`: hundredths of a percent for people. */
export const percentText = (basisPoints: number): string => String(basisPoints / 100);

function moneySections(prefix: string, rules: MoneyRules, currency: string): string[][] {
  const money = (minor: number | null) => amount(minor, currency);
  return [
    ...rules.approval.map((tier) => tierSection(prefix, tier, currency)),
    section(`${prefix}cfo`, [['above', money(rules.cfoAboveMinor)]]),
    ...METHODS.map((method) =>
      section(`${prefix}limits.${method}`, [
        ['per_payment', money(rules.limits[method].perPaymentMinor)],
        ['per_day', money(rules.limits[method].perDayMinor)],
      ]),
    ),
    section(`${prefix}otp`, [
      ['above', money(rules.otpAboveMinor)],
      ...METHODS.map((method): Entry => [method, money(rules.otpAboveByMethodMinor[method])]),
    ]),
  ];
}

const tierSection = (prefix: string, { upToMinor, approvers, roles }: Tier, currency: string): string[] => [
  `[[${prefix}approval]]`,
  ...(upToMinor === null ? [] : [`up_to = "${decimalOf(upToMinor, currency)}"`]),
  `approvers = ${approvers}`,
  ...(roles.length === 0 ? [] : [`roles = ${list(roles)}`]),
];

type Entry = readonly [key: string, value: string | number | null];

/** A table with the entries that are there; nothing when none are. */
function section(name: string, entries: readonly Entry[]): string[] {
  const lines = entries.flatMap(([key, value]) => (value === null ? [] : [`${key} = ${value}`]));
  return lines.length === 0 ? [] : [`[${name}]`, ...lines];
}

const amount = (minor: number | null, currency: string): string | null =>
  minor === null ? null : `"${decimalOf(minor, currency)}"`;

/** One item a line, as a long list would be wrapped. */
/** What is told by SMS as well; null for nothing. */
function textedList({ notify = [] }: PolicyTerms): string | null {
  const events = notify.flatMap(({ event, sms }) => (sms === true ? [event] : []));
  return events.length === 0 ? null : list(events);
}

const list = (items: readonly string[]): string =>
  items.length < 4
    ? `[${items.map((item) => `"${item}"`).join(', ')}]`
    : `[\n${items.map((item) => `  "${item}",`).join('\n')}\n]`;
