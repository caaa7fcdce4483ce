import { check, done, refusalOf, refuse, type Fault, type Verdict } from '../verdict.ts';
import { hasPaid, type Person, type World } from '../world.ts';
import type { Judges } from './judge.ts';
import { pay } from './execution.ts';
import { findCase, isCase, type Case } from './payments.ts';
import { propose } from './proposing.ts';
import { decided } from './requisitions.ts';
import { holds, KEEPERS, PAYERS } from './standing.ts';

/** Who may not say what became of a payment: who asked for it or decided on it, and who has no role for that at its fund. */
const settlerFaults = (world: World, person: Person, at: Case, roles: typeof PAYERS): (Fault | null)[] => [
  check(holds(world, person, roles, at.fund.at), 5, 'no role for it at this fund'),
  check(
    at.requisition.requester !== person.name && !decided(at.requisition, person),
    5,
    'they asked for or decided it',
  ),
];

const inFlight = ({ payment }: Case): Fault | null =>
  check(payment.status === 'executing', 6, `it is ${payment.status}`);

/** Whether somebody may declare that what is in flight never left: never who executed it. */
export const notPaidFaults = (world: World, person: Person, at: Case): (Fault | null)[] => [
  ...settlerFaults(world, person, at, KEEPERS),
  check(at.payment.executor !== person.name, 5, 'they executed it'),
  inFlight(at),
];

/** The money never left: the reservation is free again, and one more try has failed. */
export function settleNotPaid({ payment, fund }: Case): void {
  fund.reserved -= payment.amount;
  payment.status = 'failed';
  payment.executedAt = null;
  payment.failedTries += 1;
}

/** Whether somebody may have a payment taken back whole. */
export const reversalFaults = (world: World, person: Person, at: Case, reference: string | null): (Fault | null)[] => [
  check(at.payment.status === 'success', 6, `it is ${at.payment.status}`),
  check(at.requisition.requester !== person.name, 5, 'they requested it'),
  check(at.payment.executor !== person.name, 5, 'they executed it'),
  check(holds(world, person, KEEPERS, at.fund.at), 5, 'no keeper of this fund'),
  check(at.fund.state !== 'closed', 6, 'the fund is closed'),
  check(reference === null || !world.receivedWith.has(reference), 6, 'the reference was used'),
];

/** How what is in flight is settled, and how what was paid is taken back. */
export const OUTCOME_RULES: Judges<'payment resolve' | 'payment resolve --not-paid' | 'payment reverse'> = {
  'payment resolve': (world, person, deed) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    const { payment, fund } = at;
    const refusal = refusalOf([
      ...settlerFaults(world, person, at, PAYERS),
      inFlight(at),
      check(!world.paidWith.has(`${payment.method}:${deed.reference}`), 6, 'the reference was used'),
    ]);
    if (refusal !== undefined) return refusal;
    return done(() => {
      fund.reserved -= payment.amount;
      pay(world, at, deed.reference);
    });
  },
  'payment resolve --not-paid': (world, person, deed, act) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    const refusal = refusalOf(notPaidFaults(world, person, at));
    if (refusal !== undefined) return refusal;
    if (!deed.yes && !act.dryRun) return refuse(2, 'nobody can be asked');
    if (!hasPaid(world)) return done(() => settleNotPaid(at));
    return propose(world, person, act, { kind: 'payment.not_paid', subject: at.payment.id }, at.fund.at);
  },
  'payment reverse': (world, person, deed, act): Verdict => {
    if (!holds(world, person, KEEPERS)) return refuse(5, 'no keeper of funds');
    if (deed.reason === null) return refuse(2, 'the reason is missing');
    const at = findCase(world, person, deed.payment);
    if (!isCase(at)) return at;
    const refusal = refusalOf(reversalFaults(world, person, at, deed.reference));
    if (refusal !== undefined) return refusal;
    if (!deed.yes && !act.dryRun) return refuse(2, 'nobody can be asked');
    const proposal = { kind: 'payment.reverse', subject: at.payment.id, reference: deed.reference } as const;
    return propose(world, person, act, proposal, at.fund.at);
  },
};
