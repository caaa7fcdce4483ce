import { inWords } from './duration.ts';
import { formatAmount } from './money.ts';
import type { PolicyTerms } from './policy.ts';

export const ALERT_KINDS = [
  'fund_low',
  'fund_critical',
  'payment_failed',
  'payment_stuck',
  'variance_waiting',
  'replenishment_waiting',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Whether a text names a status of alerts. */
export const isAlertStatus = (text: string): text is AlertStatus => ALERT_STATUSES.some((status) => status === text);

/** An alert is resolved when its cause is gone, whether somebody has acknowledged it or not. */
export const alertStatus = (alert: {
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
}): AlertStatus => {
  if (alert.resolvedAt !== null) return 'resolved';
  return alert.acknowledgedAt === null ? 'open' : 'acknowledged';
};

export const MINUTE_MS = 60 * 1000;
export const HOUR_MS = 60 * MINUTE_MS;

/** After how long something that waits raises an alert, that millisecond included. */
export interface AlertLimits {
  /** Of a payment of which the outcome is open. */
  readonly stuckMs: number;
  /** Of a variance that nobody has decided on. */
  readonly varianceMs: number;
  /** Of a replenishment that is neither funded nor rejected. */
  readonly replenishmentMs: number;
}

/** As the policy says; an hour for payments and a day for the others where it does not. */
export const alertLimits = (terms: Pick<PolicyTerms, 'alerts'> | null): AlertLimits => ({
  stuckMs: (terms?.alerts?.paymentStuckMinutes ?? 60) * MINUTE_MS,
  varianceMs: (terms?.alerts?.varianceWaitingHours ?? 24) * HOUR_MS,
  replenishmentMs: (terms?.alerts?.replenishmentWaitingHours ?? 24) * HOUR_MS,
});

/** A limit in a sentence: `an hour`, `a day`, `1 h 30 min`. */
export function limitText(limitMs: number): string {
  if (limitMs === HOUR_MS) return 'an hour';
  return limitMs === 24 * HOUR_MS ? 'a day' : inWords(limitMs);
}
/** A fund with less available than this part of its reorder level is critical. */
const CRITICAL_PART = 4;

/** Something that somebody has to look at, for as long as it is so. */
export interface Cause {
  readonly kind: AlertKind;
  readonly subjectId: string;
  readonly subject: string;
  readonly fundId: string;
  readonly message: string;
}

interface FundLevels {
  readonly id: string;
  readonly code: string;
  readonly currency: string;
  readonly balanceMinor: number;
  readonly reservedMinor: number;
  readonly reorderLevelMinor: number;
}

/** What is wrong with a fund that is open: less than its reorder level is low, less than a quarter of it available, or less than nothing, critical as well. */
export function fundCauses(fund: FundLevels): Cause[] {
  const available = fund.balanceMinor - fund.reservedMinor;
  const money = (minor: number) => formatAmount(minor, fund.currency);
  const of = { subjectId: fund.id, subject: fund.code, fundId: fund.id };
  const low = fund.balanceMinor < fund.reorderLevelMinor;
  const critical = available < 0 || available * CRITICAL_PART < fund.reorderLevelMinor;
  return [
    ...(low
      ? [
          {
            ...of,
            kind: 'fund_low' as const,
            message: `Fund ${fund.code} holds ${money(fund.balanceMinor)}; it is to be replenished below ${money(fund.reorderLevelMinor)}.`,
          },
        ]
      : []),
    ...(critical
      ? [{ ...of, kind: 'fund_critical' as const, message: `Fund ${fund.code} has ${money(available)} available.` }]
      : []),
  ];
}

/** Alerts that are new, and open ones of which the cause is gone. */
export function compare<Open extends { readonly kind: string; readonly subjectId: string }>(
  open: readonly Open[],
  causes: readonly Cause[],
): { readonly raise: readonly Cause[]; readonly resolve: readonly Open[] } {
  const same = (a: { kind: string; subjectId: string }, b: { kind: string; subjectId: string }) =>
    a.kind === b.kind && a.subjectId === b.subjectId;
  return {
    raise: causes.filter((cause) => !open.some((alert) => same(alert, cause))),
    resolve: open.filter((alert) => !causes.some((cause) => same(alert, cause))),
  };
}
