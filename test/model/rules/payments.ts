import { check, done, refusalOf, refuse, type Fault, type Verdict } from '../verdict.ts';
import { isAmount, minor, the, type Fund, type Payment, type Person, type Requisition, type World } from '../world.ts';
import type { Judges } from './judge.ts';
import { committed, findRequisition, found } from './requisitions.ts';
import { holds, knows, PAYERS, reaches, reachesFrom } from './standing.ts';

/** A payment with what it belongs to. */
export interface Case {
  readonly payment: Payment;
  readonly fund: Fund;
  readonly requisition: Requisition;
}

/** The payment of an id as this person may name it, with its fund and requisition; out of their reach it is refused (5). */
export function findCase(world: World, person: Person, id: string): Case | Verdict {
  const payment = world.payments.get(id);
  const requisition = payment === undefined ? undefined : the(world.requisitions, payment.requisition);
  if (payment === undefined || requisition === undefined || !knows(world, person, requisition.at.company))
    return refuse(3, `there is no payment ${id}`);
  if (!reaches(world, person, requisition.at)) return refuse(5, 'out of their reach');
  return { payment, requisition, fund: the(world.funds, payment.fund) };
}

/** Whether a payment was found, and not the refusal of its name. */
export const isCase = (thing: Case | Verdict): thing is Case => 'payment' in thing;

/** The fund of a code as this person may name it. */
export function findFund(world: World, person: Person, code: string): Fund | Verdict {
  const fund = world.funds.get(code);
  return fund !== undefined && knows(world, person, fund.at.company) ? fund : refuse(3, `there is no fund ${code}`);
}

/** How a payment is ordered, tried again and cancelled. */
export const PAYMENT_RULES: Judges<'payment create' | 'payment retry' | 'payment cancel'> = {
  'payment create': (world, person, deed, act) => {
    if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
    const requisition = findRequisition(world, person, deed.requisition);
    if (!found(requisition)) return requisition;
    const fund = findFund(world, person, deed.fund);
    if (!found(fund)) return fund;
    const left = requisition.amount - committed(world, requisition);
    const amount = deed.amount === null ? left : minor(deed.amount, requisition.currency);
    const forbidden = refusalOf([
      check(holds(world, person, PAYERS, fund.at), 5, 'no payer of this fund'),
      check(reaches(world, person, requisition.at), 5, 'the requisition is out of their reach'),
    ]);
    if (forbidden !== undefined) return forbidden;
    if (deed.amount !== null && !isAmount(deed.amount, requisition.currency))
      return refuse(2, 'no amount of this currency');
    const refusal = refusalOf([
      check(requisition.status === 'approved', 6, `the requisition is ${requisition.status}`),
      check(fund.currency === requisition.currency, 6, 'another currency'),
      check(reachesFrom(fund.at, requisition.at), 6, 'the fund stands elsewhere'),
      check(amount <= left && left > 0, 6, 'more than is left of the requisition'),
      check(fund.state !== 'closed', 6, 'the fund is closed'),
    ]);
    if (refusal !== undefined) return refusal;
    const { method, to } = requisition;
    return done(() => {
      world.payments.set(`p${act.id}`, {
        ...{ id: `p${act.id}`, requisition: requisition.id, fund: fund.code, amount, method, to },
        ...{ maxTries: deed.maxTries ?? 3, status: 'pending', executor: null, withCode: false, failedTries: 0 },
        ...{ executedAt: null, reversedInRevision: null },
      });
    });
  },
  'payment retry': (world, person, deed) =>
    step(world, person, deed.payment, {
      check: ({ payment }) => [
        check(payment.status === 'failed', 6, `it is ${payment.status}`),
        check(payment.failedTries < payment.maxTries, 6, 'no tries are left'),
      ],
      effect: (payment) => {
        payment.status = 'pending';
        payment.executor = null;
      },
    }),
  'payment cancel': (world, person, deed) =>
    step(world, person, deed.payment, {
      check: ({ payment }) => [check(['pending', 'failed'].includes(payment.status), 6, `it is ${payment.status}`)],
      effect: (payment) => (payment.status = 'cancelled'),
    }),
};

interface Step {
  readonly check: (found: Case) => (Fault | null)[];
  readonly effect: (payment: Payment) => void;
}

function step(world: World, person: Person, id: string, { check: checks, effect }: Step): Verdict {
  if (!holds(world, person, PAYERS)) return refuse(5, 'no payer');
  const at = findCase(world, person, id);
  if (!isCase(at)) return at;
  const refusal = refusalOf([
    check(holds(world, person, PAYERS, at.fund.at), 5, 'no payer of this fund'),
    check(at.payment.status !== 'executing', 8, 'it is in flight'),
    ...checks(at),
  ]);
  return refusal ?? done(() => effect(at.payment));
}
