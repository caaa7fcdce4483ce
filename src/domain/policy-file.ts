import { isCurrency } from './currency.ts';
import { METHODS, type Method } from './payment.ts';
import {
  APPROVING_ROLES,
  AUDIENCES,
  NOTIFY_EVENTS,
  OPEN_RULES,
  WEEKDAYS,
  type AlertTimes,
  type MethodLimits,
  type MoneyRules,
  type NotifyRule,
  type PaymentHours,
  type PolicyTerms,
  type StaleDays,
  type Tier,
  type Weekday,
} from './policy.ts';
import {
  amountAt,
  choiceAt,
  clockAt,
  daysAt,
  fieldsOf,
  itemsOf,
  percentAt,
  refuse,
  wholeAt,
  type PolicyFault,
  type Spot,
} from './policy-spot.ts';

export const MOST_POLICY_BYTES = 64 * 1024;
const MOST_TIERS = 9;
const MOST_APPROVERS = 9;
const MOST_HOURS = 50;
const MOST_DAYS = 3650;
/** A month. */
const MOST_ALERT_HOURS = 31 * 24;

const MONEY_KEYS = ['approval', 'cfo', 'limits', 'otp'] as const;

/**
 * The terms of a policy file that was parsed, amounts in the office's currency unless they stand under `currency.CODE`. Everything
 * that is wrong is named with its key; then the terms are null.
 */
export function readPolicy(
  document: unknown,
  currency: string,
): { readonly terms: PolicyTerms | null; readonly faults: readonly PolicyFault[] } {
  const faults: PolicyFault[] = [];
  const fields = fieldsOf({ path: '', value: document, faults }, [
    ...MONEY_KEYS,
    'alerts',
    'currency',
    'hours',
    'notify',
    'stale',
    'variance',
  ]);
  const variance = fieldsOf(fields.get('variance'), ['percent', 'amount']);
  const own = moneyRules(fields, currency, variance.get('amount'));
  const notify = notifyRules(fields.get('notify'));
  const alerts = alertTimes(fields.get('alerts'));
  const terms: PolicyTerms = {
    currency,
    money: { [currency]: own, ...otherMoney(fields.get('currency'), { currency, tiered: fields.has('approval') }) },
    hours: itemsOf(fields.get('hours'), MOST_HOURS).flatMap(hoursIn),
    varianceBasisPoints: percentAt(variance.get('percent')),
    stale: staleDays(fields.get('stale')),
    ...(alerts === null ? {} : { alerts }),
    ...(notify.length === 0 ? {} : { notify }),
  };
  return { terms: faults.length === 0 ? terms : null, faults };
}

/** Rules of other currencies. Where the office's own has tiers these say theirs, so that no currency is let off by an oversight. */
function otherMoney(
  spot: Spot | undefined,
  office: { readonly currency: string; readonly tiered: boolean },
): Record<string, MoneyRules> {
  const rules: Record<string, MoneyRules> = {};
  for (const [code, spotOf] of fieldsOf(spot, null)) {
    if (!isCurrency(code)) refuse(spotOf, 'is not a currency of ISO 4217, such as USD');
    else if (code === office.currency) refuse(spotOf, "is the office's currency, whose rules stand at the top");
    else {
      const fields = fieldsOf(spotOf, [...MONEY_KEYS, 'variance']);
      rules[code] = moneyRules(fields, code, fieldsOf(fields.get('variance'), ['amount']).get('amount'));
      if (office.tiered && !fields.has('approval'))
        refuse(spotOf, "needs approval tiers of its own, as the office's currency has some");
    }
  }
  return rules;
}

function moneyRules(fields: ReadonlyMap<string, Spot>, currency: string, varianceAmount: Spot | undefined): MoneyRules {
  const approval = fields.get('approval');
  const otp = fieldsOf(fields.get('otp'), ['above', ...METHODS]);
  const limits = fieldsOf(fields.get('limits'), METHODS);
  const threshold = (key: string): number | null => amountAt(otp.get(key), currency, { zero: true });
  return {
    approval: approval === undefined ? OPEN_RULES.approval : tiersIn(approval, currency),
    limits: byMethod((method) => limitsIn(limits.get(method), currency)),
    cfoAboveMinor: amountAt(fieldsOf(fields.get('cfo'), ['above']).get('above'), currency, { zero: true }),
    otpAboveMinor: threshold('above'),
    otpAboveByMethodMinor: byMethod(threshold),
    varianceMinor: amountAt(varianceAmount, currency, { zero: true }),
  };
}

const byMethod = <Value>(of: (method: Method) => Value): Record<Method, Value> => ({
  mpesa: of('mpesa'),
  bank: of('bank'),
  cash: of('cash'),
});

function limitsIn(spot: Spot | undefined, currency: string): MethodLimits {
  const fields = fieldsOf(spot, ['per_payment', 'per_day']);
  return {
    perPaymentMinor: amountAt(fields.get('per_payment'), currency),
    perDayMinor: amountAt(fields.get('per_day'), currency),
  };
}

