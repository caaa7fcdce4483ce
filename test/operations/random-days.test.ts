import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type Actor, type Role } from '../../src/domain/access.ts';
import { Problem } from '../../src/domain/problem.ts';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { approveReplenishment } from '../../src/operations/approve-replenishment.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { cancelRequisition } from '../../src/operations/cancel-requisition.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { decideRequisition } from '../../src/operations/decide-requisition.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { fundReplenishment } from '../../src/operations/fund-replenishment.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectReplenishment } from '../../src/operations/reject-replenishment.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { requestReplenishment } from '../../src/operations/request-replenishment.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { cancelPayment, retryPayment } from '../../src/operations/retry-payment.ts';
import type { Executed } from '../../src/operations/execute-payment.ts';
import { faultsOf } from '../../src/operations/verify-audit.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import { resolveRequisition } from '../../src/store/requisitions.ts';
import { proveAudit } from '../../src/store/prove-audit.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, codeIn, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { SEED } from '../support/seed.ts';
import { HELD_RULES } from '../support/held-rules.ts';

/** Repeats a run that failed: SEED=123 npx vitest run --project store test/operations/random-days.test.ts */
const DAYS = Number(process.env['DAYS'] ?? 5);

/** What somebody does, to which of the things there are, and with which figure. */
interface Act {
  readonly what: keyof ReturnType<typeof deeds>;
  readonly who: number;
  readonly which: number;
  readonly amount: number;
  /** The statement that fails, if there are as many. */
  readonly fault: number | null;
}

interface Day {
  readonly office: PayingOffice;
  readonly fund: Row<'funds'>;
  readonly requisitions: string[];
  readonly approved: string[];
  readonly payments: Row<'payments'>[];
  readonly replenishments: string[];
  readonly changes: string[];
  readonly variances: string[];
}

const METHODS = ['cash', 'mpesa', 'bank'] as const;
const DESTINATIONS = { cash: 'Jane Wanjiru', mpesa: '0712345678', bank: 'KCB:1234567890' };

let references = 0;
const paid = { count: 0 };
const adjusted = { count: 0 };

