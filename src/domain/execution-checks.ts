import { ABILITIES, mayAnywhere, mayAt, type Actor, type Place } from './access.ts';
import { availableMinor } from './ledger.ts';
import { decimalOf, formatAmount } from './money.ts';
import { otpExpired, otpRequired, OTP_TRIES, type Challenge } from './otp.ts';
import type { Check, Fix, ProblemKind } from './problem.ts';

/** Everything that decides whether a payment may be executed by a person now. Amounts in minor units of `payment.currency`. */
export interface ExecutionFacts {
  readonly now: Date;
  readonly payment: {
    readonly ref: string;
    readonly status: string;
    readonly amountMinor: number;
    readonly currency: string;
    readonly destination: string;
    readonly requesterId: string;
    readonly retryCount: number;
    readonly maxRetries: number;
    readonly voucher: string | null;
  };
  readonly requisition: {
    readonly number: string;
    readonly status: string;
    readonly requestedBy: string;
    readonly amountMinor: number;
    /** Whether what was approved is what the payment says (payee, method, destination, currency). */
    readonly termsAgree: boolean;
    /** This and the requisition's other payments that are not cancelled. */
    readonly committedMinor: number;
    readonly approverIds: readonly string[];
  };
  readonly fund: Place & {
    readonly code: string;
    readonly state: string;
    readonly balanceMinor: number;
    readonly reservedMinor: number;
    readonly otpThresholdMinor: number;
    readonly paymentLimitMinor: number | null;
    readonly dailyLimitMinor: number | null;
  };
  readonly executor: Pick<Actor, 'userId' | 'username' | 'phone' | 'grants'>;
  /** Counted only for a fund with a daily limit. */
  readonly paidTodayMinor: number;
  readonly paidToDestinationMinor: number;
  /** The executor's newest challenge for this payment, and the digest that it must carry. */
  readonly challenge: Challenge | null;
  readonly digest: string;
  /** Who could execute it instead; only looked up when somebody has to be named. */
  readonly others: readonly string[];
}

const passed = (id: string, message: string, facts: Check['facts'] = {}): Check => ({
  id,
  ok: true,
  code: null,
  message,
  fix: null,
  facts,
});

const notJudged = (id: string, message: string): Check => ({ id, ok: null, code: null, message, fix: null, facts: {} });

const failed = (id: string, code: string, message: string, fix: Partial<Fix> = {}, facts: Check['facts'] = {}): Check => ({
  id,
  ok: false,
  code,
  message,
  fix: { command: fix.command ?? null, who: fix.who ?? [] },
  facts,
});

/** Whether this payment needs a code from this fund now. */
export const codeNeeded = (facts: Pick<ExecutionFacts, 'payment' | 'fund' | 'paidToDestinationMinor'>): boolean =>
  otpRequired({
    amountMinor: facts.payment.amountMinor,
    paidToDestinationMinor: facts.paidToDestinationMinor,
    thresholdMinor: facts.fund.otpThresholdMinor,
  });

/** Every check of an execution, passed and failed, in the order that CLI.md fixes. Pure; nothing is short-circuited. */
export function executionChecks(facts: ExecutionFacts): Check[] {
  return [
    statusCheck(facts),
    segregationCheck(facts),
    roleCheck(facts),
    otpCheck(facts),
    otpExpiryCheck(facts),
    retriesCheck(facts),
    requisitionCheck(facts),
    limitsCheck(facts),
    fundOpenCheck(facts),
    balanceCheck(facts),
  ];
}

/** Whether a check was judged and did not pass. */
export const isFailed = (check: Check): boolean => check.ok === false;

/** Which kind of refusal a list of failing checks is: the exit code that CLI.md gives when several kinds fail. */
export function refusalKind(checks: readonly Check[]): ProblemKind {
  const failing = checks.filter(isFailed);
  if (failing.some((check) => FORBIDDING.has(check.id))) return 'forbidden';
  if (failing.some((check) => check.code === 'PAYMENT_IN_FLIGHT')) return 'pending';
  if (failing.some((check) => check.id === 'otp' || check.id === 'otp_expiry')) return 'auth';
  return 'refused';
}

const FORBIDDING: ReadonlySet<string> = new Set(['segregation', 'role', 'limits']);

