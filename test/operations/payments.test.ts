import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rowDigest } from '../../src/store/audit-chain.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  errorOf,
  failingCodes,
  MINUTE,
  problemOf,
  reasonsOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { aFund } from '../support/a-fund.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { aPerson } from '../support/office.ts';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { closeFund } from '../../src/operations/close-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import { resolvePaymentOutcome, type ResolveRequest } from '../../src/operations/resolve-payment.ts';
import { cancelPayment, retryPayment } from '../../src/operations/retry-payment.ts';
import { openStore } from '../../src/store/open.ts';
import { getRequisitionView } from '../../src/store/requisitions.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];

  beforeAll(async () => {
    office = await aPayingOffice(open);
    people = office.people;
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const resolve = (payment: Row<'payments'>, outcome: ResolveRequest['outcome'], actor = people.carol) =>
    resolvePaymentOutcome(office.store, actor, { paymentId: payment.id, outcome, dayAt: office.dayAt });
  /** Executes through another process's connection. */
  const through = (
    store: Store,
    payment: Row<'payments'>,
    executor = people.carol,
    gatewayReference: string | null = null,
  ) => executePayment(store, executor, { paymentId: payment.id, gatewayReference, dayAt: office.dayAt });
  const create = async (
    requisition: Row<'requisitions'>,
    fund: Row<'funds'>,
    amount: string | null,
    store = office.store,
  ) =>
    (
      await createPayment(store, people.carol, {
        requisitionId: requisition.id,
        fundId: fund.id,
        amount,
        maxRetries: null,
      })
    ).payment;
  const requisitionNow = ({ id }: Row<'requisitions'>) =>
    office.store.read(async (tx) => (await getRequisitionView(tx, id)).requisition);
  const cancel = (payment: Row<'payments'>) =>
    cancelPayment(office.store, people.carol, { paymentId: payment.id, reason: null });
  const retry = (payment: Row<'payments'>) =>
    retryPayment(office.store, people.carol, { paymentId: payment.id, reason: null });
  const notPaid = { kind: 'not_paid', reason: 'the app shows nothing' } as const;

  describe('the life of a payment', () => {
    test('cash is paid at once: pending to success, one execution, one debit linked to it, one event', async () => {
      const fund = await office.fund({ opening: '5,000.00' });
      const payment = await office.payment(fund, { amount: '1,200.50' });
      expect(payment.status).toBe('pending');
      const { execution, entry } = await office.pay(payment);
      const after = await office.state(payment);
      expect(after.payment).toMatchObject({
        status: 'success',
        executorId: people.carol.userId,
        retryCount: 0,
        lastError: null,
      });
      expect(after.fund).toMatchObject({ balanceMinor: 379_950, reservedMinor: 0 });
      expect(after.executions).toEqual([execution]);
      expect(execution).toMatchObject({
        gateway: 'cash',
        gatewayReference: `PV-${fund.code}-2026-00001`,
        voucherNumber: `PV-${fund.code}-2026-00001`,
      });
      expect(after.entries.at(-1)).toEqual(entry);
      expect(entry).toMatchObject({
        type: 'debit',
        kind: 'payment',
        amountMinor: 120_050,
        balanceAfterMinor: 379_950,
        executionId: execution.id,
        paymentId: payment.id,
      });
      expect(after.attempts).toMatchObject([{ number: 1, state: 'paid', reservedMinor: 120_050 }]);
      expect(after.actions).toEqual(['fund.created', 'payment.created', 'payment.executed']);
    });

    test('the event of an execution carries the digests of the rows as the database holds them', async () => {
      const payment = await office.payment(await office.fund());
      await office.pay(payment);
      const { executions, entries } = await office.state(payment);
      const events = await office.store.read((tx) => tx.db.select().from(tx.t.auditEvents));
      const event = events.find(({ subject, action }) => subject === payment.ref && action === 'payment.executed');
      const [execution, entry] = [executions[0] ?? {}, entries.at(-1) ?? {}];
      expect(JSON.parse(event?.body ?? '{}')).toMatchObject({
        payload: { execution: { digest: rowDigest(execution) }, ledger_entry: { digest: rowDigest(entry) } },
      });
    });

    test('whoever rejected a requisition does not pay it once it was amended and approved: nothing is tried', async () => {
      const both = await office.person('judge', ['cashier', 'approver']);
      const fund = await office.fund();
      const draft = { payee: 'Jane Wanjiru', amount: '500', purpose: 'Taxi', method: 'cash', destination: 'Jane' };
      const made = await createRequisition(office.store, people.amina, {
        ...{ draft: { ...draft, category: null }, place: { branch: 'WESTLANDS' }, currency: null },
      });
      const wish = { requisition: made.requisition.ref, reason: 'too much' };
      await rejectRequisition(office.store, both, wish);
      await amendRequisition(office.store, people.amina, { ...wish, amendment: { amount: '400' } });
      await approveRequisition(office.store, people.brian, wish);
      const payment = await create(made.requisition, fund, null);
      const before = await office.state(payment);
      const problem = await problemOf(office.execute(payment, both));
      expect([problem.kind, failingCodes(problem)]).toEqual(['forbidden', ['EXECUTOR_IS_APPROVER']]);
      expect(await office.state(payment)).toEqual(before);
      await office.pay(payment);
    });

    test('an order names a requisition within reach, whatever fund it would be paid from', async () => {
      const mary = await office.store.write((tx) => aPerson(tx, 'mary', ['cashier'], office.places.COAST));
      const { fund } = (await aFund(office.store, people.david, { region: 'COAST', opening: '0' })).view;
      const { id } = await office.requisition();
      const order = { requisitionId: id, fundId: fund.id, amount: null, maxRetries: null };
      expect(await problemOf(createPayment(office.store, mary, order))).toMatchObject({
        kind: 'forbidden',
        code: 'OUT_OF_SCOPE',
      });
    });

    test('a payment is paid once: a second execution is refused with its voucher', async () => {
      const payment = await office.payment(await office.fund());
      const { execution } = await office.pay(payment);
      const problem = await problemOf(office.execute(payment));
      expect(problem).toMatchObject({ kind: 'refused', code: 'PAYMENT_NOT_EXECUTABLE' });
      expect(failingCodes(problem)).toEqual(['PAYMENT_ALREADY_EXECUTED']);
      expect(reasonsOf(problem)).toContain(execution.voucherNumber);
    });

    test('a payment is not paid twice by two who execute it at the same moment', async () => {
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        for (let round = 0; round < 5; round += 1) {
          const payment = await office.payment(await office.fund());
          const outcomes = await Promise.all([
            errorOf(office.execute(payment, people.carol)),
            errorOf(through(other, payment, people.peter)),
          ]);
          expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
          expect(outcomes.find((outcome) => outcome !== undefined)).toMatchObject({
            name: 'Problem',
            code: 'PAYMENT_NOT_EXECUTABLE',
          });
          expect(await office.state(payment)).toMatchObject({
            payment: { retryCount: 0 },
            attempts: [{ state: 'paid' }],
          });
        }
      } finally {
        await other.close();
      }
    });

    test('two payments that share the last money of a fund: one is paid, the other refused', async () => {
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        const fund = await office.fund({ opening: '1,000' });
        const [one, two] = [
          await office.payment(fund, { amount: '600' }),
          await office.payment(fund, { amount: '600' }),
        ];
        const outcomes = await Promise.all([errorOf(office.execute(one)), errorOf(through(other, two))]);
        expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
        expect((await office.fundNow(fund)).balanceMinor).toBe(40_000);
      } finally {
        await other.close();
      }
    });
  });

  describe('segregation', () => {
    test('the requester may not execute their own payment, though a cashier', async () => {
      const payment = await office.payment(await office.fund(), { requester: people.grace });
      const before = await office.state(payment);
      const problem = await problemOf(office.execute(payment, people.grace));
      expect(problem.kind).toBe('forbidden');
      expect(failingCodes(problem)).toEqual(['EXECUTOR_IS_REQUESTER']);
      expect(await office.state(payment)).toEqual(before);
    });

    test('the approver may not execute it, and those who may are named', async () => {
      const payment = await office.payment(await office.fund(), { approver: people.esther });
      const problem = await problemOf(office.execute(payment, people.esther));
      expect(problem.kind).toBe('forbidden');
      expect(failingCodes(problem)).toEqual(['EXECUTOR_IS_APPROVER']);
      const who = problem.details.checks?.find((check) => check.id === 'segregation')?.fix?.who;
      expect(who).toContain('carol');
      expect(who).not.toContain('amina');
      expect(who).not.toContain('esther');
    });

    test('nobody pays to their own phone', async () => {
      const phoned = { ...people.peter, phone: '254722000111' };
      await office.store.write((tx) =>
        tx.db.update(tx.t.users).set({ phone: phoned.phone }).where(eq(tx.t.users.id, phoned.userId)),
      );
      const payment = await office.payment(await office.fund(), { method: 'mpesa', destination: '0722 000 111' });
      expect(failingCodes(await problemOf(office.execute(payment, phoned, 'QK1')))).toEqual([
        'DESTINATION_IS_EXECUTOR',
      ]);
      await office.pay(payment, people.carol, 'QKOWNPHONE');
      // Nor where a bank pays to a phone, however it is written.
      const account = await office.payment(await office.fund(), {
        method: 'bank',
        destination: 'KCB M-PESA 0722-000-111',
      });
      expect(failingCodes(await problemOf(office.execute(account, phoned, 'QK2')))).toEqual([
        'DESTINATION_IS_EXECUTOR',
      ]);
    });

    test('a role that has been taken away does not pay, whatever the session says', async () => {
      const late = await office.person('late', ['cashier']);
      const payment = await office.payment(await office.fund());
      await office.store.write((tx) =>
        tx.db.update(tx.t.roleGrants).set({ revokedAt: tx.now }).where(eq(tx.t.roleGrants.userId, late.userId)),
      );
      expect(failingCodes(await problemOf(office.execute(payment, late)))).toEqual(['ROLE_MISSING']);
    });

    test('an admin is not exempt: without a paying role nothing is paid', async () => {
      const payment = await office.payment(await office.fund());
      const problem = await problemOf(office.execute(payment, people.root));
      expect(problem.kind).toBe('forbidden');
      expect(failingCodes(problem)).toEqual(['ROLE_MISSING']);
    });
  });

  describe('money', () => {
    test('the whole balance can be paid', async () => {
      const payment = await office.payment(await office.fund({ opening: '1,000.00' }), { amount: '1,000.00' });
      await office.pay(payment);
      expect((await office.state(payment)).fund.balanceMinor).toBe(0);
    });

    test('one cent more than the balance is refused with the figures, and is no attempt', async () => {
      const payment = await office.payment(await office.fund({ opening: '1,000.00' }), { amount: '1,000.01' });
      const before = await office.state(payment);
      const problem = await problemOf(office.execute(payment));
      expect(problem.kind).toBe('refused');
      expect(failingCodes(problem)).toEqual(['INSUFFICIENT_FUNDS']);
      expect(reasonsOf(problem)).toContain('KES 1,000.00 available; this payment needs KES 1,000.01');
      expect(await office.state(payment)).toEqual(before);
    });

    test('money reserved for a payment under way is not paid twice', async () => {
      const fund = await office.fund({ opening: '1,000' });
      const first = await office.payment(fund, { amount: '700', method: 'bank' });
      const second = await office.payment(fund, { amount: '300.01' });
      expect((await office.execute(first)).state).toBe('executing');
      expect(failingCodes(await problemOf(office.execute(second)))).toEqual(['INSUFFICIENT_FUNDS']);
      await office.pay(await office.payment(fund, { amount: '300' }));
    });

    test('the limit of a payment includes its figure', async () => {
      const fund = await office.fund({ paymentLimit: '500' });
      await office.pay(await office.payment(fund, { amount: '500' }));
      const problem = await problemOf(office.execute(await office.payment(fund, { amount: '500.01' })));
      expect(problem.kind).toBe('forbidden');
      expect(failingCodes(problem)).toEqual(['LIMIT_EXCEEDED']);
    });

    test('the limit of a day includes its figure, counts what is under way, and starts anew at midnight in Nairobi', async () => {
      const office = await aPayingOffice(open);
      const fund = await office.fund({ dailyLimit: '1,000' });
      await office.leapTo(new Date('2026-11-01T20:59:59.999Z'));
      await office.pay(await office.payment(fund, { amount: '400' }));
      await office.execute(await office.payment(fund, { amount: '100', method: 'bank' }));
      const tooMuch = await office.payment(fund, { amount: '500.01' });
      const problem = await problemOf(office.execute(tooMuch));
      expect(failingCodes(problem)).toEqual(['LIMIT_EXCEEDED']);
      expect(reasonsOf(problem)).toContain('KES 500.00 went out today');
      await office.pay(await office.payment(fund, { amount: '500' }));
      office.pass(1);
      expect((await office.pay(tooMuch)).entry.valueDate).toBe('2026-11-02');
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('vouchers are counted anew in each year of the office, not of UTC', async () => {
      const office = await aPayingOffice(open);
      const fund = await office.fund();
      await office.pay(await office.payment(fund));
      await office.leapTo(new Date('2026-12-31T21:00:00.000Z'));
      expect((await office.pay(await office.payment(fund))).execution.voucherNumber).toBe(`PV-${fund.code}-2027-00001`);
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });

  describe('replenishment', () => {
    test('a balance below the reorder level raises one request, in the same transaction and not a second time', async () => {
      const fund = await office.fund({ opening: '1,000', reorderLevel: '600', imprestLevel: '2,000' });
      const { replenishment } = await office.pay(await office.payment(fund, { amount: '400.01' }));
      expect(replenishment).toMatchObject({
        status: 'pending',
        autoTriggered: true,
        requestedBy: null,
        balanceMinor: 59_999,
        requestedMinor: 140_001,
      });
      const again = await office.payment(fund, { amount: '100' });
      expect((await office.pay(again)).replenishment).toBeNull();
      const { replenishments, actions } = await office.state(again);
      expect(replenishments).toHaveLength(1);
      expect(actions.filter((action) => action === 'replenishment.requested')).toHaveLength(1);
    });

    test('a balance exactly at the reorder level raises none', async () => {
      const fund = await office.fund({ opening: '1,000', reorderLevel: '600' });
      expect((await office.pay(await office.payment(fund, { amount: '400' }))).replenishment).toBeNull();
    });

    test('a fund told not to raises none', async () => {
      const fund = await office.fund({ opening: '1,000', reorderLevel: '600', autoReplenish: false });
      expect((await office.pay(await office.payment(fund, { amount: '900' }))).replenishment).toBeNull();
    });
  });

  describe('funds that do not pay', () => {
    test('a frozen fund pays nothing until it is unfrozen', async () => {
      const fund = await office.fund();
      const payment = await office.payment(fund);
      await freezeFund(office.store, people.david, { fund: fund.code, reason: 'count' });
      const problem = await problemOf(office.execute(payment));
      expect(problem.kind).toBe('refused');
      expect(failingCodes(problem)).toEqual(['FUND_FROZEN']);
      const unfrozen = unfreezeFund(office.store, people.david, { fund: fund.code, reason: null });
      await agreed(office.store, people.esther, unfrozen);
      await office.pay(payment);
    });

    test('a fund with an open payment is not closed, and a closed one takes no payment', async () => {
      const fund = await office.fund({ opening: '0' });
      const payment = await office.payment(fund);
      expect((await problemOf(closeFund(office.store, people.david, { fund: fund.code, reason: null }))).kind).toBe(
        'refused',
      );
      await cancel(payment);
      await closeFund(office.store, people.david, { fund: fund.code, reason: null });
      expect(failingCodes(await problemOf(office.payment(fund)))).toEqual(['FUND_CLOSED']);
    });
  });

  describe('what a requisition allows', () => {
    test('its payments come to its amount, not a cent more; a cancelled one makes room', async () => {
      const fund = await office.fund();
      const requisition = await office.requisition({ approved: '1,000' });
      const first = await create(requisition, fund, '600');
      expect(failingCodes(await problemOf(create(requisition, fund, '400.01')))).toEqual(['REQUISITION_EXCEEDED']);
      const rest = await create(requisition, fund, null);
      expect(rest.amountMinor).toBe(40_000);
      expect(failingCodes(await problemOf(create(requisition, fund, '0.01')))).toEqual(['REQUISITION_EXCEEDED']);
      expect(failingCodes(await problemOf(create(requisition, fund, null)))).toEqual(['REQUISITION_EXCEEDED']);
      await cancel(first);
      await create(requisition, fund, '600');
    });

    test('it is paid when all of it has been paid, and then pays nothing more', async () => {
      const fund = await office.fund();
      const requisition = await office.requisition({ approved: '1,000' });
      await office.pay(await create(requisition, fund, '600'));
      expect((await requisitionNow(requisition)).status).toBe('approved');
      await office.pay(await create(requisition, fund, '400'));
      expect((await requisitionNow(requisition)).status).toBe('paid');
      expect(failingCodes(await problemOf(create(requisition, fund, '1')))).toEqual([
        'REQUISITION_NOT_APPROVED',
        'REQUISITION_EXCEEDED',
      ]);
    });

    test('two payments of one requisition made at the same moment do not exceed it', async () => {
      const fund = await office.fund();
      const requisition = await office.requisition({ approved: '1,000' });
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        const make = (store: PayingOffice['store']) => errorOf(create(requisition, fund, '1,000', store));
        const outcomes = await Promise.all([make(office.store), make(other)]);
        expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
      } finally {
        await other.close();
      }
    });
  });

  describe('paid in the app', () => {
    test('with the reference it is posted at once, tidied; a reference is used once per account, ever', async () => {
      const fund = await office.fund();
      const { execution } = await office.pay(
        await office.payment(fund, { method: 'mpesa' }),
        people.carol,
        ' qkx12abc9z ',
      );
      expect(execution).toMatchObject({ gateway: 'manual', gatewayAccount: 'mpesa', gatewayReference: 'QKX12ABC9Z' });
      const second = await office.payment(await office.fund(), { method: 'mpesa' });
      const before = await office.state(second);
      for (const again of ['QKX12abc9z', 'QKX12 ABC9Z', 'q kx12abc9\u00a0z'])
        expect(await problemOf(office.execute(second, people.peter, again)), again).toMatchObject({
          kind: 'refused',
          code: 'GATEWAY_REFERENCE_USED',
        });
      expect(await office.state(second)).toEqual(before);
      await office.pay(await office.payment(fund, { method: 'bank' }), people.carol, 'QKX12ABC9Z');
    });

    test('one reference given for two payments of different funds at the same moment pays one, and fails none', async () => {
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        for (let round = 0; round < 4; round += 1) {
          const [one, two] = [
            await office.payment(await office.fund(), { method: 'mpesa' }),
            await office.payment(await office.fund(), { method: 'mpesa' }),
          ];
          const reference = `QKSAME${round}`;
          const outcomes = await Promise.all([
            errorOf(office.execute(one, people.carol, reference)),
            errorOf(through(other, two, people.carol, reference)),
          ]);
          expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
          expect(outcomes.find((outcome) => outcome !== undefined)).toMatchObject({ code: 'GATEWAY_REFERENCE_USED' });
          const statuses = [(await office.state(one)).payment, (await office.state(two)).payment].map(
            ({ status, retryCount }) => `${status} ${retryCount}`,
          );
          expect(statuses.toSorted()).toEqual(['pending 0', 'success 0']);
        }
      } finally {
        await other.close();
      }
    });

    test('cash takes no reference, and what is no reference is refused before anything is looked at', async () => {
      const fund = await office.fund();
      const cash = await office.payment(fund);
      expect(await problemOf(office.execute(cash, people.carol, 'QK123'))).toMatchObject({
        kind: 'usage',
        code: 'REFERENCE_NOT_TAKEN',
      });
      expect(await problemOf(office.execute(cash, people.carol, 'x;drop'))).toMatchObject({
        kind: 'usage',
        code: 'REFERENCE_INVALID',
      });
      expect((await office.state(cash)).payment.status).toBe('pending');
    });

    test('without the reference the money is reserved, and the reference settles it on the day it is given', async () => {
      const fund = await office.fund({ opening: '1,000' });
      const payment = await office.payment(fund, { amount: '700', method: 'bank' });
      const executed = await office.execute(payment);
      expect(executed).toMatchObject({
        state: 'executing',
        attempt: { state: 'sent', reservedMinor: 70_000 },
        fund: { balanceMinor: 100_000, reservedMinor: 70_000 },
      });
      expect(failingCodes(await problemOf(office.execute(payment, people.peter, 'FT1')))).toContain(
        'PAYMENT_IN_FLIGHT',
      );
      expect((await problemOf(office.execute(payment, people.peter, 'FT1'))).kind).toBe('pending');
      const resolved = await resolve(payment, { kind: 'paid', reference: 'ft26291abc' }, people.peter);
      expect(resolved).toMatchObject({
        state: 'paid',
        paid: { execution: { executorId: people.carol.userId, gatewayReference: 'FT26291ABC' } },
      });
      const after = await office.state(payment);
      expect(after).toMatchObject({
        payment: { status: 'success', executorId: people.carol.userId },
        fund: { balanceMinor: 30_000, reservedMinor: 0 },
      });
      expect(after.attempts).toMatchObject([{ state: 'paid', gatewayReference: 'FT26291ABC' }]);
      expect(after.entries.at(-1)?.createdBy).toBe(people.peter.userId);
      expect(await problemOf(resolve(payment, { kind: 'paid', reference: 'FT2' }))).toMatchObject({
        code: 'PAYMENT_NOT_IN_FLIGHT',
      });
    });

    test('who may not settle it is refused for that, whatever state it is in', async () => {
      const payment = await office.payment(await office.fund(), { method: 'bank', requester: people.grace });
      for (const by of [people.grace, people.esther]) {
        const kind = by === people.grace ? 'forbidden' : 'refused';
        expect(await problemOf(resolve(payment, { kind: 'paid', reference: 'FT3' }, by))).toMatchObject({ kind });
      }
      await office.pay(payment, people.david, 'FT4');
      expect(await problemOf(resolve(payment, notPaid, people.david))).toMatchObject({
        kind: 'forbidden',
        code: 'RESOLVER_IS_EXECUTOR',
      });
    });

    test('a settled payment posts although its fund was frozen meanwhile: it is a fact', async () => {
      const fund = await office.fund({ opening: '1,000' });
      const payment = await office.payment(fund, { amount: '1,000', method: 'bank' });
      await office.execute(payment);
      await freezeFund(office.store, people.david, { fund: fund.code, reason: null });
      expect((await resolve(payment, { kind: 'paid', reference: 'FTFROZEN' })).state).toBe('paid');
    });

    test('a reference of another payment settles nothing', async () => {
      const fund = await office.fund();
      await office.pay(await office.payment(fund, { method: 'bank' }), people.carol, 'FTTAKEN');
      const payment = await office.payment(fund, { method: 'bank' });
      await office.execute(payment);
      const before = await office.state(payment);
      expect(await problemOf(resolve(payment, { kind: 'paid', reference: 'fttaken' }))).toMatchObject({
        code: 'GATEWAY_REFERENCE_USED',
      });
      expect(await office.state(payment)).toEqual(before);
    });

    test('"not paid" is refused to a cashier, to its executor, requester and approver; another treasurer may say it', async () => {
      const fund = await office.fund();
      const payment = await office.payment(fund, { method: 'bank', approver: people.esther });
      await office.execute(payment, people.david);
      const before = await office.state(payment);
      expect(await problemOf(resolve(payment, notPaid, people.carol))).toMatchObject({
        kind: 'forbidden',
        code: 'ROLE_MISSING',
      });
      expect(await problemOf(resolve(payment, notPaid, people.david))).toMatchObject({
        kind: 'forbidden',
        code: 'RESOLVER_IS_EXECUTOR',
      });
      expect(await problemOf(resolve(payment, notPaid, people.esther))).toMatchObject({
        kind: 'forbidden',
        code: 'RESOLVER_IS_INVOLVED',
      });
      expect(await office.state(payment)).toEqual(before);
      const other = await office.person('frank', ['treasurer']);
      await agreed(office.store, people.esther, resolve(payment, notPaid, other));
      const after = await office.state(payment);
      expect(after.payment).toMatchObject({
        status: 'failed',
        retryCount: 1,
        lastError: 'not paid: the app shows nothing',
        executedAt: null,
      });
      expect(after.fund.reservedMinor).toBe(0);
      expect(after.attempts).toMatchObject([{ state: 'failed', reservedMinor: payment.amountMinor }]);
      expect(after.executions).toEqual([]);
    });
  });

  describe('failed payments', () => {
    test('after a failure it is retried as often as it may be, then only cancelled', async () => {
      const fund = await office.fund();
      const payment = await office.payment(fund, { method: 'bank', maxRetries: '2' });
      for (const number of [1, 2]) {
        await office.execute(payment);
        await agreed(office.store, people.esther, resolve(payment, notPaid, people.david));
        const { payment: failed, attempts } = await office.state(payment);
        expect(failed).toMatchObject({
          status: 'failed',
          retryCount: number,
          lastError: 'not paid: the app shows nothing',
        });
        expect(attempts.map((attempt) => attempt.number)).toEqual(Array.from({ length: number }, (_, at) => at + 1));
        const codes = number === 1 ? ['PAYMENT_FAILED'] : ['PAYMENT_FAILED', 'RETRIES_EXHAUSTED'];
        expect(failingCodes(await problemOf(office.execute(payment)))).toEqual(codes);
        if (number === 1)
          expect((await retry(payment)).payment).toMatchObject({ status: 'pending', executorId: null, retryCount: 1 });
      }
      expect(await problemOf(retry(payment))).toMatchObject({ kind: 'refused', code: 'RETRIES_EXHAUSTED' });
      expect((await cancel(payment)).payment.status).toBe('cancelled');
      expect(failingCodes(await problemOf(office.execute(payment)))).toContain('PAYMENT_CANCELLED');
    });

    test('a payment under way is neither cancelled nor retried: exit 8, never pay again', async () => {
      const payment = await office.payment(await office.fund(), { method: 'bank' });
      await office.execute(payment);
      expect(await problemOf(cancel(payment))).toMatchObject({ kind: 'pending', code: 'PAYMENT_IN_FLIGHT' });
      expect(await problemOf(retry(payment))).toMatchObject({ kind: 'pending', code: 'PAYMENT_IN_FLIGHT' });
      expect((await office.state(payment)).payment.status).toBe('executing');
    });

    test('what is pending is not retried, what is paid not cancelled', async () => {
      const payment = await office.payment(await office.fund());
      expect(await problemOf(retry(payment))).toMatchObject({ kind: 'refused', code: 'PAYMENT_NOT_FAILED' });
      await office.pay(payment);
      expect(await problemOf(cancel(payment))).toMatchObject({ kind: 'refused', code: 'PAYMENT_NOT_OPEN' });
    });
  });

  describe('every check at once', () => {
    test('a refusal names everything that fails, as explain does, and changes nothing', async () => {
      const fund = await office.fund({ opening: '100', paymentLimit: '150', otpThreshold: '0' });
      const payment = await office.payment(fund, { amount: '200', requester: people.grace });
      await freezeFund(office.store, people.david, { fund: fund.code, reason: null });
      const before = await office.state(payment);
      const problem = await problemOf(office.execute(payment, people.grace));
      const codes = ['EXECUTOR_IS_REQUESTER', 'OTP_REQUIRED', 'LIMIT_EXCEEDED', 'FUND_FROZEN', 'INSUFFICIENT_FUNDS'];
      expect(problem.kind).toBe('forbidden');
      expect(failingCodes(problem)).toEqual(codes);
      const explained = await explainPayment(office.store, people.grace, {
        paymentId: payment.id,
        dayAt: office.dayAt,
      });
      expect(explained.checks).toEqual(problem.details.checks);
      expect(await office.state(payment)).toEqual(before);
    });
  });

  describe('splitting', () => {
    test('small payments to one destination add up over seven days, and then need a code', async () => {
      const office = await aPayingOffice(open);
      const { people } = office;
      const fund = await office.fund({ otpThreshold: '1,000' });
      const small = () => office.payment(fund, { amount: '500', method: 'mpesa', destination: '0733 000 001' });
      await office.pay(await small(), people.carol, 'SPLIT1');
      await office.pay(await small(), people.carol, 'SPLIT2');
      const third = await small();
      expect(failingCodes(await problemOf(office.execute(third, people.carol, 'SPLIT3')))).toEqual(['OTP_REQUIRED']);
      office.pass(7 * DAY);
      expect(failingCodes(await problemOf(office.execute(third, people.carol, 'SPLIT3')))).toEqual(['OTP_REQUIRED']);
      // The office is not silent for longer than that.
      await office.requisition();
      office.pass(1);
      await office.pay(third, people.carol, 'SPLIT3');
    });

    test('another fund and another cashier do not help, nor does leaving the outcome open', async () => {
      const wish = { amount: '500', method: 'mpesa', destination: '0733 000 002' } as const;
      await office.execute(await office.payment(await office.fund({ otpThreshold: '500' }), wish));
      const second = await office.payment(await office.fund({ otpThreshold: '999.99' }), wish);
      expect(failingCodes(await problemOf(office.execute(second, people.peter)))).toEqual(['OTP_REQUIRED']);
    });

    test('nor do other requisitions, other funds and other ways to write a phone', async () => {
      const wish = (destination: string) => ({ amount: '400', method: 'mpesa', destination }) as const;
      const [one, other] = [await office.fund({ otpThreshold: '1,000' }), await office.fund({ otpThreshold: '1,000' })];
      await office.pay(await office.payment(one, wish('0733 000 005')), people.carol, 'WAYS1');
      await office.pay(await office.payment(other, wish('+254733000005')), people.peter, 'WAYS2');
      for (const written of ['254733000005', '0733-000-005', '+254 (733) 000 005']) {
        const third = await office.payment(one, wish(written));
        expect(failingCodes(await problemOf(office.execute(third, people.carol, 'WAYS3')))).toEqual(['OTP_REQUIRED']);
      }
    });

    test.each([
      { method: 'bank', one: 'KCB:1155778899', others: ['KCB 1155778899', 'kcb:1155778899', 'Kcb.: 115-577-8899'] },
      { method: 'cash', one: 'Zuhura Ali', others: ['zuhura ali', 'ZUHURA-ALI.', 'Zuhura  Ali'] },
    ] as const)('nor do other ways to write where $method goes', async ({ method, one, others }) => {
      const fund = await office.fund({ otpThreshold: '1,000' });
      const wish = (destination: string) => ({ amount: '600', method, destination });
      await office.pay(await office.payment(fund, wish(one)), people.carol, method === 'cash' ? undefined : 'SPELT');
      for (const written of others) {
        const again = await office.payment(fund, wish(written));
        expect(failingCodes(await problemOf(office.execute(again))), written).toEqual(['OTP_REQUIRED']);
      }
      const another = await office.payment(fund, wish(`${one}1`));
      expect((await office.state(another)).payment.destinationKey).not.toBe('');
      await office.execute(another);
    });

    test('nor does paying one requisition in parts', async () => {
      const fund = await office.fund({ otpThreshold: '1,000' });
      const requisition = await office.requisition({ amount: '1,200', method: 'mpesa', destination: '0733 000 006' });
      await office.pay(await create(requisition, fund, '600'), people.carol, 'PART1');
      const rest = await create(requisition, fund, '600');
      expect(failingCodes(await problemOf(office.execute(rest, people.carol, 'PART2')))).toEqual(['OTP_REQUIRED']);
    });

    test('the threshold itself needs no code, one cent more does', async () => {
      const fund = await office.fund({ otpThreshold: '500' });
      const wish = (amount: string, destination: string) => ({ amount, method: 'mpesa', destination }) as const;
      await office.pay(await office.payment(fund, wish('500', '0733 000 003')), people.carol, 'THRESH1');
      const more = await office.payment(fund, wish('500.01', '0733 000 004'));
      expect(failingCodes(await problemOf(office.execute(more, people.carol, 'THRESH2')))).toEqual(['OTP_REQUIRED']);
    });
  });

  test('nothing above left the office with wrong books', async () => {
    office.pass(MINUTE);
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
