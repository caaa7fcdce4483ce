import { otpRequired } from './otp.ts';
import type { Method } from './payment.ts';
import {
  hoursOf,
  otpThreshold,
  rulesFor,
  tierOf,
  type ApprovingRole,
  type MoneyRules,
  type PaymentHours,
  type Policy,
  type Tier,
  type Weekday,
} from './policy.ts';

/** One person's approval of the present terms, with the roles they held there when giving it. */
export interface Approval {
  readonly approverId: string;
  readonly roles: readonly ApprovingRole[];
}

/** What a clock on the office's wall shows. */
export interface OfficeTime {
  readonly weekday: Weekday;
  /** Minutes since midnight. */
  readonly minute: number;
}

/** What a policy judges of one payment. Amounts in minor units of `payment.currency`. */
export interface PolicyCase {
  readonly requisition: {
    readonly number: string;
    readonly amountMinor: number;
    readonly approvals: readonly Approval[];
  };
  readonly payment: { readonly amountMinor: number; readonly currency: string; readonly method: Method };
  readonly fund: { readonly code: string; readonly otpThresholdMinor: number };
  readonly executorIsCfo: boolean;
  readonly time: OfficeTime;
  /** What the fund paid by this method on this day of the office, without this payment. */
  readonly paidTodayByMethodMinor: number;
  /** What its destination got in the last seven days, without this payment. */
  readonly paidToDestinationMinor: number;
}

/** Approvals that a tier still waits for. */
export interface MissingApprovals {
  /** Different people, each of whom has not approved yet. */
  readonly people: number;
  /** Roles that some of them must hold, each another one. */
  readonly roles: readonly ApprovingRole[];
}

/** What a policy says of a payment: what is missing, exceeded or needed. */
export interface PolicyVerdict {
  readonly rules: MoneyRules;
  readonly tier: Tier;
  readonly missing: MissingApprovals;
  /** The figure above which a CFO should have acted and none did. */
  readonly cfoMissingAboveMinor: number | null;
  /** The limits that it is over. */
  readonly overPaymentLimitMinor: number | null;
  readonly overDayLimitMinor: number | null;
  readonly hours: readonly PaymentHours[];
  readonly outsideHours: boolean;
  readonly codeNeeded: boolean;
}

/** Judges a payment by a policy. One verdict serves execution, explanation and replay, so that they cannot differ. */
export function policyVerdict(policy: Policy, facts: PolicyCase): PolicyVerdict {
  const { requisition, payment, time } = facts;
  const rules = rulesFor(policy, payment.currency);
  const { perPaymentMinor, perDayMinor } = rules.limits[payment.method];
  const tier = tierOf(rules, requisition.amountMinor);
  const hours = hoursOf(policy, payment.method);
  return {
    rules,
    tier,
    missing: missingApprovals(tier, requisition.approvals),
    cfoMissingAboveMinor:
      !facts.executorIsCfo && cfoAwaited(rules, requisition.amountMinor, requisition.approvals)
        ? rules.cfoAboveMinor
        : null,
    overPaymentLimitMinor: exceeded(perPaymentMinor, payment.amountMinor),
    overDayLimitMinor: exceeded(perDayMinor, facts.paidTodayByMethodMinor + payment.amountMinor),
    hours,
    outsideHours: hours.length > 0 && !hours.some((window) => isOpen(window, time)),
    codeNeeded: needsCode(rules, facts),
  };
}

/** Whether a payment needs a code: it and what its destination got in the last seven days exceed the lowest threshold. */
export const needsCode = (
  rules: MoneyRules,
  { payment, fund, paidToDestinationMinor }: Pick<PolicyCase, 'payment' | 'fund' | 'paidToDestinationMinor'>,
): boolean =>
  otpRequired({
    amountMinor: payment.amountMinor,
    paidToDestinationMinor,
    thresholdMinor: otpThreshold(rules, payment.method, fund.otpThresholdMinor),
  });

/**
 * What a tier lacks beyond these approvals. Whoever approves holds one of the two roles, so people can be assigned to the roles
 * that are asked for exactly when there are enough of each and enough of both together (Hall's condition).
 */
export function missingApprovals({ approvers, roles }: Tier, approvals: readonly Approval[]): MissingApprovals {
  const people = new Map<string, Set<ApprovingRole>>();
  for (const { approverId, roles: held } of approvals) {
    const roles = people.get(approverId) ?? new Set();
    for (const role of held) roles.add(role);
    people.set(approverId, roles);
  }
  const lacking = (role: ApprovingRole): ApprovingRole[] => {
    const asked = roles.filter((one) => one === role).length;
    const held = [...people.values()].filter((roles) => roles.has(role)).length;
    return Array<ApprovingRole>(Math.max(0, asked - held)).fill(role);
  };
  const missing = [...lacking('cfo'), ...lacking('approver')];
  return { people: Math.max(missing.length, approvers - people.size), roles: missing };
}

/** Whether nothing is missing. */
export const isComplete = ({ people }: MissingApprovals): boolean => people === 0;

/** A figure that an amount is above; null when there is none or it is not. */
const exceeded = (figureMinor: number | null, amountMinor: number): number | null =>
  figureMinor !== null && amountMinor > figureMinor ? figureMinor : null;

/** Whether a CFO is among the approvers. */
const hasCfo = (approvals: readonly Approval[]): boolean => approvals.some(({ roles }) => roles.includes('cfo'));

/** Whether a CFO must still approve a requisition of this amount, unless one executes its payment. */
export const cfoAwaited = (rules: MoneyRules, amountMinor: number, approvals: readonly Approval[]): boolean =>
  exceeded(rules.cfoAboveMinor, amountMinor) !== null && !hasCfo(approvals);

/** Whether another approval, by somebody with these roles, brings what is missing nearer. */
export const helps = (
  { missing, cfoAwaited }: { readonly missing: MissingApprovals; readonly cfoAwaited: boolean },
  roles: readonly ApprovingRole[],
): boolean =>
  missing.people > missing.roles.length ||
  missing.roles.some((role) => roles.includes(role)) ||
  (cfoAwaited && roles.includes('cfo'));

const isOpen = ({ days, fromMinute, toMinute }: PaymentHours, { weekday, minute }: OfficeTime): boolean =>
  days.includes(weekday) && minute >= fromMinute && minute < toMinute;
