import { failed, passed } from './check.ts';
import { formatAmount } from './money.ts';
import { otpThreshold, type Policy } from './policy.ts';
import { isComplete, policyVerdict, type PolicyCase, type PolicyVerdict } from './policy-rules.ts';
import { hoursText, missingText, tierDemand, tierSpan, timeText } from './policy-text.ts';
import type { Check } from './problem.ts';

/** A payment judged by a policy, with what the judgement was about. */
export interface Judged {
  readonly policy: Policy;
  readonly facts: PolicyCase;
  readonly verdict: PolicyVerdict;
}

/** Judges a payment by a policy, to be said in words. */
export const judged = (policy: Policy, facts: PolicyCase): Judged => ({
  policy,
  facts,
  verdict: policyVerdict(policy, facts),
});

/** Every rule of a policy about one payment, passed and failed, with the figures: what `policy explain` shows. */
export const policyChecks = (one: Judged, code: { readonly used: boolean } | null): Check[] => [
  approvalsRule(one),
  cfoRule(one),
  limitsRule(one),
  hoursRule(one),
  codeRule(one, code),
];

/** The rules about the approval of a requisition alone. */
export const approvalChecks = (one: Judged): Check[] => [approvalsRule(one), cfoRule(one)];

const money = ({ facts }: Judged, minor: number): string => formatAmount(minor, facts.payment.currency);
const figures = ({ policy, facts }: Judged) => ({ policy: policy.version, currency: facts.payment.currency });

/** What the approvals of a requisition lack, for people; null when nothing. */
export function approvalsFault(one: Judged): string | null {
  const { policy, facts, verdict } = one;
  if (isComplete(verdict.missing)) return null;
  const { number, approvals } = facts.requisition;
  const given = approvals.length;
  const span = tierSpan(verdict.rules, verdict.tier, facts.payment.currency);
  return (
    `${number} has ${given} of ${given + verdict.missing.people} approvals: ${askerOf(policy)} asks for ` +
    `${tierDemand(verdict.tier)} (${span}); still needed: ${missingText(verdict.missing)}.`
  );
}

/** Why a CFO must act, for people; null when one did or none need. */
export function cfoFault(one: Judged): string | null {
  const { policy, facts, verdict } = one;
  if (verdict.cfoMissingAboveMinor === null) return null;
  const { number, amountMinor } = facts.requisition;
  return (
    `${number} is of ${money(one, amountMinor)}, above ${money(one, verdict.cfoMissingAboveMinor)}: ` +
    `policy ${policy.version} asks that a CFO approves it or executes its payment.`
  );
}

/** Limits of its method that a payment exceeds, for people. */
export function limitFaults(one: Judged): string[] {
  const { policy, facts, verdict } = one;
  const { payment, fund, paidTodayByMethodMinor } = facts;
  const { overPaymentLimitMinor, overDayLimitMinor } = verdict;
  const faults: string[] = [];
  if (overPaymentLimitMinor !== null) {
    faults.push(
      `Policy ${policy.version} lets a fund pay at most ${money(one, overPaymentLimitMinor)} at once by ${payment.method}; this payment is ${money(one, payment.amountMinor)}.`,
    );
  }
  if (overDayLimitMinor !== null) {
    faults.push(
      `Policy ${policy.version} lets a fund pay at most ${money(one, overDayLimitMinor)} a day by ${payment.method}; ${money(one, paidTodayByMethodMinor)} went out of ${fund.code} so today and this payment is ${money(one, payment.amountMinor)}.`,
    );
  }
  return faults;
}

/** Why this is not the time to pay, for people; null when it is. */
export function hoursFault({ policy, facts, verdict }: Judged): string | null {
  if (!verdict.outsideHours) return null;
  return `Policy ${policy.version} lets payments by ${facts.payment.method} be made ${hoursText(verdict.hours)}; it is ${timeText(facts.time)}.`;
}

