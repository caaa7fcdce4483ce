import { passed, notJudged, failed } from './check.ts';
import type { ExecutionFacts } from './execution-facts.ts';
import { availableMinor } from './ledger.ts';
import { formatAmount } from './money.ts';
import { hoursFault, limitFaults, type Judged } from './policy-checks.ts';
import { hoursText, timeText } from './policy-text.ts';
import type { Check } from './problem.ts';

/**
 * The limits of the fund and, by method, of the policy, per payment and per day (the figure itself may be paid), and the hours
 * in which the policy lets payments be made. All faults are said in one check.
 */
export function limitsCheck({ payment, fund, paidTodayMinor, policy }: ExecutionFacts, byPolicy: Judged | null): Check {
  const money = (minor: number) => formatAmount(minor, payment.currency);
  const faults: string[] = [];
  if (fund.paymentLimitMinor !== null && payment.amountMinor > fund.paymentLimitMinor) {
    faults.push(
      `Fund ${fund.code} pays at most ${money(fund.paymentLimitMinor)} at once; this payment is ${money(payment.amountMinor)}.`,
    );
  }
  if (fund.dailyLimitMinor !== null && paidTodayMinor + payment.amountMinor > fund.dailyLimitMinor) {
    faults.push(
      `Fund ${fund.code} pays at most ${money(fund.dailyLimitMinor)} a day; ${money(paidTodayMinor)} went out today and this payment is ${money(payment.amountMinor)}.`,
    );
  }
  const ofFund = faults.length > 0;
  if (byPolicy !== null) faults.push(...limitFaults(byPolicy));
  const outside = byPolicy === null ? null : hoursFault(byPolicy);
  const codes = [
    ...(faults.length > 0 ? ['LIMIT_EXCEEDED'] : []),
    ...(outside === null ? [] : ['OUTSIDE_PAYMENT_HOURS']),
  ];
  const [code] = codes;
  const messages = outside === null ? faults : [...faults, outside];
  if (code === undefined)
    return passed(
      'limits',
      `It is within the limits of its fund${policy.version === 0 ? '' : ` and of policy ${policy.version}`}.`,
    );
  return failed(
    'limits',
    code,
    messages.join(' '),
    { command: ofFund ? `treasury fund show ${fund.code}` : 'treasury policy show' },
    {
      payment_limit_minor: fund.paymentLimitMinor,
      daily_limit_minor: fund.dailyLimitMinor,
      paid_today_minor: fund.dailyLimitMinor === null ? null : paidTodayMinor,
      ...(byPolicy === null || policy.version === 0 ? {} : policyFigures(byPolicy, codes)),
    },
  );
}

function policyFigures({ facts, verdict, policy }: Judged, codes: readonly string[]): Check['facts'] {
  const { perPaymentMinor, perDayMinor } = verdict.rules.limits[facts.payment.method];
  return {
    codes: codes.join(' '),
    policy: policy.version,
    method_payment_limit_minor: perPaymentMinor,
    method_daily_limit_minor: perDayMinor,
    method_paid_today_minor: perDayMinor === null ? null : facts.paidTodayByMethodMinor,
    payment_hours: hoursText(verdict.hours) || null,
    time: timeText(facts.time),
  };
}

/** Whether the fund is neither frozen nor closed. */
export function fundOpenCheck({ fund }: ExecutionFacts): Check {
  if (fund.state === 'frozen') {
    return failed('fund_open', 'FUND_FROZEN', `Fund ${fund.code} is frozen.`, {
      command: `treasury fund unfreeze ${fund.code}`,
    });
  }
  if (fund.state === 'closed') return failed('fund_open', 'FUND_CLOSED', `Fund ${fund.code} is closed.`);
  return passed('fund_open', `Fund ${fund.code} is open.`);
}

/** Whether what the fund has, without what is reserved, covers the payment and the most that its rail may charge on top. */
export function balanceCheck({ payment, fund, highestFeeMinor }: ExecutionFacts): Check {
  const available = availableMinor(fund);
  const neededMinor = payment.amountMinor + highestFeeMinor;
  const money = (minor: number) => formatAmount(minor, payment.currency);
  const figures = {
    available_minor: available,
    amount_minor: payment.amountMinor,
    reserved_minor: fund.reservedMinor,
    ...(highestFeeMinor === 0 ? {} : { highest_fee_minor: highestFeeMinor }),
  };
  // What is being paid already is part of the reserved money: it is not judged against itself.
  if (payment.status !== 'pending' && payment.status !== 'failed')
    return notJudged('balance', 'The balance is not judged for a payment that is not waiting.');
  if (available >= neededMinor) {
    return passed('balance', `Fund ${fund.code} has ${money(available)} available.`, figures);
  }
  return failed(
    'balance',
    'INSUFFICIENT_FUNDS',
    `Fund ${fund.code} has ${money(available)} available; this payment needs ${money(payment.amountMinor)}${highestFeeMinor === 0 ? '' : ` and up to ${money(highestFeeMinor)} for the fee`}.`,
    { command: `treasury replenish request ${fund.code} --reason REASON` },
    figures,
  );
}
