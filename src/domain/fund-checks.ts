import { passed, notJudged, failed } from './check.ts';
import type { ExecutionFacts } from './execution-facts.ts';
import { availableMinor } from './ledger.ts';
import { formatAmount } from './money.ts';
import type { Check } from './problem.ts';

/** The fund's limits per payment and per day; the figure itself may be paid. */
export function limitsCheck({ payment, fund, paidTodayMinor }: ExecutionFacts): Check {
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
  if (faults.length === 0) return passed('limits', 'It is within the limits of its fund.');
  return failed(
    'limits',
    'LIMIT_EXCEEDED',
    faults.join(' '),
    { command: `treasury fund show ${fund.code}` },
    {
      payment_limit_minor: fund.paymentLimitMinor,
      daily_limit_minor: fund.dailyLimitMinor,
      paid_today_minor: fund.dailyLimitMinor === null ? null : paidTodayMinor,
    },
  );
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

/** Whether what the fund has, without what is reserved, covers the payment. */
export function balanceCheck({ payment, fund }: ExecutionFacts): Check {
  const available = availableMinor(fund);
  const money = (minor: number) => formatAmount(minor, payment.currency);
  const figures = { available_minor: available, amount_minor: payment.amountMinor, reserved_minor: fund.reservedMinor };
  // What is being paid already is part of the reserved money: it is not judged against itself.
  if (payment.status !== 'pending' && payment.status !== 'failed')
    return notJudged('balance', 'The balance is not judged for a payment that is not waiting.');
  if (available >= payment.amountMinor) {
    return passed('balance', `Fund ${fund.code} has ${money(available)} available.`, figures);
  }
  return failed(
    'balance',
    'INSUFFICIENT_FUNDS',
    `Fund ${fund.code} has ${money(available)} available; this payment needs ${money(payment.amountMinor)}.`,
    { command: `treasury replenish request ${fund.code} --reason REASON` },
    figures,
  );
}