function statusCheck({ payment }: ExecutionFacts): Check {
  const { ref, status } = payment;
  const facts = { status };
  switch (status) {
    case 'pending':
      return passed('status', 'It is pending.', facts);
    case 'executing':
      return failed('status', 'PAYMENT_IN_FLIGHT', `${ref} is being paid already; its outcome is not known yet. Never pay it again.`, {
        command: `treasury payment resolve ${ref} --gateway-reference REFERENCE`,
      }, facts);
    case 'failed':
      return failed('status', 'PAYMENT_FAILED', `The last attempt of ${ref} failed.`, { command: `treasury payment retry ${ref}` }, facts);
    case 'cancelled':
      return failed('status', 'PAYMENT_CANCELLED', `${ref} was cancelled.`, {}, facts);
    default:
      return failed(
        'status',
        'PAYMENT_ALREADY_EXECUTED',
        `${ref} was paid already${payment.voucher === null ? '' : ` with voucher ${payment.voucher}`}.`,
        { command: `treasury payment show ${ref}` },
        { ...facts, voucher: payment.voucher },
      );
  }
}

function segregationCheck({ payment, requisition, executor, others }: ExecutionFacts): Check {
  const faults: { code: string; message: string }[] = [];
  if (executor.userId === payment.requesterId || executor.userId === requisition.requestedBy) {
    faults.push({ code: 'EXECUTOR_IS_REQUESTER', message: `${executor.username} requested this payment and may not execute it.` });
  }
  if (requisition.approverIds.includes(executor.userId)) {
    faults.push({ code: 'EXECUTOR_IS_APPROVER', message: `${executor.username} approved ${requisition.number} and may not execute it.` });
  }
  if (executor.phone !== null && executor.phone === payment.destination) {
    faults.push({ code: 'DESTINATION_IS_EXECUTOR', message: `${payment.destination} is ${executor.username}'s own phone.` });
  }
  const [first] = faults;
  if (first === undefined) return passed('segregation', `${executor.username} neither requested nor approved it.`);
  return failed('segregation', first.code, faults.map((fault) => fault.message).join(' '), { who: others }, {
    codes: faults.map((fault) => fault.code).join(' '),
  });
}

function roleCheck({ executor, fund, others }: ExecutionFacts): Check {
  if (mayAt(executor, 'payment.execute', fund)) return passed('role', `${executor.username} may pay from fund ${fund.code}.`);
  const roles = ABILITIES['payment.execute'].join(', ');
  return mayAnywhere(executor, 'payment.execute')
    ? failed('role', 'OUT_OF_SCOPE', `${executor.username}'s role does not reach fund ${fund.code}.`, { who: others })
    : failed('role', 'ROLE_MISSING', `${executor.username} has none of the roles ${roles} at fund ${fund.code}.`, { who: others });
}

function otpCheck(facts: ExecutionFacts): Check {
  const { payment, challenge } = facts;
  if (payment.status !== 'pending') return notJudged('otp', 'The code is not judged, as the payment is not pending.');
  if (!codeNeeded(facts)) return passed('otp', 'No code is needed up to the threshold of its fund.', { required: false });
  const send = { command: `treasury payment otp ${payment.ref}` };
  const required = { required: true };
  if (challenge?.consumedAt) return failed('otp', 'OTP_USED', 'The last code was used already.', send, required);
  if (challenge && challenge.failures >= OTP_TRIES && challenge.verifiedAt === null) {
    return failed('otp', 'OTP_LOCKED', `The code was guessed wrongly ${OTP_TRIES} times and is void.`, send, required);
  }
  if (!challenge?.sentAt || challenge.voidedAt !== null) {
    return failed('otp', 'OTP_REQUIRED', 'A one-time code is needed and none has been sent.', send, required);
  }
  if (challenge.verifiedAt === null) {
    return failed('otp', 'OTP_REQUIRED', 'A one-time code was sent and has not been entered.', {
      command: `treasury payment otp ${payment.ref} --verify --code-stdin`,
    }, required);
  }
  if (challenge.digest !== facts.digest) {
    return failed('otp', 'OTP_INVALID', 'The code was given for other terms than those of this payment.', send, required);
  }
  return passed('otp', 'The one-time code was verified.', required);
}

function otpExpiryCheck(facts: ExecutionFacts): Check {
  const { payment, challenge, now } = facts;
  if (payment.status !== 'pending') return notJudged('otp_expiry', 'The code is not judged, as the payment is not pending.');
  if (!codeNeeded(facts)) return passed('otp_expiry', 'No code is needed.');
  if (!challenge?.sentAt || challenge.voidedAt !== null || challenge.consumedAt !== null) {
    return notJudged('otp_expiry', 'There is no live code.');
  }
  const expires = { expires_at: challenge.expiresAt.toISOString() };
  if (!otpExpired(challenge, now)) return passed('otp_expiry', 'The code is not older than five minutes.', expires);
  return failed(
    'otp_expiry',
    'OTP_EXPIRED',
    'The code and what it allows ended five minutes after it was sent.',
    { command: `treasury payment otp ${payment.ref}` },
    expires,
  );
}

