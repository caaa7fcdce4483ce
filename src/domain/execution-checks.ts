import { ABILITIES, mayAnywhere, mayAt } from './access.ts';
import { isAccountOfPhone } from './destination.ts';
import { passed, failed, isFailed } from './check.ts';
import { policyCaseOf, type ExecutionFacts } from './execution-facts.ts';
import { limitsCheck, fundOpenCheck, balanceCheck } from './fund-checks.ts';
import { settledBy } from './in-flight.ts';
import { decimalOf, formatAmount } from './money.ts';
import { hasAccount } from './payment.ts';
import { otpCheck, otpExpiryCheck } from './otp-checks.ts';
import { approvalsFault, cfoFault, judged, type Judged } from './policy-checks.ts';
import type { Check, ProblemKind } from './problem.ts';

/** Every check of an execution, passed and failed, in the order that CLI.md fixes. Pure; nothing is short-circuited. */
export function executionChecks(facts: ExecutionFacts): Check[] {
  const byPolicy = WAITING.has(facts.payment.status) ? judged(facts.policy, policyCaseOf(facts)) : null;
  return [
    statusCheck(facts),
    segregationCheck(facts),
    roleCheck(facts, byPolicy),
    otpCheck(facts),
    otpExpiryCheck(facts),
    retriesCheck(facts),
    requisitionCheck(facts, byPolicy),
    limitsCheck(facts, byPolicy),
    fundOpenCheck(facts),
    balanceCheck(facts),
    ...heldChecks(facts),
    ...railChecks(facts),
  ];
}

/** Said only when money has left for it already: what a gateway paid after it had said that it would not. */
const heldChecks = ({ payment, held }: ExecutionFacts): Check[] =>
  held === null || !WAITING.has(payment.status) ? [] : [heldCheck(payment.ref, held)];

/** Said only when the rail would not take it. */
const railChecks = ({ payment, railFault }: ExecutionFacts): Check[] =>
  railFault === null
    ? []
    : [
        failed('gateway', 'GATEWAY_REFUSES_TERMS', railFault, {
          command: `treasury payment cancel ${payment.ref}`,
        }),
      ];

/** Why a payment is not paid again whose money left already; `held` is the suspense item that tells. */
export const heldCheck = (payment: string, held: { readonly ref: string; readonly open: boolean }): Check =>
  failed(
    'suspense',
    'PAYMENT_IN_SUSPENSE',
    held.open
      ? `Money left for ${payment} after it had failed, and is held as ${held.ref}. Never pay it again until it has come back.`
      : `Money left for ${payment} after it had failed, and the fund was debited for it by ${held.ref}. Never pay it again.`,
    {
      command: held.open
        ? `treasury suspense settle ${held.ref} --reason REASON`
        : `treasury payment cancel ${payment}`,
    },
    { suspense: held.ref },
  );

/** What was paid or is being paid was judged by the policy of its time; a later one does not judge it again. */
const WAITING: ReadonlySet<string> = new Set(['pending', 'failed']);

/** Which kind of refusal a list of failing checks is: the exit code that CLI.md gives when several kinds fail. */
export function refusalKind(checks: readonly Check[]): ProblemKind {
  const failing = checks.filter(isFailed);
  if (failing.some((check) => FORBIDDING.has(check.id))) return 'forbidden';
  if (failing.some((check) => check.code === 'PAYMENT_IN_FLIGHT')) return 'pending';
  if (failing.some((check) => check.id === 'otp' || check.id === 'otp_expiry')) return 'auth';
  return 'refused';
}

const FORBIDDING: ReadonlySet<string> = new Set(['segregation', 'role', 'limits']);

function statusCheck({ payment, fund, carrier }: ExecutionFacts): Check {
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
          command: settledBy({ ref, fund: fund.code, carrier }),
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
  if (executor.phone !== null && hasAccount(payment.method) && isAccountOfPhone(payment.destination, executor.phone)) {
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
    { who: others.toExecute },
    {
      codes: faults.map((fault) => fault.code).join(' '),
    },
  );
}

function roleCheck(facts: ExecutionFacts, byPolicy: Judged | null): Check {
  const { executor, fund, others } = facts;
  const roleFault = roleFaultOf(facts);
  const cfoAsked = byPolicy === null ? null : cfoFault(byPolicy);
  if (roleFault !== null) {
    const message = cfoAsked === null ? roleFault.message : `${roleFault.message} ${cfoAsked}`;
    return failed('role', roleFault.code, message, { who: cfoAsked === null ? others.toExecute : others.cfos });
  }
  if (cfoAsked === null) return passed('role', `${executor.username} may pay from fund ${fund.code}.`);
  return failed('role', 'CFO_REQUIRED', cfoAsked, { who: others.cfos }, { policy: facts.policy.version });
}

function roleFaultOf({ executor, fund }: ExecutionFacts): { code: string; message: string } | null {
  if (mayAt(executor, 'payment.execute', fund)) return null;
  const roles = ABILITIES['payment.execute'].join(', ');
  return mayAnywhere(executor, 'payment.execute')
    ? { code: 'OUT_OF_SCOPE', message: `${executor.username}'s role does not reach fund ${fund.code}.` }
    : {
        code: 'ROLE_MISSING',
        message: `${executor.username} has none of the roles ${roles} at fund ${fund.code}.`,
      };
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
    payment.maxRetries === 1 ? 'The only attempt has failed.' : `All ${payment.maxRetries} attempts have failed.`,
    { command: `treasury payment cancel ${payment.ref} && ${again}` },
    figures,
  );
}

function requisitionCheck(facts: ExecutionFacts, byPolicy: Judged | null): Check {
  const { payment, requisition } = facts;
  const { number, status } = requisition;
  const figures = { requisition: number, status };
  const fail = (code: string, message: string, command: string): Check =>
    failed('requisition', code, message, { command }, figures);
  const missing = byPolicy === null ? null : approvalsFault(byPolicy);
  if (status !== 'approved' && !(status === 'paid' && payment.status !== 'pending')) {
    const awaited = status === 'submitted' && missing !== null && facts.policy.version > 0 ? ` ${missing}` : '';
    const message = `${number} is ${status}, not approved.${awaited}`;
    return fail('REQUISITION_NOT_APPROVED', message, `treasury requisition show ${number}`);
  }
  if (!requisition.termsAgree) {
    const message = `${number} was approved with other terms than this payment has.`;
    return fail('REQUISITION_TERMS_CHANGED', message, `treasury payment cancel ${payment.ref}`);
  }
  if (requisition.committedMinor > requisition.amountMinor) {
    const committed = formatAmount(requisition.committedMinor, payment.currency);
    const approved = formatAmount(requisition.amountMinor, payment.currency);
    const message = `The payments of ${number} come to ${committed}; approved are ${approved}.`;
    return fail('REQUISITION_EXCEEDED', message, `treasury payment list --search ${number}`);
  }
  if (missing !== null) {
    const fix = { command: `treasury requisition approve ${number}`, who: facts.others.toApprove };
    return failed('requisition', 'APPROVALS_MISSING', missing, fix, { ...figures, policy: facts.policy.version });
  }
  return passed('requisition', `${number} is approved with these terms.`, figures);
}