/** Tiers that are contiguous: figures rise, only the last has no end, and further up never asks for less. */
function tiersIn(spot: Spot, currency: string): Tier[] {
  const items = itemsOf(spot, MOST_TIERS);
  if (isEmptyList(spot.value)) refuse(spot, 'has no tiers; leave it out for one approver');
  const tiers = items.map((item) => tierIn(item, currency));
  for (const [at, { item, tier, ends }] of tiers.entries()) {
    const before = tiers[at - 1]?.tier;
    const last = at === tiers.length - 1;
    if (last && ends) refuse(item, 'is the last tier and has no up_to, so that every amount has a tier');
    if (!last && !ends) refuse(item, 'needs up_to; only the last tier has no end');
    if (before === undefined) continue;
    if (before.upToMinor !== null && tier.upToMinor !== null && tier.upToMinor <= before.upToMinor)
      refuse(item, 'has an up_to that is not above that of the tier before');
    if (asksLess(tier, before)) refuse(item, 'asks for less than the tier before: fewer approvers, or not its roles');
  }
  return tiers.map(({ tier }) => tier);
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const asksLess = (tier: Tier, before: Tier): boolean =>
  tier.approvers < before.approvers || APPROVING_ROLES.some((role) => count(tier, role) < count(before, role));

const count = ({ roles }: Tier, role: string): number => roles.filter((one) => one === role).length;

function tierIn(item: Spot, currency: string): { item: Spot; tier: Tier; ends: boolean } {
  const fields = fieldsOf(item, ['up_to', 'approvers', 'roles']);
  const approvers = wholeAt(fields.get('approvers'), { least: 1, most: MOST_APPROVERS }) ?? 1;
  const roles = itemsOf(fields.get('roles'), MOST_APPROVERS).flatMap((role) => choiceAt(role, APPROVING_ROLES) ?? []);
  if (roles.length > approvers) refuse(item, 'asks for more roles than approvers; each role is another person');
  const tier = { upToMinor: amountAt(fields.get('up_to'), currency), approvers, roles };
  return { item, tier, ends: fields.has('up_to') };
}

function hoursIn(spot: Spot): PaymentHours[] {
  const fields = fieldsOf(spot, ['methods', 'days', 'from', 'to']);
  for (const key of ['days', 'from', 'to']) if (!fields.has(key)) refuse(spot, `needs ${key}`);
  const fromMinute = clockAt(fields.get('from'));
  const toMinute = clockAt(fields.get('to'));
  const days = itemsOf(fields.get('days'), WEEKDAYS.length).flatMap((item): readonly Weekday[] => daysAt(item));
  const methods = itemsOf(fields.get('methods'), METHODS.length).flatMap((item) => choiceAt(item, METHODS) ?? []);
  if (isEmptyList(fields.get('days')?.value)) refuse(spot, 'has no days on which to pay');
  if (fromMinute === null || toMinute === null) return [];
  if (fromMinute >= toMinute) refuse(spot, 'must begin before it ends, on the same day; write a night as two');
  const chosen = <One>(all: readonly One[], some: readonly One[]): One[] => all.filter((one) => some.includes(one));
  return [{ methods: chosen(METHODS, methods), days: chosen(WEEKDAYS, days), fromMinute, toMinute }];
}

/** Nobody has paid or approved a request or a difference yet. */
const ONLY_CFO: readonly NotifyRule['event'][] = ['replenishment_requested', 'variance_recorded'];

function notifyRules(spot: Spot | undefined): NotifyRule[] {
  const fields = fieldsOf(spot, [...NOTIFY_EVENTS, 'sms']);
  const texted = itemsOf(fields.get('sms'), NOTIFY_EVENTS.length).flatMap((item) => textedIn(item, fields));
  return NOTIFY_EVENTS.flatMap((event) => {
    const whom = fields.get(event);
    const choices = ONLY_CFO.includes(event) ? (['cfo'] as const) : AUDIENCES;
    const chosen = itemsOf(whom, AUDIENCES.length).flatMap((item) => choiceAt(item, choices) ?? []);
    const to = AUDIENCES.filter((one) => chosen.includes(one));
    return to.length === 0 ? [] : [{ event, to, ...(texted.includes(event) ? { sms: true as const } : {}) }];
  });
}

/** An event that is told by SMS as well, of which somebody must be told at all. */
function textedIn(item: Spot, fields: ReadonlyMap<string, Spot>): NotifyRule['event'][] {
  const event = choiceAt(item, NOTIFY_EVENTS);
  if (event === null) return [];
  if (!fields.has(event) || isEmptyList(fields.get(event)?.value))
    refuse(item, `names ${event}, of which the policy tells nobody`);
  return [event];
}

function staleDays(spot: Spot | undefined): StaleDays {
  const fields = fieldsOf(spot, ['statement_days', 'requisition_days', 'change_days']);
  const days = (key: string): number | null => wholeAt(fields.get(key), { least: 1, most: MOST_DAYS });
  return {
    statementDays: days('statement_days'),
    requisitionDays: days('requisition_days'),
    changeDays: days('change_days'),
  };
}

/** Null where nothing is said of any of them. */
function alertTimes(spot: Spot | undefined): AlertTimes | null {
  const fields = fieldsOf(spot, ['payment_stuck_minutes', 'variance_waiting_hours', 'replenishment_waiting_hours']);
  const upTo = (key: string, most: number): number | null => wholeAt(fields.get(key), { least: 1, most });
  const times = {
    paymentStuckMinutes: upTo('payment_stuck_minutes', MOST_ALERT_HOURS * 60),
    varianceWaitingHours: upTo('variance_waiting_hours', MOST_ALERT_HOURS),
    replenishmentWaitingHours: upTo('replenishment_waiting_hours', MOST_ALERT_HOURS),
  };
  return Object.values(times).every((time) => time === null) ? null : times;
}
