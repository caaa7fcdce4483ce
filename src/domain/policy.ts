import { METHODS, type Method } from './payment.ts';

/** Roles that approve, and so may be asked for among a requisition's approvers. */
export const APPROVING_ROLES = ['approver', 'cfo'] as const;
export type ApprovingRole = (typeof APPROVING_ROLES)[number];

/** Days of the week, Monday first as ISO 8601 has it. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** One step of the approval ladder: up to and with its figure, so many different people approve. */
export interface Tier {
  /** Null in the last tier only: it has no end. */
  readonly upToMinor: number | null;
  readonly approvers: number;
  /** At most as many as approvers; each must be held by another one of them. */
  readonly roles: readonly ApprovingRole[];
}

/** What a fund may pay by one method: at once, and in one day of the office. The figure itself may be paid. */
export interface MethodLimits {
  readonly perPaymentMinor: number | null;
  readonly perDayMinor: number | null;
}

/** The figures of one currency. */
export interface MoneyRules {
  /** Contiguous, never fewer approvers further up, the last one without end: every amount has exactly one tier. */
  readonly approval: readonly Tier[];
  readonly limits: Readonly<Record<Method, MethodLimits>>;
  /** Above this a CFO must approve or execute. */
  readonly cfoAboveMinor: number | null;
  /** Above these a code is needed, whatever the fund's own threshold is; a lower threshold of the fund still counts. */
  readonly otpAboveMinor: number | null;
  readonly otpAboveByMethodMinor: Readonly<Record<Method, number | null>>;
  /** A difference up to this is tolerated: whoever approves more says why. */
  readonly varianceMinor: number | null;
}

/** When payments may be executed: from the start of a minute, up to but without that of another. */
export interface PaymentHours {
  /** The methods it is about; none is every method that has no hours of its own. */
  readonly methods: readonly Method[];
  readonly days: readonly Weekday[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Days after which something that waits is stale. */
export interface StaleDays {
  readonly statementDays: number | null;
  readonly requisitionDays: number | null;
  readonly changeDays: number | null;
}

/** After how long something that waits raises an alert; null is as long as in an office whose policy says nothing (see alert.ts). */
export interface AlertTimes {
  readonly paymentStuckMinutes: number | null;
  readonly varianceWaitingHours: number | null;
  readonly replenishmentWaitingHours: number | null;
}

/** Who may be told of an event: who paid it, who approved it, the CFOs of its fund. */
export const AUDIENCES = ['payer', 'approver', 'cfo'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Of what people may be told by mail; about requests and differences only CFOs, as nobody has paid or approved them. */
export const NOTIFY_EVENTS = [
  'payment_paid',
  'payment_failed',
  'payment_reversed',
  'schedule_refused',
  'replenishment_requested',
  'variance_recorded',
] as const;

/** Whom the policy wants told of an event. */
export interface NotifyRule {
  readonly event: (typeof NOTIFY_EVENTS)[number];
  readonly to: readonly Audience[];
  /** By SMS as well; not there where only by mail, so that a policy from before has the same text. */
  readonly sms?: true;
}

/** Everything that a policy says. Kept as canonical JSON of exactly this. */
export interface PolicyTerms {
  /** The office's currency, whose rules stand first in the file. */
  readonly currency: string;
  /** By currency; the office's own is always there. */
  readonly money: Readonly<Record<string, MoneyRules>>;
  readonly hours: readonly PaymentHours[];
  /** Tolerated difference in hundredths of a percent: 500 is 5 %. */
  readonly varianceBasisPoints: number | null;
  readonly stale: StaleDays;
  /** Not there where nothing is said of it, so that a policy from before has the same text. */
  readonly alerts?: AlertTimes;
  /** Not there where nobody is told, so that a policy from before has the same text. */
  readonly notify?: readonly NotifyRule[];
}

/** A version of the policy; 0 is none at all, as after `init`. */
export interface Policy {
  readonly version: number;
  readonly terms: PolicyTerms | null;
}

/** The state after `init`: one approver suffices, no limits, no hours. */
export const NO_POLICY: Policy = { version: 0, terms: null };

const byMethod = <Value>(value: Value): Readonly<Record<Method, Value>> => ({ mpesa: value, bank: value, cash: value });

/** The money rules of a currency that nothing is said about in an office without any. */
export const OPEN_RULES: MoneyRules = {
  approval: [{ upToMinor: null, approvers: 1, roles: [] }],
  limits: byMethod({ perPaymentMinor: null, perDayMinor: null }),
  cfoAboveMinor: null,
  otpAboveMinor: null,
  otpAboveByMethodMinor: byMethod(null),
  varianceMinor: null,
};

/**
 * The rules of a currency. One that the policy does not name has no figures to compare with: then its last tier, its CFO and its
 * code are asked for at any amount, so that another currency is no way around them.
 */
export function rulesFor({ terms }: Policy, currency: string): MoneyRules {
  if (terms === null) return OPEN_RULES;
  const named = terms.money[currency];
  if (named !== undefined) return named;
  const { approval, cfoAboveMinor, otpAboveMinor, otpAboveByMethodMinor } = terms.money[terms.currency] ?? OPEN_RULES;
  const always = (figure: number | null): number | null => (figure === null ? null : 0);
  return {
    ...OPEN_RULES,
    approval: approval.slice(-1),
    cfoAboveMinor: always(cfoAboveMinor),
    otpAboveMinor: always(otpAboveMinor),
    otpAboveByMethodMinor: {
      mpesa: always(otpAboveByMethodMinor.mpesa),
      bank: always(otpAboveByMethodMinor.bank),
      cash: always(otpAboveByMethodMinor.cash),
    },
  };
}

/** The one tier of an amount: the first whose figure is not below it. */
export function tierOf({ approval }: Pick<MoneyRules, 'approval'>, amountMinor: number): Tier {
  const tier = approval.find(({ upToMinor }) => upToMinor === null || amountMinor <= upToMinor);
  if (tier === undefined) throw new Error('a policy whose last tier ends');
  return tier;
}

/** The hours that a method has; none when it may be paid at any time. */
export function hoursOf({ terms }: Policy, method: Method): readonly PaymentHours[] {
  if (terms === null) return [];
  const own = terms.hours.filter(({ methods }) => methods.includes(method));
  return own.length > 0 ? own : terms.hours.filter(({ methods }) => methods.length === 0);
}

/** Above which amount a code is needed: the lowest of the fund's threshold and what the policy says. Never looser than the fund. */
export function otpThreshold(
  { otpAboveMinor, otpAboveByMethodMinor }: MoneyRules,
  method: Method,
  fundThresholdMinor: number,
): number {
  const figures = [otpAboveMinor, otpAboveByMethodMinor[method]].filter((figure) => figure !== null);
  return Math.min(fundThresholdMinor, ...figures);
}

/** Whether the policy limits what some method may pay in a day: only then are days summed. */
export const limitsDays = ({ money }: PolicyTerms): boolean =>
  Object.values(money).some(({ limits }) => METHODS.some((method) => limits[method].perDayMinor !== null));

/** The day of the week of an ISO day. */
export function weekdayOf(date: string): Weekday {
  const sundayFirst = new Date(`${date}T00:00:00.000Z`).getUTCDay();
  return WEEKDAYS[(sundayFirst + 6) % 7] as Weekday;
}

/** The currencies that a policy names, the office's first. */
export const currenciesOf = ({ currency, money }: PolicyTerms): string[] => [
  currency,
  ...Object.keys(money)
    .filter((code) => code !== currency)
    .toSorted(),
];