function retriesCheck({ payment, requisition, fund }: ExecutionFacts): Check {
  const figures = { retry_count: payment.retryCount, max_retries: payment.maxRetries };
  if (payment.retryCount < payment.maxRetries) {
    return passed('retries', `${payment.retryCount} of ${payment.maxRetries} attempts have failed.`, figures);
  }
  const amount = decimalOf(payment.amountMinor, payment.currency);
  const again = `treasury payment create --requisition ${requisition.number} --fund ${fund.code} --amount ${amount}`;
  return failed(
    'retries',
    'RETRIES_EXHAUSTED',
    `All ${payment.maxRetries} attempts have failed.`,
    { command: `treasury payment cancel ${payment.ref} && ${again}` },
    figures,
  );
}

function requisitionCheck({ payment, requisition }: ExecutionFacts): Check {
  const { number, status } = requisition;
  const figures = { requisition: number, status };
  if (status !== 'approved' && !(status === 'paid' && payment.status !== 'pending')) {
    return failed('requisition', 'REQUISITION_NOT_APPROVED', `${number} is ${status}, not approved.`, {
      command: `treasury requisition show ${number}`,
    }, figures);
  }
  if (!requisition.termsAgree) {
    return failed('requisition', 'REQUISITION_TERMS_CHANGED', `${number} was approved with other terms than this payment has.`, {
      command: `treasury payment cancel ${payment.ref}`,
    }, figures);
  }
  if (requisition.committedMinor > requisition.amountMinor) {
    const committed = formatAmount(requisition.committedMinor, payment.currency);
    const approved = formatAmount(requisition.amountMinor, payment.currency);
    return failed('requisition', 'REQUISITION_EXCEEDED', `The payments of ${number} come to ${committed}; approved are ${approved}.`, {
      command: `treasury payment list --search ${number}`,
    }, figures);
  }
  return passed('requisition', `${number} is approved with these terms.`, figures);
}

function limitsCheck({ payment, fund, paidTodayMinor }: ExecutionFacts): Check {
  const money = (minor: number) => formatAmount(minor, payment.currency);
  const faults: string[] = [];
  if (fund.paymentLimitMinor !== null && payment.amountMinor > fund.paymentLimitMinor) {
    faults.push(`Fund ${fund.code} pays at most ${money(fund.paymentLimitMinor)} at once; this payment is ${money(payment.amountMinor)}.`);
  }
  if (fund.dailyLimitMinor !== null && paidTodayMinor + payment.amountMinor > fund.dailyLimitMinor) {
    faults.push(
      `Fund ${fund.code} pays at most ${money(fund.dailyLimitMinor)} a day; ${money(paidTodayMinor)} went out today and this payment is ${money(payment.amountMinor)}.`,
    );
  }
  if (faults.length === 0) return passed('limits', 'It is within the limits of its fund.');
  return failed('limits', 'LIMIT_EXCEEDED', faults.join(' '), { command: `treasury fund show ${fund.code}` }, {
    payment_limit_minor: fund.paymentLimitMinor,
    daily_limit_minor: fund.dailyLimitMinor,
    paid_today_minor: fund.dailyLimitMinor === null ? null : paidTodayMinor,
  });
}

function fundOpenCheck({ fund }: ExecutionFacts): Check {
  if (fund.state === 'frozen') {
    return failed('fund_open', 'FUND_FROZEN', `Fund ${fund.code} is frozen.`, { command: `treasury fund unfreeze ${fund.code}` });
  }
  if (fund.state === 'closed') return failed('fund_open', 'FUND_CLOSED', `Fund ${fund.code} is closed.`);
  return passed('fund_open', `Fund ${fund.code} is open.`);
}

function balanceCheck({ payment, fund }: ExecutionFacts): Check {
  const available = availableMinor(fund);
  const money = (minor: number) => formatAmount(minor, payment.currency);
  const figures = { available_minor: available, amount_minor: payment.amountMinor, reserved_minor: fund.reservedMinor };
  // What is being paid already is part of the reserved money: it is not judged against itself.
  if (payment.status !== 'pending' && payment.status !== 'failed') return notJudged('balance', 'The balance is not judged for a payment that is not waiting.');
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