/** Everything that people do in an office; what they may not do, or not now, is refused with a Problem. */
function deeds(day: Day, by: Actor, { which, amount }: Act) {
  const { office, fund } = day;
  const { store, dayAt } = office;
  const pick = <T>(things: readonly T[]): T => {
    // What was made last is what people work on.
    const thing = things.at(-1 - (which % Math.min(things.length, 4) || 0));
    if (thing === undefined) throw new Problem('not_found', 'NOTHING_THERE', 'There is nothing yet to do this with.');
    return thing;
  };
  const reason = 'because';
  const money = `${amount}.00`;
  const reference = (): string => `REF${(references += 1)}X`;
  const paying = async (work: Promise<Executed>) => {
    const executed = await work;
    if (executed.state !== 'paid') return;
    paid.count += 1;
    if (executed.paid.replenishment !== null) day.replenishments.push(executed.paid.replenishment.ref);
  };
  const proposing = async (work: Promise<object>) => {
    const answer = await work;
    if (isProposed(answer)) day.changes.push(answer.proposed.change.ref);
  };
  return {
    ask: async () => {
      const method = METHODS[which % 3] ?? 'cash';
      const draft = {
        ...{ payee: 'Jane Wanjiru', amount: money, purpose: 'Taxi', category: null },
        ...{ method, destination: DESTINATIONS[method] },
      };
      const view = await createRequisition(store, by, { draft, place: { branch: 'WESTLANDS' }, currency: null });
      day.requisitions.push(view.requisition.ref);
    },
    amend: () => amendRequisition(store, by, { requisition: pick(day.requisitions), amendment: { amount: money } }),
    approve: async () => {
      const requisition = pick(day.requisitions);
      await decideRequisition(store, by, { requisition, decision: 'approve', reason: null });
      day.approved.push(requisition);
    },
    reject: () => decideRequisition(store, by, { requisition: pick(day.requisitions), decision: 'reject', reason }),
    cancelRequisition: () => cancelRequisition(store, by, { requisition: pick(day.requisitions), reason }),
    order: async () => {
      const requisitionId = await store.read((tx) => resolveRequisition(tx, pick(day.approved), by.grants));
      const part = which % 2 === 0 ? null : money;
      const request = { requisitionId, fundId: fund.id, amount: part, maxRetries: null };
      day.payments.push((await createPayment(store, by, request)).payment);
    },
    code: async () => {
      const payment = pick(day.payments);
      const mails = office.mails.length;
      await office.send(payment, by);
      // Small payments need no code.
      if (office.mails.length > mails) await office.verify(payment, codeIn(office.mails.at(-1)), by);
    },
    execute: () => paying(office.execute(pick(day.payments), by)),
    executePaid: () => paying(office.execute(pick(day.payments), by, reference())),
    settlePaid: () =>
      resolvePaymentOutcome(store, by, {
        ...{ paymentId: pick(day.payments).id, dayAt },
        outcome: { kind: 'paid', reference: reference() },
      }),
    settleNotPaid: () =>
      proposing(
        resolvePaymentOutcome(store, by, {
          ...{ paymentId: pick(day.payments).id, dayAt },
          outcome: { kind: 'not_paid', reason },
        }),
      ),
    reverse: () =>
      proposing(
        proposeReversal(store, by, { paymentId: pick(day.payments).id, reason, returnedReference: reference() }),
      ),
    agree: () => confirmChange(store, by, { change: pick(day.changes), reason: null }),
    disagree: () => rejectChange(store, by, { change: pick(day.changes), reason }),
    retry: () => retryPayment(store, by, { paymentId: pick(day.payments).id, reason }),
    cancel: () => cancelPayment(store, by, { paymentId: pick(day.payments).id, reason }),
    freeze: () => freezeFund(store, by, { fund: fund.code, reason }),
    unfreeze: () => proposing(unfreezeFund(store, by, { fund: fund.code, reason })),
    requestMoney: async () => {
      const view = await requestReplenishment(store, by, {
        ...{ fund: fund.code, reason },
        amount: which % 2 === 0 ? null : money,
      });
      day.replenishments.push(view.request.ref);
    },
    approveMoney: () => approveReplenishment(store, by, { replenishment: pick(day.replenishments), reason: null }),
    rejectMoney: () => rejectReplenishment(store, by, { replenishment: pick(day.replenishments), reason }),
    sendMoney: () =>
      fundReplenishment(store, by, {
        ...{ replenishment: pick(day.replenishments), reference: reference(), amount: null },
      }),
    differ: async () => {
      const wish = { paymentId: pick(day.payments).id, adjusted: `${amount - 1}.00`, reason };
      day.variances.push((await recordPaymentVariance(store, by, wish)).view.variance.ref);
    },
    count: async () => {
      const answer = await recordCount(store, by, { fund: fund.code, counted: `${amount}.00`, reason });
      if ('view' in answer) day.variances.push(answer.view.variance.ref);
    },
    approveDifference: async () => {
      const variances = which % 3 === 0 ? day.variances.slice(-2) : [pick(day.variances)];
      adjusted.count += (await approveVariances(store, by, { variances, reason: null })).length;
    },
    rejectDifference: () => rejectVariance(store, by, { variance: pick(day.variances), reason }),
    wait: async () => office.pass(amount * 1000),
  };
}

/** How often each is drawn: what brings a payment to its end most of all. */
const WEIGHTS: Readonly<Record<Act['what'], number>> = {
  ...{ ask: 9, approve: 12, order: 12, code: 12, execute: 15, executePaid: 6, settlePaid: 5, settleNotPaid: 4 },
  ...{ retry: 4, cancel: 1, amend: 1, reject: 1, cancelRequisition: 1, freeze: 1, unfreeze: 5, wait: 3 },
  ...{ reverse: 3, agree: 12, disagree: 1 },
  ...{ requestMoney: 2, approveMoney: 4, sendMoney: 4, rejectMoney: 1 },
  ...{ differ: 6, count: 2, approveDifference: 7, rejectDifference: 1 },
};
/** Whose work it is; three times of four somebody with that role does it, else anybody. */
const WHOSE: Readonly<Record<Act['what'], readonly Role[]>> = {
  ...{ ask: ['requester'], amend: ['requester'], cancelRequisition: ['requester', 'approver'] },
  ...{ approve: ['approver'], reject: ['approver'], order: ['cashier'], code: ['cashier'], execute: ['cashier'] },
  ...{ executePaid: ['cashier'], settlePaid: ['cashier'], settleNotPaid: ['treasurer'], retry: ['cashier'] },
  ...{ cancel: ['cashier'], freeze: ['treasurer', 'cfo'], unfreeze: ['treasurer', 'cfo'], wait: [] },
  ...{ reverse: ['treasurer', 'cfo'], agree: ['cfo', 'approver'], disagree: ['cfo', 'approver', 'treasurer'] },
  ...{
    differ: ['treasurer', 'cfo'],
    count: ['treasurer', 'cfo'],
    approveDifference: ['cfo'],
    rejectDifference: ['cfo'],
  },
  ...{ requestMoney: ['treasurer'], approveMoney: ['cfo'], rejectMoney: ['cfo'], sendMoney: ['treasurer'] },
};

