import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { cancelRequisition } from '../../src/operations/cancel-requisition.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import { proveAudit } from '../../src/store/prove-audit.ts';
import { faultsOf } from '../../src/operations/verify-audit.ts';
import { getEntry } from '../../src/store/ledger.ts';
import { ledgerEntryDocument } from '../../src/documents/ledger-entry.ts';
import { getRequisition } from '../../src/store/requisitions.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { HELD_RULES } from '../support/held-rules.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let payment: Row<'payments'>;
  let references = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    fund = await office.fund();
    await office.pay(await office.payment(fund));
  });
  beforeEach(async () => {
    payment = await office.payment(fund, { amount: '600' });
    await office.pay(payment);
  });

  const propose = async (of = payment, by: Actor = people.david, returnedReference: string | null = null) =>
    (await proposeReversal(office.store, by, { paymentId: of.id, reason: 'wrong number', returnedReference })).proposed
      .change.ref;
  const confirm = (change: string, by: Actor = people.esther) =>
    confirmChange(office.store, by, { change, reason: null });
  const requisitionOf = (of = payment) => office.store.read((tx) => getRequisition(tx, of.requisitionId));
  const order = (amount: string | null = null) =>
    createPayment(office.store, people.carol, {
      ...{ requisitionId: payment.requisitionId, fundId: fund.id, amount, maxRetries: null },
    });
  const faults = async (): Promise<string[]> => [
    ...(await office.store.read(async (tx) =>
      (await judgeInvariants(tx, HELD_RULES, null)).flatMap(({ broken }) => broken.map((one) => one.message)),
    )),
    ...faultsOf(await proveAudit(office.store, () => true)).map(({ message }) => message),
  ];

  describe('a reversal', () => {
    test('proposed by one is nothing yet; confirmed by another it credits the whole amount, linked both ways', async () => {
      const before = await office.fundNow(fund);
      const change = await propose(payment, people.david, 'rvx82k1');
      expect((await office.state(payment)).payment.status).toBe('success');
      expect((await office.fundNow(fund)).balanceMinor).toBe(before.balanceMinor);
      await confirm(change);
      const { payment: after, entries, executions } = await office.state(payment);
      expect([after.status, executions.length]).toEqual(['reversed', 1]);
      const [debit, credit] = entries.filter(({ paymentId }) => paymentId === payment.id);
      expect(credit).toMatchObject({ type: 'credit', kind: 'reversal', amountMinor: 60_000, reversesId: debit?.id });
      expect((await office.fundNow(fund)).balanceMinor).toBe(before.balanceMinor + 60_000);
      const shown = async (id = '') => ledgerEntryDocument(await office.store.read((tx) => getEntry(tx, id)));
      expect(await shown(credit?.id)).toMatchObject({ reverses: debit?.ref, reversed_by: null });
      expect(await shown(debit?.id)).toMatchObject({ reverses: null, reversed_by: credit?.ref });
      const [link] = await office.store.read((tx) => tx.db.select().from(tx.t.paymentReversals));
      expect(link).toMatchObject({ debitId: debit?.id, creditId: credit?.id, returnedReference: 'RVX82K1' });
      expect(await faults()).toEqual([]);
    });

    test('by a treasurer or CFO who neither requested nor executed it', async () => {
      for (const by of [people.carol, people.amina, people.brian, people.helen])
        await expect(propose(payment, by), by.username).rejects.toMatchObject({ kind: 'forbidden' });
      const own = await office.payment(fund);
      await office.pay(own, people.david);
      await expect(propose(own)).rejects.toMatchObject({ code: 'REVERSER_IS_EXECUTOR' });
      await expect(confirm(await propose(own, people.esther), people.david)).rejects.toMatchObject({
        kind: 'forbidden',
      });
    });

    test('is not confirmed by who executed it, CFO or not', async () => {
      const own = await office.payment(fund);
      await office.pay(own, people.esther);
      await expect(confirm(await propose(own))).rejects.toMatchObject({ code: 'CONCERNED_MAY_NOT_DECIDE' });
    });

    test('happens once, and only of what was paid', async () => {
      await confirm(await propose());
      await expect(propose()).rejects.toMatchObject({ code: 'PAYMENT_ALREADY_REVERSED' });
      await expect(propose(await office.payment(fund))).rejects.toMatchObject({ code: 'PAYMENT_NOT_PAID' });
    });

    test('with a reference that was never used', async () => {
      const reference = `BACK${(references += 1)}`;
      await confirm(await propose(payment, people.david, reference));
      const another = await office.payment(fund);
      await office.pay(another);
      await expect(propose(another, people.david, reference.toLowerCase())).rejects.toMatchObject({
        code: 'REFERENCE_USED',
      });
    });

    test('is not approved again by who executed it, whatever their role', async () => {
      const both = await office.person('both', ['cashier', 'approver']);
      const own = await office.payment(fund);
      await office.pay(own, both);
      const wish = { requisition: own.requisitionId, reason: null };
      await expect(approveRequisition(office.store, both, wish)).rejects.toMatchObject({ kind: 'forbidden' });
      await confirm(await propose(own));
      for (const judge of [approveRequisition, rejectRequisition])
        await expect(judge(office.store, both, { ...wish, reason: 'again' })).rejects.toMatchObject({
          kind: 'forbidden',
          code: 'APPROVER_IS_EXECUTOR',
        });
      await approveRequisition(office.store, people.brian, wish);
    });

    test('leaves a requisition cancelled of which nothing was wanted any more', async () => {
      const part = await office.payment(fund, { amount: '600', approved: '1000' });
      await office.pay(part);
      const before = (await office.fundNow(fund)).balanceMinor;
      const { ref } = await requisitionOf(part);
      await cancelRequisition(office.store, people.amina, { requisition: ref, reason: null });
      const { proposed } = await proposeReversal(office.store, people.david, {
        ...{ paymentId: part.id, reason: 'wrong number', returnedReference: null },
      });
      expect(JSON.parse(proposed.change.after)).toMatchObject({ status: 'reversed', to_approve_again: null });
      const { applied } = await confirm(proposed.change.ref);
      expect([...(applied?.lines ?? []), ...(applied?.next ?? [])].join('\n')).toMatch(
        /REQ-\d+-\d+ stays cancelled\.\ntreasury payment show pay_\w+$/,
      );
      expect(await requisitionOf(part)).toMatchObject({ status: 'cancelled', revision: 1 });
      expect((await office.state(part)).payment.status).toBe('reversed');
      expect((await office.fundNow(fund)).balanceMinor).toBe(before + 60_000);
      await expect(
        approveRequisition(office.store, people.brian, { requisition: ref, reason: null }),
      ).rejects.toMatchObject({ kind: 'refused' });
      expect(await faults()).toEqual([]);
    });

    test('leaves nothing of the requisition to pay until it is approved again', async () => {
      await confirm(await propose());
      expect(await requisitionOf()).toMatchObject({ status: 'submitted', revision: 2 });
      await expect(order()).rejects.toMatchObject({ code: 'PAYMENT_NOT_CREATABLE' });
      const wish = { requisition: (await requisitionOf()).ref, reason: null };
      await expect(approveRequisition(office.store, people.amina, wish)).rejects.toMatchObject({ kind: 'forbidden' });
      await approveRequisition(office.store, people.brian, wish);
      await expect(order('600.01')).rejects.toMatchObject({ code: 'PAYMENT_NOT_CREATABLE' });
      const { payment: again } = await order('600');
      await office.pay(again);
      expect((await requisitionOf()).status).toBe('paid');
      await expect(order('0.01')).rejects.toMatchObject({ code: 'PAYMENT_NOT_CREATABLE' });
      await confirm(await propose(again));
      expect(await requisitionOf()).toMatchObject({ status: 'submitted', revision: 3 });
      expect(await faults()).toEqual([]);
    });

    test('of a part holds the other parts back too, but a late success of one is still posted', async () => {
      const parts = await office.payment(fund, { amount: '300', approved: '900', method: 'bank' });
      const ordered = async () =>
        (
          await createPayment(office.store, people.carol, {
            ...{ requisitionId: parts.requisitionId, fundId: fund.id, amount: '300', maxRetries: null },
          })
        ).payment;
      const [second, third] = [await ordered(), await ordered()];
      await office.pay(parts, people.carol, `PART${(references += 1)}`);
      await office.execute(second);
      await confirm(await propose(parts));
      await expect(office.execute(third)).rejects.toMatchObject({ code: 'PAYMENT_NOT_EXECUTABLE' });
      const outcome = { kind: 'paid', reference: `PART${(references += 1)}` } as const;
      const settled = { paymentId: second.id, outcome, dayAt: office.dayAt };
      expect(await resolvePaymentOutcome(office.store, people.carol, settled)).toMatchObject({ state: 'paid' });
      expect(await faults()).toEqual([]);
    });
  });

  describe('"not paid"', () => {
    const inFlight = async () => {
      const open = await office.payment(fund, { method: 'bank' });
      await office.execute(open);
      return open;
    };
    const declare = (of: Row<'payments'>, by: Actor = people.david) =>
      resolvePaymentOutcome(office.store, by, {
        ...{ paymentId: of.id, outcome: { kind: 'not_paid', reason: 'not in the app' }, dayAt: office.dayAt },
      });

    test('takes two: until then the money stays reserved', async () => {
      const of = await inFlight();
      const reserved = (await office.fundNow(fund)).reservedMinor;
      const { proposed } = await proposedBy(declare(of));
      expect((await office.state(of)).payment.status).toBe('executing');
      expect((await office.fundNow(fund)).reservedMinor).toBe(reserved);
      await confirm(proposed.change.ref);
      expect((await office.state(of)).payment).toMatchObject({ status: 'failed', retryCount: 1 });
      expect((await office.fundNow(fund)).reservedMinor).toBe(reserved - of.amountMinor);
      expect(await faults()).toEqual([]);
    });

    test('is not said of what somebody has shown to be paid meanwhile', async () => {
      const of = await inFlight();
      const { proposed } = await proposedBy(declare(of));
      const outcome = { kind: 'paid', reference: `LATE${(references += 1)}` } as const;
      await resolvePaymentOutcome(office.store, people.carol, { paymentId: of.id, outcome, dayAt: office.dayAt });
      await expect(confirm(proposed.change.ref)).rejects.toMatchObject({ code: 'CHANGE_OUTDATED' });
      expect((await office.state(of)).payment.status).toBe('success');
    });

    test('is not confirmed by who executed it', async () => {
      const of = await office.payment(fund, { method: 'bank' });
      await office.execute(of, people.esther);
      const { proposed } = await proposedBy(declare(of));
      await expect(confirm(proposed.change.ref)).rejects.toMatchObject({ code: 'CONCERNED_MAY_NOT_DECIDE' });
    });
  });
});
