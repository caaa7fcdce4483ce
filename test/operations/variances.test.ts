import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { fundDocument } from '../../src/documents/fund.ts';
import { ledgerEntryDocument } from '../../src/documents/ledger-entry.ts';
import { paymentDocument } from '../../src/documents/payment.ts';
import { ledgerEntrySchema } from '../../src/documents/schemas/ledger-entry.ts';
import { paymentSchema } from '../../src/documents/schemas/payment.ts';
import { varianceSchema } from '../../src/documents/schemas/variance.ts';
import { varianceDocument } from '../../src/documents/variance.ts';
import type { Actor } from '../../src/domain/access.ts';
import { approveVariances, judgeApproval, type ApprovedVariance } from '../../src/operations/approve-variance.ts';
import { cancelRequisition } from '../../src/operations/cancel-requisition.ts';
import { closeFund } from '../../src/operations/close-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { explainPolicy } from '../../src/operations/explain-policy.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectVariance } from '../../src/operations/reject-variance.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { setPolicy } from '../../src/operations/set-policy.ts';
import { showVariance } from '../../src/operations/show-variance.ts';
import { faultsOf } from '../../src/operations/verify-audit.ts';
import { getFund } from '../../src/store/funds.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import { getEntry } from '../../src/store/ledger.ts';
import { getPaymentView } from '../../src/store/payment-views.ts';
import { proveAudit } from '../../src/store/prove-audit.ts';
import { getRequisition } from '../../src/store/requisitions.ts';
import type { Row } from '../../src/store/tables.ts';
import { getVariance, listVariances } from '../../src/store/variances.ts';
import { aPayingOffice, errorOf, failingCodes, problemOf, type PayingOffice } from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { aPerson } from '../support/office.ts';
import { HELD_RULES } from '../support/held-rules.ts';

