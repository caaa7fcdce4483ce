import { ABILITIES, mayAnywhere, mayAt } from './access.ts';
import { passed, failed, isFailed } from './check.ts';
import type { ExecutionFacts } from './execution-facts.ts';
import { limitsCheck, fundOpenCheck, balanceCheck } from './fund-checks.ts';
import { decimalOf, formatAmount } from './money.ts';
import { otpCheck, otpExpiryCheck } from './otp-checks.ts';
import type { Check, ProblemKind } from './problem.ts';

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
      return failed(
        'status',
        'PAYMENT_IN_FLIGHT',
        `${ref} is being paid already; its outcome is not known yet. Never pay it again.`,
        {
          command: `treasury payment resolve ${ref} --gateway-reference REFERENCE`,
        },
        facts,
      );
    case 'failed':
      return failed(
        'status',
        'PAYMENT_FAILED',
        `The last attempt of ${ref} failed.`,
        { command: `treasury payment retry ${ref}` },
        facts,
      );
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
    faults.push({
      code: 'EXECUTOR_IS_REQUESTER',
      message: `${executor.username} requested this payment and may not execute it.`,
    });
  }
  if (requisition.approverIds.includes(executor.userId)) {
    faults.push({
      code: 'EXECUTOR_IS_APPROVER',
      message: `${executor.username} approved ${requisition.number} and may not execute it.`,
    });
  } else if (requisition.rejecterIds.includes(executor.userId)) {
    faults.push({
      code: 'EXECUTOR_IS_APPROVER',
      message: `${executor.username} rejected ${requisition.number} before and may not execute it.`,
    });
  }
  if (executor.phone !== null && executor.phone === payment.destination) {
    faults.push({
      code: 'DESTINATION_IS_EXECUTOR',
      message: `${payment.destination} is ${executor.username}'s own phone.`,
    });
  }
  const [first] = faults;
  if (first === undefined) return passed('segregation', `${executor.username} neither requested nor approved it.`);
  return failed(
    'segregation',
    first.code,
    faults.map((fault) => fault.message).join(' '),
    { who: others },
    {
      codes: faults.map((fault) => fault.code).join(' '),
    },
  );
}

function roleCheck({ executor, fund, others }: ExecutionFacts): Check {
  if (mayAt(executor, 'payment.execute', fund))
    return passed('role', `${executor.username} may pay from fund ${fund.code}.`);
  const roles = ABILITIES['payment.execute'].join(', ');
  return mayAnywhere(executor, 'payment.execute')
    ? failed('role', 'OUT_OF_SCOPE', `${executor.username}'s role does not reach fund ${fund.code}.`, { who: others })
    : failed('role', 'ROLE_MISSING', `${executor.username} has none of the roles ${roles} at fund ${fund.code}.`, {
        who: others,
      });
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
    return failed(
      'requisition',
      'REQUISITION_NOT_APPROVED',
      `${number} is ${status}, not approved.`,
      {
        command: `treasury requisition show ${number}`,
      },
      figures,
    );
  }
  if (!requisition.termsAgree) {
    return failed(
      'requisition',
      'REQUISITION_TERMS_CHANGED',
      `${number} was approved with other terms than this payment has.`,
      {
        command: `treasury payment cancel ${payment.ref}`,
      },
      figures,
    );
  }
  if (requisition.committedMinor > requisition.amountMinor) {
    const committed = formatAmount(requisition.committedMinor, payment.currency);
    const approved = formatAmount(requisition.amountMinor, payment.currency);
    return failed(
      'requisition',
      'REQUISITION_EXCEEDED',
      `The payments of ${number} come to ${committed}; approved are ${approved}.`,
      {
        command: `treasury payment list --search ${number}`,
      },
      figures,
    );
  }
  return passed('requisition', `${number} is approved with these terms.`, figures);
}
