import { check, done, refusalOf, refuse, type Fault, type Verdict } from '../verdict.ts';
import { DAY, openRequest, startOfToday, type Fund, type Payment, type Person, type World } from '../world.ts';
import type { Judges } from './judge.ts';
import { isOver, newestCode } from './live-codes.ts';
import { findCase, isCase, type Case } from './payments.ts';
import { cfoFault, codeThreshold, policyFaults } from './policy.ts';
import { committed, decided, livePayments } from './requisitions.ts';
import { holds, PAYERS } from './standing.ts';

/** Only what is pending is executed; what is in flight is never paid again. */
export function statusFault({ status }: Payment): Fault | null {
  const codes = {
    ...{ pending: '', executing: 'PAYMENT_IN_FLIGHT', failed: 'PAYMENT_FAILED', cancelled: 'PAYMENT_CANCELLED' },
    ...{ success: 'PAYMENT_ALREADY_EXECUTED', reversed: 'PAYMENT_ALREADY_EXECUTED' },
  };
  return check(status === 'pending', status === 'executing' ? 8 : 6, `it is ${status}`, codes[status]);
}

/** Who may not execute it: its requester, who decided on it, the owner of its destination, and who has no role at the fund. */
export function whoFaults(world: World, person: Person, { payment, requisition, fund }: Case): (Fault | null)[] {
  const requested = requisition.requester === person.name;
  const approved = decided(requisition, person);
  const own = person.phone !== null && person.phone === payment.to;
  const code = requested ? 'EXECUTOR_IS_REQUESTER' : approved ? 'EXECUTOR_IS_APPROVER' : 'DESTINATION_IS_EXECUTOR';
  const anywhere = holds(world, person, PAYERS);
  return [
    check(!(requested || approved || own), 5, `${person.name} ${code.toLowerCase()}`, code),
    cfoFault(
      policyFaults(world, person, { payment, requisition, fund }).cfo,
      check(holds(world, person, PAYERS, fund.at), 5, 'no payer of it', anywhere ? 'OUT_OF_SCOPE' : 'ROLE_MISSING'),
    ),
  ];
}

/** Nothing is paid from a fund that is frozen or closed. */
export const fundFault = ({ state }: Fund): Fault | null =>
  check(state === 'open', 6, `the fund is ${state}`, state === 'frozen' ? 'FUND_FROZEN' : 'FUND_CLOSED');

/** Rule 2: judged on this payment plus what its destination got in the last 7 days, reversed payments left out. */
export function codeNeeded(world: World, { payment, fund }: Case): boolean {
  const recent = [...world.payments.values()].filter(
    (one) =>
      one.to === payment.to &&
      fundOf(world, one).currency === fund.currency &&
      ['executing', 'success'].includes(one.status) &&
      (one.executedAt ?? 0) >= world.now - 7 * DAY,
  );
  return payment.amount + sum(recent) > codeThreshold(world, fund, payment.method);
}

const fundOf = (world: World, { fund }: Payment): Fund => {
  const found = world.funds.get(fund);
  if (found === undefined) throw new Error(`the model has no fund ${fund}`);
  return found;
};

const sum = (payments: readonly Payment[]): number => payments.reduce((total, { amount }) => total + amount, 0);

/** What left a fund today, where the office is: also what is in flight, and what was taken back since. */
const paidToday = (world: World, fund: Fund): number =>
  sum(
    [...world.payments.values()].filter(
      (one) =>
        one.fund === fund.code &&
        ['executing', 'success', 'reversed'].includes(one.status) &&
        (one.executedAt ?? 0) >= startOfToday(world),
    ),
  );

function codeFaults(world: World, person: Person, at: Case): (Fault | null)[] {
  if (at.payment.status !== 'pending' || !codeNeeded(world, at)) return [];
  const code = newestCode(world, at.payment, person);
  const dead = code === undefined || code.void || code.used;
  const over = !dead && isOver(world, code);
  return [
    code?.used === true
      ? check(false, 4, 'the code was used', 'OTP_USED')
      : code !== undefined && code.wrongTries >= 5 && !code.verified
        ? check(false, 4, 'the code was guessed too often', 'OTP_LOCKED')
        : check(!dead && code.verified, 4, 'no code was entered', 'OTP_REQUIRED'),
    check(!over, 4, 'five minutes are over', 'OTP_EXPIRED'),
  ];
}

