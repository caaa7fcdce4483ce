import { alertLimits, HOUR_MS, MINUTE_MS } from '../domain/alert.ts';
import { METHODS, type Method } from '../domain/payment.ts';
import { policyLines } from '../domain/policy-lines.ts';
import { clockText } from '../domain/policy-text.ts';
import { percentText, policyToml } from '../domain/policy-toml.ts';
import { currenciesOf, rulesFor, type MoneyRules, type PolicyTerms } from '../domain/policy.ts';
import type { PolicyView } from '../store/policies.ts';
import { maybeMoney } from './money.ts';

/** A version of the policy as scripts see it; version 0, without any rule, is none at all. */
export function policyDocument(view: PolicyView | null) {
  // The database keeps only what was read as terms.
  const terms = view === null ? null : (JSON.parse(view.policy.body) as PolicyTerms);
  return {
    version: view?.policy.version ?? 0,
    digest: view?.policy.digest ?? null,
    money:
      terms === null
        ? []
        : currenciesOf(terms).map((code) => moneyDocument(rulesFor({ version: 0, terms }, code), code)),
    hours: (terms?.hours ?? []).map(({ methods, days, fromMinute, toMinute }) => ({
      methods,
      days,
      from: clockText(fromMinute),
      to: clockText(toMinute),
    })),
    variance_percent:
      terms === null || terms.varianceBasisPoints === null ? null : percentText(terms.varianceBasisPoints),
    stale: {
      statement_days: terms?.stale.statementDays ?? null,
      requisition_days: terms?.stale.requisitionDays ?? null,
      change_days: terms?.stale.changeDays ?? null,
    },
    alerts: alertsDocument(terms),
    notify: (terms?.notify ?? []).map(({ event, to, sms = false }) => ({ event, to, sms })),
    reason: view?.policy.reason ?? null,
    set_by: view?.createdBy ?? null,
    confirmed_by: view?.change?.confirmedBy ?? null,
    change: view?.change?.ref ?? null,
    created_at: view?.policy.createdAt.toISOString() ?? null,
    toml: terms === null ? '' : policyToml(terms),
  };
}

/** What counts, whether the policy says it or leaves it as it is without one. */
function alertsDocument(terms: PolicyTerms | null) {
  const limits = alertLimits(terms);
  return {
    payment_stuck_minutes: limits.stuckMs / MINUTE_MS,
    variance_waiting_hours: limits.varianceMs / HOUR_MS,
    replenishment_waiting_hours: limits.replenishmentMs / HOUR_MS,
  };
}

/** The rules of a version in words. */
export const policyWords = ({ policy }: PolicyView) => policyLines(JSON.parse(policy.body) as PolicyTerms);

function moneyDocument(rules: MoneyRules, currency: string) {
  const limitsOf = (method: Method) => ({
    method,
    ...maybeMoney('per_payment', rules.limits[method].perPaymentMinor, currency),
    ...maybeMoney('per_day', rules.limits[method].perDayMinor, currency),
    ...maybeMoney('otp_above', rules.otpAboveByMethodMinor[method], currency),
  });
  return {
    currency,
    approval: rules.approval.map(({ upToMinor, approvers, roles }) => ({
      ...maybeMoney('up_to', upToMinor, currency),
      approvers,
      roles,
    })),
    ...maybeMoney('cfo_above', rules.cfoAboveMinor, currency),
    ...maybeMoney('otp_above', rules.otpAboveMinor, currency),
    methods: METHODS.map(limitsOf),
    ...maybeMoney('variance', rules.varianceMinor, currency),
  };
}