const chosen = (crew: readonly Actor[], { who, what }: Act): Actor | undefined => {
  const fit = crew.filter(({ grants }) => grants.some(({ role }) => WHOSE[what].includes(role)));
  const those = who % 4 === 0 || fit.length === 0 ? crew : fit;
  return those[who % those.length];
};

// Object.keys forgets the names that the line above fixes.
const WHAT = (Object.keys(WEIGHTS) as Act['what'][]).flatMap((what) =>
  Array.from({ length: WEIGHTS[what] }, () => what),
);

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom(...WHAT),
  who: fc.nat(99),
  which: fc.nat(99),
  amount: fc.integer({ min: 1, max: 900 }),
  fault: fc.oneof(
    { weight: 11, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
  ),
});

/** Everybody has many roles, so that segregation is all that keeps them apart. */
const roles = fc.uniqueArray(fc.constantFrom<Role>(...ROLES), { minLength: 3, maxLength: 6 });

eachDatabase((open) => {
  let office: PayingOffice;
  let people = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
  });
  afterAll(() => {
    // A test in which nobody ever got to pay would prove nothing.
    expect(paid.count).toBeGreaterThan(0);
    expect(adjusted.count).toBeGreaterThan(0);
  });

  const live = async (day: Day, crew: readonly Actor[], one: Act): Promise<void> => {
    const by = chosen(crew, one);
    if (by === undefined) throw new Error('nobody is there');
    let statements = 0;
    const fault = new Error('a statement failed');
    office.fault.strike = () => {
      statements += 1;
      if (statements === one.fault) throw fault;
    };
    try {
      await deeds(day, by, one)[one.what]();
    } catch (error) {
      const isHonest = error === fault || (error instanceof Problem && error.kind !== 'integrity');
      if (!isHonest) throw error;
    } finally {
      office.fault.strike = null;
    }
  };

  const faults = async (): Promise<string[]> => [
    ...(await office.store.read(async (tx) =>
      (await judgeInvariants(tx, HELD_RULES, null)).flatMap(({ invariant, broken }) =>
        broken.map(({ message }) => `${invariant.id}: ${message}`),
      ),
    )),
    ...faultsOf(await proveAudit(office.store, () => true)).map((fault) => fault.message),
  ];

  describe('random days of random people', () => {
    test(`leave every invariant whole (SEED=${SEED})`, async () => {
      const days = fc.asyncProperty(
        fc.array(roles, { minLength: 3, maxLength: 6 }),
        fc.array(act, { minLength: 150, maxLength: 300 }),
        async (crewRoles, acts) => {
          const crew: Actor[] = [];
          // One of them does nothing but pay, so that something is paid each day.
          for (const held of [['cashier'] satisfies Role[], ...crewRoles])
            crew.push(await office.person(`person${(people += 1)}`, held));
          const limits = { opening: '1,500', reorderLevel: '400', imprestLevel: '1,500', otpThreshold: '2,000' };
          const day: Day = {
            ...{ office, fund: await office.fund(limits) },
            ...{ requisitions: [], approved: [], payments: [], replenishments: [], changes: [], variances: [] },
          };
          for (const one of acts) await live(day, crew, one);
          expect(await faults()).toEqual([]);
        },
      );
      const run = await fc.check(days, { seed: SEED, numRuns: DAYS, endOnFailure: true });
      if (run.failed) throw new Error(`Day ${run.numRuns} of SEED=${SEED} ends badly.`, { cause: run.errorInstance });
    }, 600_000);
  });
});
