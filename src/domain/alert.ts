import { formatAmount } from './money.ts';

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

/** A payment of which the outcome is open for longer than this is stuck. */
export const STUCK_MS = 60 * 60 * 1000;
/** A variance or replenishment that waits for longer than this waits too long. */
export const WAITING_MS = 24 * 60 * 60 * 1000;
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