/** Every check of an execution, in the order of CLI.md. */
export function executionFaults(world: World, person: Person, at: Case): (Fault | null)[] {
  const { payment, requisition, fund } = at;
  const { status } = payment;
  const approved = requisition.status === 'approved' || (requisition.status === 'paid' && status !== 'pending');
  const beyond = committed(world, requisition) > requisition.amount;
  const policy = policyFaults(world, person, at);
  const terms = payment.to === requisition.to && payment.method === requisition.method;
  return [
    statusFault(payment),
    ...whoFaults(world, person, at),
    ...codeFaults(world, person, at),
    check(payment.failedTries < payment.maxTries, 6, 'no tries are left', 'RETRIES_EXHAUSTED'),
    !approved
      ? check(false, 6, `the requisition is ${requisition.status}`, 'REQUISITION_NOT_APPROVED')
      : !terms
        ? check(false, 6, 'other terms were approved', 'REQUISITION_TERMS_CHANGED')
        : beyond
          ? check(false, 6, 'more than was approved', 'REQUISITION_EXCEEDED')
          : check(!policy.approvals, 6, 'more must approve it', 'APPROVALS_MISSING'),
    policy.limit || !isWithinLimits(world, payment, fund)
      ? check(false, 5, 'beyond a limit', 'LIMIT_EXCEEDED')
      : check(!policy.hours, 5, 'outside of payment hours', 'OUTSIDE_PAYMENT_HOURS'),
    fundFault(fund),
    // What is under way, or over, is not judged against what is left.
    check(
      (status !== 'pending' && status !== 'failed') || fund.balance - fund.reserved >= payment.amount,
      6,
      'not enough money',
      'INSUFFICIENT_FUNDS',
    ),
  ];
}

const isWithinLimits = (world: World, { amount }: Payment, fund: Fund): boolean =>
  (fund.paymentLimit === null || amount <= fund.paymentLimit) &&
  (fund.dailyLimit === null || paidToday(world, fund) + amount <= fund.dailyLimit);

/** An entry of a fund's book, and the request that it raises when it leaves too little in an open fund (rule 6). */
export function post(world: World, fund: Fund, delta: number): void {
  fund.balance += delta;
  fund.entries += 1;
  if (fund.auto && fund.state === 'open' && fund.balance < fund.reorder && openRequest(world, fund.code) === undefined)
    request(world, fund, { requester: null, fixed: null });
}

/** A pending request for a fund; without an amount of its own, the way back to the imprest level. */
export function request(
  world: World,
  fund: Fund,
  { requester, fixed }: { requester: string | null; fixed: number | null },
): void {
  const ordinal = [...world.replenishments.values()].filter((one) => one.fund === fund.code).length;
  const id = `${fund.code}#${ordinal}`;
  world.replenishments.set(id, {
    ...{
      id,
      fund: fund.code,
      ordinal,
      requester,
      fixed: fixed !== null,
      requested: fixed ?? fund.imprest - fund.balance,
    },
    ...{
      approved: null,
      approver: null,
      rejecter: null,
      funded: null,
      funder: null,
      reference: null,
      status: 'pending',
    },
  });
}

/** The money has left: debited, and the requisition paid when all of it was. */
export function pay(world: World, { payment, requisition, fund }: Case, reference: string | null): void {
  payment.status = 'success';
  payment.executedAt ??= world.now;
  if (reference !== null) world.paidWith.add(`${payment.method}:${reference}`);
  post(world, fund, -payment.amount);
  const paid = sum(livePayments(world, requisition).filter(({ status }) => status === 'success'));
  // One that waits to be approved again stays so: what is settled now was a fact before.
  if (requisition.status === 'approved' && paid >= requisition.amount) requisition.status = 'paid';
}

/** How a payment is executed, and how that is explained before. */
export const EXECUTION_RULES: Judges<'payment execute' | 'payment explain'> = {
  'payment explain': (world, person, deed) => {
    if (!holds(world, person, ['requester', 'approver', 'auditor', 'admin', ...PAYERS])) return refuse(5, 'no role');
    const at = findCase(world, person, deed.payment);
    return isCase(at) ? (refusalOf(executionFaults(world, person, at)) ?? done(() => undefined)) : at;
  },
  'payment execute': (world, person, deed, act) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    const { payment } = at;
    const refusal = refusalOf(executionFaults(world, person, at));
    if (refusal !== undefined) return refusal;
    if (!deed.yes && !act.dryRun) return refuse(2, 'nobody can be asked');
    if (deed.reference !== null && payment.method === 'cash') return refuse(2, 'cash has no reference');
    if (deed.reference !== null && world.paidWith.has(`${payment.method}:${deed.reference}`))
      return refuse(6, 'the reference was used');
    return carryOut(world, person, at, deed.reference);
  },
};

function carryOut(world: World, person: Person, at: Case, reference: string | null): Verdict {
  const { payment, fund } = at;
  const code = codeNeeded(world, at) ? newestCode(world, payment, person) : undefined;
  const atOnce = payment.method === 'cash' || reference !== null;
  const effect = (): void => {
    if (code !== undefined) code.used = true;
    payment.withCode = code !== undefined;
    payment.executor = person.name;
    payment.executedAt = world.now;
    if (atOnce) return pay(world, at, reference);
    payment.status = 'executing';
    fund.reserved += payment.amount;
  };
  return done(effect, atOnce ? 0 : 8);
}
