import type { Shown } from './change.ts';
import { formatAmount } from './money.ts';
import { METHODS } from './payment.ts';
import { currenciesOf, rulesFor, type MoneyRules, type PolicyTerms } from './policy.ts';
import { hoursText, tierDemand, tierSpan } from './policy-text.ts';
import { percentText } from './policy-toml.ts';
import { quantity } from './quantity.ts';

/** One rule of a policy for people. */
export interface PolicyLine {
  /** `approval 1`, `mpesa per day`, `USD code above`. */
  readonly label: string;
  readonly value: string;
}

/** Every rule of a policy in words; the office's currency first. */
export function policyLines(terms: PolicyTerms): PolicyLine[] {
  const { hours, stale, alerts } = terms;
  const maybe = (label: string, value: number | null, say: (value: number) => string): PolicyLine[] =>
    value === null ? [] : [{ label, value: say(value) }];
  return [
    ...currenciesOf(terms).flatMap((code) =>
      moneyLines(code === terms.currency ? '' : `${code} `, rulesFor({ version: 0, terms }, code), code),
    ),
    ...hours.map((one, at) => ({
      label: `hours ${at + 1}`,
      value: `${one.methods.join(' and ') || 'any method'}: ${hoursText([one])}`,
    })),
    ...maybe('variance percent', terms.varianceBasisPoints, (points) => `${percentText(points)} %`),
    ...maybe('stale statement days', stale.statementDays, String),
    ...maybe('stale requisition days', stale.requisitionDays, String),
    ...maybe('stale change days', stale.changeDays, String),
    ...maybe('alert payment stuck', alerts?.paymentStuckMinutes ?? null, (count) => quantity(count, 'minute')),
    ...maybe('alert variance waiting', alerts?.varianceWaitingHours ?? null, (count) => quantity(count, 'hour')),
    ...maybe('alert replenishment waiting', alerts?.replenishmentWaitingHours ?? null, (count) =>
      quantity(count, 'hour'),
    ),
    ...(terms.notify ?? []).map(({ event, to, sms }) => ({
      label: `told of ${event.replaceAll('_', ' ')}`,
      value: `${to.join(', ')}${sms === true ? ' (by SMS, too)' : ''}`,
    })),
  ];
}

/** A policy before or after a change, one key for each rule. */
export const policyShown = (terms: PolicyTerms | null): Shown =>
  Object.fromEntries(
    (terms === null ? [] : policyLines(terms)).map(({ label, value }) => [label.replaceAll(' ', '_'), value]),
  );

function moneyLines(prefix: string, rules: MoneyRules, currency: string): PolicyLine[] {
  const line = (label: string, minor: number | null): PolicyLine[] =>
    minor === null ? [] : [{ label: `${prefix}${label}`, value: formatAmount(minor, currency) }];
  return [
    ...rules.approval.map((tier, at) => ({
      label: `${prefix}approval ${at + 1}`,
      value: `${tierSpan(rules, tier, currency)}: ${tierDemand(tier)}`,
    })),
    ...line('cfo above', rules.cfoAboveMinor),
    ...METHODS.flatMap((method) => [
      ...line(`${method} per payment`, rules.limits[method].perPaymentMinor),
      ...line(`${method} per day`, rules.limits[method].perDayMinor),
    ]),
    ...line('code above', rules.otpAboveMinor),
    ...METHODS.flatMap((method) => line(`${method} code above`, rules.otpAboveByMethodMinor[method])),
    ...line('variance amount', rules.varianceMinor),
  ];
}