const ALL = { limit: 0, after: null };

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  /** A second CFO, one who is a treasurer too, one of Mombasa only, and one of another company. */
  let frank: Actor;
  let boss: Actor;
  let mary: Actor;
  let oscar: Actor;
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open, { connections: 4 });
    ({ people } = office);
    frank = await office.person('frank', ['cfo']);
    boss = await office.person('boss', ['treasurer', 'cfo']);
    await office.store.write(async (tx) => {
      mary = await aPerson(tx, 'mary', ['treasurer', 'cfo'], office.places.MOMBASA);
      oscar = await aPerson(tx, 'oscar', ['cfo'], office.places.OTHER);
    });
    fund = await office.fund();
    await office.pay(await office.payment(fund));
  });

  /** A payment of KES 1,000.00 that was made, of which the requisition is paid whole unless it was for more. */
  const paid = async (wish: Parameters<PayingOffice['payment']>[1] = {}, executor = people.carol, from = fund) => {
    const payment = await office.payment(from, wish);
    await office.pay(payment, executor);
    return payment;
  };
  const record = async (payment: Row<'payments'>, adjusted: string, by = people.david) =>
    (await recordPaymentVariance(office.store, by, { paymentId: payment.id, adjusted, reason: 'the receipt' })).view
      .variance.ref;
  const counting = (counted: string, by = people.david, of = fund) =>
    recordCount(office.store, by, { fund: of.code, counted, reason: 'counted' });
  const count = async (counted: string, by = people.david, of = fund) => {
    const answer = await counting(counted, by, of);
    if (!('view' in answer)) throw new Error('the count agrees');
    return answer.view.variance.ref;
  };
  const approve = (refs: string | readonly string[], by = people.esther, reason: string | null = null) =>
    approveVariances(office.store, by, { variances: [refs].flat(), reason });
  const approveOne = async (ref: string, by = people.esther): Promise<ApprovedVariance> => {
    const [approved] = await approve(ref, by);
    if (approved === undefined) throw new Error('nothing was approved');
    return approved;
  };
  const reject = (ref: string, by = people.esther) => rejectVariance(office.store, by, { variance: ref, reason: 'no' });
  const balance = async (of = fund) => (await office.fundNow(of)).balanceMinor;
  const requisitionOf = (of: Row<'payments'>) => office.store.read((tx) => getRequisition(tx, of.requisitionId));
  const order = (of: Row<'payments'>, amount: string | null = null) =>
    createPayment(office.store, people.carol, {
      ...{ requisitionId: of.requisitionId, fundId: of.fundId, amount, maxRetries: null },
    });
  const rowOf = (ref: string) =>
    office.store.read(async (tx) => {
      const { varianceAdjustments: variances } = tx.t;
      const [row] = await tx.db.select().from(variances).where(eq(variances.ref, ref));
      if (row === undefined) throw new Error(`there is no ${ref}`);
      return row;
    });
  const eventsOf = (ref: string) =>
    office.store.read(async (tx) => {
      const { auditEvents: events } = tx.t;
      const rows = await tx.db.select().from(events).where(eq(events.subject, ref)).orderBy(events.seq);
      return rows.map(({ action, actor, body }) => ({
        ...{ action, actor },
        payload: (JSON.parse(body) as { payload: Record<string, unknown> }).payload,
      }));
    });
  const faults = async (): Promise<string[]> => [
    ...(await office.store.read(async (tx) =>
      (await judgeInvariants(tx, HELD_RULES, null)).flatMap(({ broken }) => broken.map((one) => one.message)),
    )),
    ...faultsOf(await proveAudit(office.store, () => true)).map(({ message }) => message),
  ];

  describe('a difference of a payment', () => {
    test('is pending when it is recorded: nothing moves, one event tells of it', async () => {
      const payment = await paid();
      const before = await office.state(payment);
      const { view, mayDecide, alsoPending } = await recordPaymentVariance(office.store, people.david, {
        ...{ paymentId: payment.id, adjusted: '1,050', reason: ' the bank took more ' },
      });
      expect(view).toMatchObject({
        variance: {
          ...{ status: 'pending', originalMinor: 100_000, adjustedMinor: 105_000, varianceMinor: 5_000 },
          ...{ reason: 'the bank took more', evidence: null, decidedBy: null, entryId: null },
        },
        fund: { code: fund.code, currency: 'KES' },
        payment: { ref: payment.ref, payee: 'Jane Wanjiru' },
        recordedBy: 'david',
      });
      expect([mayDecide, alsoPending]).toEqual([['boss', 'esther', 'frank'], []]);
      const after = await office.state(payment);
      expect({ ...after, fund: null, actions: null }).toEqual({ ...before, fund: null, actions: null });
      expect(after.fund.balanceMinor).toBe(before.fund.balanceMinor);
      expect(await eventsOf(view.variance.ref)).toMatchObject([
        { action: 'variance.recorded', actor: 'david', payload: { payment: payment.ref, variance_minor: 5_000 } },
      ]);
    });

    test.each([
      ['1,050', -5_000],
      ['999.99', 1],
      ['0', 100_000],
    ])('approved, %s instead of 1,000 moves the fund by %i', async (adjusted, delta) => {
      const payment = await paid();
      const before = await balance();
      const ref = await record(payment, adjusted);
      const { view, posted, fundBefore, payment: after } = await approveOne(ref);
      expect(await balance()).toBe(before + delta);
      expect(posted.entry).toMatchObject({
        ...{ type: 'adjustment', kind: 'variance', amountMinor: delta, balanceAfterMinor: before + delta },
        ...{ paymentId: payment.id, createdBy: people.esther.userId },
      });
      expect(posted.entry.description).toBe(`Variance ${ref} of ${payment.ref}: the receipt`);
      expect(fundBefore.balanceMinor).toBe(before);
      expect(view).toMatchObject({
        variance: { status: 'approved', entryId: posted.entry.id, policyVersion: 0, decidedReason: null },
        ...{ decidedBy: 'esther', entryRef: posted.entry.ref },
      });
      expect(after).toMatchObject({ ref: payment.ref, adjustedMinor: 100_000 - delta });
      expect(await eventsOf(ref)).toMatchObject([
        { action: 'variance.recorded' },
        {
          ...{ action: 'variance.approved', actor: 'esther' },
          payload: {
            ...{ balance_before_minor: before, balance_after_minor: before + delta, tolerated: null },
            ledger_entry: { ref: posted.entry.ref },
          },
        },
      ]);
      expect(await faults()).toEqual([]);
    });

    test('rejected, nothing moves, and it says why; another can be recorded', async () => {
      const payment = await paid();
      const before = await balance();
      const ref = await record(payment, '900');
      const { variance, decidedBy } = await rejectVariance(office.store, frank, {
        variance: ref,
        reason: 'a misprint',
      });
      expect(variance).toMatchObject({
        status: 'rejected',
        decidedReason: 'a misprint',
        entryId: null,
        policyVersion: 0,
      });
      expect([decidedBy, await balance()]).toEqual(['frank', before]);
      expect(await eventsOf(ref)).toMatchObject([
        {},
        { action: 'variance.rejected', payload: { reason: 'a misprint' } },
      ]);
      await reject(await record(payment, '900'));
      expect(await faults()).toEqual([]);
    });

    test('begins where the earlier ones ended', async () => {
      const payment = await paid();
      await approve(await record(payment, '1,050'));
      await approve(await record(payment, '1,000'));
      expect((await problemOf(record(payment, '1,000'))).code).toBe('AMOUNT_UNCHANGED');
      const ref = await record(payment, '1,000.01');
      expect(await rowOf(ref)).toMatchObject({ originalMinor: 100_000, varianceMinor: 1 });
      await approve(ref);
      expect(await faults()).toEqual([]);
    });

    test('is one at a time, by a treasurer or CFO of the place, of what was paid', async () => {
      const payment = await paid();
      const ref = await record(payment, '900');
      expect(await problemOf(record(payment, '800'))).toMatchObject({
        ...{ kind: 'refused', code: 'VARIANCE_PENDING' },
        message: `A difference of ${payment.ref} cannot be recorded: one check fails.`,
      });
      for (const by of [people.amina, people.brian, people.carol, people.helen, people.root])
        expect(await problemOf(record(payment, '900', by))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
      expect(await problemOf(record(payment, '1,000', mary))).toMatchObject({
        ...{ kind: 'forbidden', code: 'VARIANCE_NOT_RECORDABLE' },
        details: { unchanged: 'Nothing was recorded.' },
      });
      expect((await problemOf(record(await office.payment(fund), '900'))).code).toBe('PAYMENT_NOT_PAID');
      expect((await problemOf(record(payment, '-1'))).kind).toBe('usage');
      await reject(ref);
    });

    test('is not recorded twice by two treasurers at once', async () => {
      const payment = await paid();
      const flora = await office.person('flora', ['treasurer']);
      const answers = await Promise.all([
        errorOf(record(payment, '900')),
        errorOf(record(payment, '901', flora)),
        errorOf(record(payment, '902', frank)),
      ]);
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      for (const answer of answers.filter((one) => one !== undefined))
        expect(answer).toMatchObject({ code: 'VARIANCE_PENDING' });
    });
  });

  describe('who decides', () => {
    test('never who recorded it, CFO or not, nor by another role of theirs', async () => {
      const payment = await paid();
      for (const recorder of [frank, boss]) {
        const ref = await record(payment, '900', recorder);
        for (const decide of [approve, reject]) {
          const problem = await problemOf(decide(ref, recorder));
          expect(problem).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_RECORDER' });
          const [, check] = problem.details.checks ?? [];
          expect(check?.fix?.who).not.toContain(recorder.username);
          expect(check?.fix?.who).toContain('esther');
        }
        await reject(ref);
      }
    });

    test('never who executed its payment', async () => {
      const payment = await paid({}, frank);
      const ref = await record(payment, '900');
      for (const decide of [approve, reject])
        expect(await problemOf(decide(ref, frank))).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_EXECUTOR' });
      await approve(ref);
    });

    test('never who requested its payment', async () => {
      const chief = await office.person('chief', ['requester', 'cfo']);
      const payment = await paid({ requester: chief });
      const ref = await record(payment, '900');
      for (const decide of [approve, reject])
        expect(await problemOf(decide(ref, chief))).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_REQUESTER' });
      await approve(ref);
    });

    test('is told who may, and they may: nobody of its payment is among them', async () => {
      const other = await office.person('other', ['requester', 'cfo']);
      const ref = await record(await paid({ requester: other }, frank), '900', boss);
      const { mayDecide } = await showVariance(office.store, people.helen, ref);
      for (const involved of ['boss', 'frank', 'other']) expect(mayDecide).not.toContain(involved);
      const [, segregation] = (await problemOf(approve(ref, boss))).details.checks ?? [];
      expect(segregation?.fix?.who).toEqual(mayDecide);
      expect(mayDecide).toContain('esther');
      await reject(ref);
    });

    test('may be who approved its requisition, and of a count who paid from the fund', async () => {
      const payment = await paid({ approver: frank });
      await approve(await record(payment, '900'), frank);
      await paid({}, frank);
      await approve(await count('90,000'), frank);
      expect(await faults()).toEqual([]);
    });

    test('a CFO of the place, and of no other; what another company has does not exist', async () => {
      const ref = await record(await paid(), '900');
      for (const by of [people.amina, people.carol, people.david, people.helen, people.root])
        expect(await problemOf(approve(ref, by))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
      expect(await problemOf(approve(ref, mary))).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
      expect(await problemOf(approve(ref, oscar))).toMatchObject({ kind: 'not_found', code: 'VARIANCE_NOT_FOUND' });
      await approve(ref);
    });

    test('once: not twice one after another, nor two CFOs at once', async () => {
      const ref = await record(await paid(), '900');
      const before = await balance();
      const answers = await Promise.all(
        [people.esther, frank, boss, people.esther].map((by) => errorOf(approve(ref, by))),
      );
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      for (const answer of answers.filter((one) => one !== undefined))
        expect(answer).toMatchObject({ kind: 'refused', code: 'VARIANCE_NOT_PENDING' });
      expect(await balance()).toBe(before + 10_000);
      for (const decide of [approve, reject])
        expect((await problemOf(decide(ref, frank))).code).toBe('VARIANCE_NOT_PENDING');
      expect(await faults()).toEqual([]);
    });

    test('one approves while another rejects: one of them has happened', async () => {
      const ref = await record(await paid(), '900');
      const before = await balance();
      const [approved, rejected] = await Promise.all([errorOf(approve(ref)), errorOf(reject(ref, frank))]);
      expect([approved, rejected].filter((answer) => answer === undefined)).toHaveLength(1);
      expect(await balance()).toBe(approved === undefined ? before + 10_000 : before);
    });
  });

  describe('several', () => {
    test('are approved together, each of its own, in the order in which they were recorded', async () => {
      const other = await office.fund({ opening: '500' });
      const [one, two] = [await paid(), await paid({ amount: '100' }, people.carol, other)];
      const refs = [await record(one, '1,100'), await record(two, '90'), await count('350', people.david, other)];
      const before = await balance();
      const approved = await approve([...refs.toReversed(), refs[0] ?? '']);
      expect(approved.map(({ view }) => view.variance.ref)).toEqual(refs);
      expect(approved.map(({ posted }) => [posted.entry.amountMinor, posted.entry.balanceAfterMinor])).toEqual([
        [-10_000, before - 10_000],
        [1_000, 41_000],
        [-5_000, 36_000],
      ]);
      expect(await faults()).toEqual([]);
    });

    test('all or none: one that fails holds up all, and every failing check is said', async () => {
      const [one, two] = [await paid(), await paid({}, frank)];
      const refs = [await record(one, '900', frank), await record(two, '900')];
      const before = await balance();
      const problem = await problemOf(approve(refs, frank));
      expect(problem).toMatchObject({ kind: 'forbidden', code: 'VARIANCE_NOT_APPROVABLE' });
      expect(problem.message).toBe('These 2 variances cannot be approved: 2 checks fail.');
      expect(failingCodes(problem)).toEqual(['APPROVER_IS_RECORDER', 'APPROVER_IS_EXECUTOR']);
      expect(await balance()).toBe(before);
      expect((await rowOf(refs[0] ?? '')).status).toBe('pending');
      await expect(approve([...refs, 'var_zzzzzz'])).rejects.toMatchObject({ kind: 'not_found' });
      await approve(refs);
    });

    test('are judged before anybody is asked, and nothing changes by that', async () => {
      const ref = await record(await paid(), '900');
      const request = { variances: [ref], reason: null };
      expect((await judgeApproval(office.store, people.esther, request)).map(({ variance }) => variance.ref)).toEqual([
        ref,
      ]);
      expect((await problemOf(judgeApproval(office.store, people.david, request))).code).toBe('ROLE_MISSING');
      expect((await rowOf(ref)).status).toBe('pending');
      await reject(ref);
    });
  });

  describe('a count', () => {
    test('differs from the balance of that instant: what is paid before its approval is not brought back', async () => {
      const till = await office.fund({ opening: '10,000' });
      await paid({}, people.carol, till);
      const ref = await count('8,900', people.david, till);
      expect(await rowOf(ref)).toMatchObject({
        ...{ paymentId: null, originalMinor: 900_000, adjustedMinor: 890_000, varianceMinor: -10_000 },
      });
      await paid({ amount: '400' }, people.carol, till);
      const { posted, payment } = await approveOne(ref);
      expect([posted.entry.amountMinor, posted.entry.balanceAfterMinor, payment]).toEqual([-10_000, 850_000, null]);
      expect(posted.entry.description).toBe(`Variance ${ref} of a count: counted`);
      expect(await balance(till)).toBe(850_000);
      expect(await faults()).toEqual([]);
    });

    test('of more than the books say adds it', async () => {
      const till = await office.fund({ opening: '10' });
      await approve(await count('10.01', people.david, till));
      expect(await balance(till)).toBe(1_001);
    });

    test('that is the balance records nothing', async () => {
      const before = await office.fundNow(fund);
      const counted = before.balanceMinor / 100;
      expect(await counting(String(counted))).toEqual({ fund: before, countedMinor: before.balanceMinor });
      expect(await office.fundNow(fund)).toEqual(before);
    });

    test('is one at a time for a fund', async () => {
      const till = await office.fund({ opening: '10' });
      const ref = await count('9', people.david, till);
      const problem = await problemOf(count('9', frank, till));
      expect(problem).toMatchObject({ kind: 'refused', code: 'VARIANCE_PENDING' });
      await reject(ref);
      await approve(await count('9', frank, till));
    });

    test('waits while an outcome is open, and says of which payment', async () => {
      const till = await office.fund();
      const payment = await office.payment(till, { method: 'bank' });
      await office.execute(payment);
      const problem = await problemOf(counting('99,000', people.david, till));
      expect(problem).toMatchObject({ kind: 'refused', code: 'PAYMENTS_IN_FLIGHT' });
      expect(problem.details.checks?.find(({ ok }) => ok === false)?.message).toContain(payment.ref);
    });

    test('while a payment executes sees it whole or not at all, and the books are right either way', async () => {
      for (let round = 0; round < 6; round += 1) {
        const till = await office.fund({ opening: '1,000' });
        const payment = await office.payment(till, { amount: '300' });
        const [ref] = await Promise.all([count('650', people.david, till), office.pay(payment)]);
        const { originalMinor, varianceMinor } = await rowOf(ref);
        expect([
          [100_000, -35_000],
          [70_000, -5_000],
        ]).toContainEqual([originalMinor, varianceMinor]);
        await approve(ref);
        expect(await balance(till)).toBe(70_000 + varianceMinor);
      }
      expect(await faults()).toEqual([]);
    });

    test('and a payment of which a difference waits may have the same cause: it says so', async () => {
      const till = await office.fund();
      const ofPayment = await record(await paid({}, people.carol, till), '1,050');
      const answer = await counting('98,950', people.david, till);
      if (!('view' in answer)) throw new Error('it agrees');
      expect(answer.alsoPending).toEqual([ofPayment]);
      const another = await paid({}, people.carol, till);
      const { alsoPending } = await recordPaymentVariance(office.store, people.david, {
        ...{ paymentId: another.id, adjusted: '990', reason: 'receipt' },
      });
      expect(alsoPending).toEqual([answer.view.variance.ref]);
    });
  });

  describe('a fact', () => {
    test('posts even below zero, and such a fund pays nothing', async () => {
      const till = await office.fund({ opening: '1,000' });
      const payment = await paid({ amount: '900' }, people.carol, till);
      const next = await office.payment(till, { amount: '0.01' });
      await approve(await record(payment, '1,000.01'));
      expect(await balance(till)).toBe(-1);
      expect(failingCodes(await problemOf(office.execute(next)))).toEqual(['INSUFFICIENT_FUNDS']);
      expect(await faults()).toEqual([]);
    });

    test('posts to a frozen fund, and asks for money when it leaves the fund low', async () => {
      const till = await office.fund({ opening: '1,000', reorderLevel: '500', imprestLevel: '1,000' });
      const ref = await count('499.99', people.david, till);
      const { posted } = await approveOne(ref);
      expect(posted.replenishment).toMatchObject({ status: 'pending', autoTriggered: true, requestedMinor: 50_001 });
      await freezeFund(office.store, people.david, { fund: till.code, reason: 'counting' });
      await approve(await count('499.98', people.david, till));
      expect(await balance(till)).toBe(49_998);
      expect(await faults()).toEqual([]);
    });

    test('waits before its fund is closed', async () => {
      const till = await office.fund({ opening: '1' });
      const ref = await count('0', people.david, till);
      const closing = () => closeFund(office.store, people.david, { fund: till.code, reason: null });
      expect(failingCodes(await problemOf(closing()))).toEqual(['BALANCE_LEFT', 'VARIANCE_PENDING']);
      await approve(ref);
      await closing();
      expect((await problemOf(counting('1', people.david, till))).code).toBe('FUND_CLOSED');
    });
  });

  describe('the requisition of an adjusted payment', () => {
    test('has again what was not paid: exactly that, and not a cent more', async () => {
      const payment = await paid();
      expect((await requisitionOf(payment)).status).toBe('paid');
      const { payment: after } = await approveOne(await record(payment, '900'));
      expect(after?.requisition.status).toEqual({ before: 'paid', after: 'approved' });
      expect(await problemOf(order(payment, '100.01'))).toMatchObject({ code: 'PAYMENT_NOT_CREATABLE' });
      const { payment: rest } = await order(payment);
      expect(rest.amountMinor).toBe(10_000);
      await office.pay(rest);
      expect((await requisitionOf(payment)).status).toBe('paid');
      expect(await faults()).toEqual([]);
    });

    test('is paid when the difference makes it whole, and holds up what was ordered beyond it', async () => {
      const payment = await paid({ amount: '600', approved: '1,000' });
      const { payment: rest } = await order(payment, '400');
      await approve(await record(payment, '600.01'));
      const { checks } = await explainPayment(office.store, people.carol, { paymentId: rest.id, dayAt: office.dayAt });
      expect(checks.find(({ id }) => id === 'requisition')).toMatchObject({ ok: false, code: 'REQUISITION_EXCEEDED' });
      const { payment: whole } = await approveOne(await record(payment, '1,000'));
      expect(whole?.requisition.status).toEqual({ before: 'approved', after: 'paid' });
      expect(await faults()).toEqual([]);
    });

    test('may be more than was approved: that is a fact, and nothing more of it is ordered', async () => {
      const payment = await paid({ amount: '600', approved: '1,000' });
      await approve(await record(payment, '1,200'));
      expect((await requisitionOf(payment)).status).toBe('paid');
      expect(await problemOf(order(payment, '0.01'))).toMatchObject({ code: 'PAYMENT_NOT_CREATABLE' });
      expect(await faults()).toEqual([]);
    });

    test('stays cancelled when it was, whatever is found later', async () => {
      const payment = await paid({ amount: '600', approved: '1,000' });
      const { ref } = await requisitionOf(payment);
      await cancelRequisition(office.store, people.amina, { requisition: ref, reason: null });
      await approve(await record(payment, '1,000'));
      expect((await requisitionOf(payment)).status).toBe('cancelled');
      expect(await faults()).toEqual([]);
    });
  });

  describe('a reversal', () => {
    const propose = (of: Row<'payments'>) =>
      proposeReversal(office.store, people.david, { paymentId: of.id, reason: 'wrong', returnedReference: null });

    test('waits for a difference, and for the books to say the whole amount', async () => {
      const payment = await paid();
      const ref = await record(payment, '900');
      expect((await problemOf(propose(payment))).code).toBe('VARIANCE_PENDING');
      await approve(ref);
      expect((await problemOf(propose(payment))).code).toBe('PAYMENT_ADJUSTED');
      await approve(await record(payment, '1,000'));
      const before = await balance();
      const { proposed } = await propose(payment);
      await confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
      expect(await balance()).toBe(before + 100_000);
      expect((await problemOf(record(payment, '900'))).code).toBe('PAYMENT_ALREADY_REVERSED');
      expect(await faults()).toEqual([]);
    });

    test('that was proposed is not confirmed over a difference that was found since', async () => {
      const payment = await paid();
      const { proposed } = await propose(payment);
      const ref = await record(payment, '900');
      const confirm = () => confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
      expect((await problemOf(confirm())).code).toBe('VARIANCE_PENDING');
      await reject(ref);
      await confirm();
      expect(await faults()).toEqual([]);
    });
  });

  describe('a policy', () => {
    test('asks for a reason where a difference is beyond its tolerance, and every decision keeps its version', async () => {
      const text = '[variance]\npercent = "5"\namount = "49.99"\n';
      const set = (policy: string) => setPolicy(office.store, people.root, { text: policy, reason: 'the board' });
      await agreed(
        office.store,
        people.esther,
        set(text).then(({ answer }) => answer),
      );
      const [within, beyond, far] = [
        await record(await paid(), '950.01'),
        await record(await paid(), '950'),
        await record(await paid({ amount: '100' }), '94.99'),
      ];
      const problem = await problemOf(approve([within, beyond, far]));
      expect(problem).toMatchObject({ kind: 'refused', code: 'VARIANCE_NOT_APPROVABLE' });
      expect(failingCodes(problem)).toEqual(['BEYOND_TOLERANCE', 'BEYOND_TOLERANCE']);
      await approve(within);
      expect((await problemOf(approve(beyond))).code).toBe('BEYOND_TOLERANCE');
      await approve([beyond, far], people.esther, 'seen on the statement');
      const tolerated = async (ref: string) => (await eventsOf(ref)).at(-1)?.payload['tolerated'];
      expect([await tolerated(within), await tolerated(beyond), await tolerated(far)]).toEqual([true, false, false]);
      expect(await rowOf(beyond)).toMatchObject({ policyVersion: 1, decidedReason: 'seen on the statement' });
      expect((await rowOf(within)).decidedReason).toBe(null);
      // Rejecting needs a reason anyway.
      await reject(await record(await paid(), '1'));
      expect(await faults()).toEqual([]);
    });
  });

  describe('what else tells of it', () => {
    const paymentNow = async (payment: Row<'payments'>) =>
      paymentDocument(await office.store.read((tx) => getPaymentView(tx, payment.id)), office.clock.now);
    const fundShown = async (of: Row<'funds'>) =>
      fundDocument(await office.store.read((tx) => getFund(tx, of.id))).pending_variances;

    test('is the payment: pending, then at its adjusted amount, also when that is its own again', async () => {
      const payment = await paid();
      expect(await paymentNow(payment)).toMatchObject({ adjusted_amount: null, pending_variance: null });
      const ref = await record(payment, '0');
      expect(await paymentNow(payment)).toMatchObject({ adjusted_amount: null, pending_variance: ref });
      await approve(ref, people.esther, 'it never arrived');
      const zero = { amount_minor: 100_000, adjusted_amount: '0.00', adjusted_amount_minor: 0, pending_variance: null };
      expect(await paymentNow(payment)).toMatchObject(zero);
      await approve(await record(payment, '1,000'), people.esther, 'it did');
      const back = await paymentNow(payment);
      expect(back).toMatchObject({ adjusted_amount: '1000.00' });
      expect(paymentSchema.parse(back)).toEqual(back);
    });

    test('is the fund, by how many wait, and the entry that it is', async () => {
      const till = await office.fund({ opening: '10' });
      expect(await fundShown(till)).toBe(0);
      const ref = await count('9.99', people.david, till);
      expect([await fundShown(till), await fundShown(await office.fund())]).toEqual([1, 0]);
      const { posted } = await approveOne(ref);
      expect(await fundShown(till)).toBe(0);
      const entry = ledgerEntryDocument(await office.store.read((tx) => getEntry(tx, posted.entry.id)));
      expect(entry).toMatchObject({
        kind: 'variance',
        type: 'adjustment',
        amount: '-0.01',
        variance: ref,
        payment: null,
      });
      expect(ledgerEntrySchema.parse(entry)).toEqual(entry);
    });

    test('is its own document, with every key, before and after', async () => {
      const documents = async (ref: string) => {
        const { view, policies, mayDecide } = await showVariance(office.store, people.helen, ref);
        const document = varianceDocument(view, policies);
        expect(varianceSchema.parse(document)).toEqual(document);
        return { document, mayDecide };
      };
      const ref = await record(await paid(), '900');
      expect(await documents(ref)).toMatchObject({
        document: {
          status: 'pending',
          tolerated: false,
          approved_by: null,
          rejected_by: null,
          policy: null,
          entry: null,
        },
        mayDecide: expect.arrayContaining(['esther', 'frank', 'boss']) as string[],
      });
      await approve(ref, people.esther, 'seen');
      const at = office.clock.now.toISOString();
      expect(await documents(ref)).toMatchObject({
        document: { status: 'approved', approved_by: 'esther', approved_at: at, rejected_at: null, policy: 1 },
        mayDecide: [],
      });
      const other = await record(await paid(), '999.99');
      await reject(other, frank);
      expect(await documents(other)).toMatchObject({
        document: { tolerated: true, rejected_by: 'frank', rejected_at: at, approved_at: null, decided_reason: 'no' },
      });
      await expect(showVariance(office.store, mary, ref)).rejects.toMatchObject({ code: 'OUT_OF_SCOPE' });
      await expect(showVariance(office.store, oscar, ref)).rejects.toMatchObject({ code: 'VARIANCE_NOT_FOUND' });
    });

    test('is the policy that tolerates it, or asked for a reason', async () => {
      const explain = (named: string) => explainPolicy(office.store, people.helen, { named, dayAt: office.dayAt });
      const payment = await paid();
      const ref = await record(payment, '900');
      const { number } = await requisitionOf(payment);
      expect(await explain(ref)).toMatchObject({
        ...{ kind: 'variance', ref, number, status: 'pending', decided: null },
        now: { version: 1, checks: [{ id: 'tolerance', ok: false, code: 'BEYOND_TOLERANCE' }] },
      });
      await approve(ref, people.esther, 'seen');
      expect(await explain(ref)).toMatchObject({ decided: { version: 1, checks: [{ ok: true }] } });
      expect(await explain(await count('1', people.david, await office.fund()))).toMatchObject({ number: null });
      await expect(explainPolicy(office.store, mary, { named: ref, dayAt: office.dayAt })).rejects.toMatchObject({
        code: 'OUT_OF_SCOPE',
      });
    });
  });

  describe('the list', () => {
    test('has what the person reaches, newest first, with sizes that do not cancel out', async () => {
      const till = await office.fund({ opening: '100' });
      const first = await count('90', people.david, till);
      await approve(first, people.esther, 'counted twice');
      office.pass(1000);
      const second = await count('105', people.david, till);
      const list = (filter: Parameters<typeof listVariances>[1], actor = people.helen) =>
        office.store.read((tx) => listVariances(tx, filter, ALL, actor.grants));
      const mine = await list({ fundId: till.id });
      expect(mine.rows.map(({ variance }) => variance.ref)).toEqual([second, first]);
      expect([mine.count, mine.totals]).toEqual([2, [{ currency: 'KES', count: 2, sum: 2_500n }]]);
      expect((await list({ fundId: till.id, status: 'pending' })).rows.map(({ variance }) => variance.ref)).toEqual([
        second,
      ]);
      expect(await list({ fundId: till.id }, mary)).toMatchObject({ rows: [], count: 0 });
      expect(await list({ fundId: till.id, until: mine.rows[1]?.variance.createdAt })).toMatchObject({ count: 0 });
      expect(await list({ fundId: till.id, since: mine.rows[0]?.variance.createdAt })).toMatchObject({ count: 1 });
      const paged = await office.store.read((tx) =>
        listVariances(tx, { fundId: till.id }, { limit: 1, after: null }, people.helen.grants),
      );
      expect([paged.rows.length, paged.count, paged.next === null]).toEqual([1, 2, false]);
      const rest = await office.store.read((tx) =>
        listVariances(tx, { fundId: till.id }, { limit: 1, after: paged.next }, people.helen.grants),
      );
      expect(rest.rows.map(({ variance }) => variance.ref)).toEqual([first]);
      expect(await office.store.read((tx) => getVariance(tx, mine.rows[0]?.variance.id ?? ''))).toEqual(mine.rows[0]);
    });
  });
});