/** Whose rule it is, within a sentence. */
export const askerOf = ({ version }: Policy): string => (version === 0 ? 'the office' : `policy ${version}`);

function approvalsRule(one: Judged): Check {
  const { facts, verdict } = one;
  const fault = approvalsFault(one);
  const given = facts.requisition.approvals.length;
  const known = {
    ...figures(one),
    approvals: given,
    approvers: verdict.tier.approvers,
    missing: verdict.missing.people,
  };
  if (fault !== null) return failed('approvals', 'APPROVALS_MISSING', fault, {}, known);
  const span = tierSpan(verdict.rules, verdict.tier, facts.payment.currency);
  return passed('approvals', `${given} of ${tierDemand(verdict.tier)} (${span}).`, known);
}

function cfoRule(one: Judged): Check {
  const { cfoAboveMinor } = one.verdict.rules;
  const known = { ...figures(one), cfo_above_minor: cfoAboveMinor };
  const fault = cfoFault(one);
  if (fault !== null) return failed('cfo', 'CFO_REQUIRED', fault, {}, known);
  if (cfoAboveMinor === null) return passed('cfo', 'No CFO is asked for at any amount.', known);
  const { amountMinor } = one.facts.requisition;
  return amountMinor > cfoAboveMinor
    ? passed('cfo', `A CFO acted, as above ${money(one, cfoAboveMinor)} one must.`, known)
    : passed('cfo', `No CFO is asked for up to ${money(one, cfoAboveMinor)}.`, known);
}

function limitsRule(one: Judged): Check {
  const { payment, paidTodayByMethodMinor } = one.facts;
  const { perPaymentMinor, perDayMinor } = one.verdict.rules.limits[payment.method];
  const known = {
    ...figures(one),
    payment_limit_minor: perPaymentMinor,
    daily_limit_minor: perDayMinor,
    paid_today_minor: perDayMinor === null ? null : paidTodayByMethodMinor,
  };
  const faults = limitFaults(one);
  if (faults.length > 0) return failed('limits', 'LIMIT_EXCEEDED', faults.join(' '), {}, known);
  const limits = [
    perPaymentMinor === null ? [] : [`${money(one, perPaymentMinor)} at once`],
    perDayMinor === null ? [] : [`${money(one, perDayMinor)} a day, with ${money(one, paidTodayByMethodMinor)} paid`],
  ].flat();
  const text = limits.length === 0 ? 'no limits' : `at most ${limits.join(', and ')}`;
  return passed('limits', `By ${payment.method}: ${text}.`, known);
}

function hoursRule(one: Judged): Check {
  const known = { ...figures(one), time: timeText(one.facts.time), hours: hoursText(one.verdict.hours) || null };
  const fault = hoursFault(one);
  if (fault !== null) return failed('hours', 'OUTSIDE_PAYMENT_HOURS', fault, {}, known);
  return passed('hours', known.hours === null ? 'At any time.' : `${known.time} is within ${known.hours}.`, known);
}

/** Whether the code that was needed was used; before a payment nothing was, and it only says what is needed. */
function codeRule(one: Judged, code: { readonly used: boolean } | null): Check {
  const { facts, verdict } = one;
  const threshold = otpThreshold(verdict.rules, facts.payment.method, facts.fund.otpThresholdMinor);
  const sum = facts.payment.amountMinor + facts.paidToDestinationMinor;
  const known = { ...figures(one), otp_threshold_minor: threshold, counted_minor: sum, required: verdict.codeNeeded };
  const text = `${money(one, sum)} to this destination in 7 days, ${money(one, threshold)} without a code`;
  if (!verdict.codeNeeded) return passed('otp', `No code is needed: ${text}.`, known);
  if (code === null) return passed('otp', `A code is needed: ${text}.`, known);
  return code.used
    ? passed('otp', `A code was needed and used: ${text}.`, known)
    : failed('otp', 'OTP_REQUIRED', `A code was needed and none was used: ${text}.`, {}, known);
}
