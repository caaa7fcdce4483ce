import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { MATTERS } from '../../src/domain/status.ts';
import { approveReplenishment } from '../../src/operations/approve-replenishment.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { editFund } from '../../src/operations/edit-fund.ts';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { recordCount, recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import { cancelPayment } from '../../src/operations/retry-payment.ts';
import { showStatus, type StatusView } from '../../src/operations/show-status.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, MINUTE, type PayingOffice } from '../support/an-office.ts';
import { proposedBy } from '../support/changes.ts';
import { asOwner, eachDatabase } from '../support/databases.ts';
import { aPerson } from '../support/office.ts';

type Matter = keyof StatusView['waiting'];

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  const look = (actor: Actor): Promise<StatusView> => showStatus(office.store, actor, null);
  const refs = async (actor: Actor, matter: Matter): Promise<string[]> =>
    (await look(actor)).waiting[matter].rows.map((row) => row.ref);

  describe('what waits to be paid', () => {
    test('is what `payment explain` finds executable but for code and balance, for everybody', async () => {
      const fund = await office.fund({ opening: '5,000', otpThreshold: '0' });
      const frozen = await office.fund();
      const payments = [
        await office.payment(fund, { amount: '1,000' }),
        await office.payment(fund, { amount: '90,000' }),
        await office.payment(fund, { requester: people.grace, approver: people.brian }),
        await office.payment(fund, { requester: people.amina, approver: people.grace }),
        await office.payment(frozen),
      ];
      await freezeFund(office.store, people.david, { fund: frozen.code, reason: 'count' });
      for (const actor of Object.values(people)) {
        const executable: string[] = [];
        for (const { id, ref } of payments) {
          const { checks } = await explainPayment(office.store, actor, {
            paymentId: id,
            dayAt: office.dayAt,
          }).catch(() => ({ checks: [{ id: 'visible', ok: false }] }));
          const failing = checks.filter((check) => check.ok === false).map((check) => check.id);
          if (failing.every((check) => ['otp', 'otp_expiry', 'balance'].includes(check))) executable.push(ref);
        }
        const { count } = (await look(actor)).waiting.to_pay;
        expect(await refs(actor, 'to_pay'), actor.username).toEqual(executable.slice(0, 3));
        expect(count, actor.username).toBe(executable.length);
      }
      expect(await refs(people.grace, 'to_pay')).toHaveLength(2);
      for (const payment of payments.slice(0, 4)) await cancel(payment);
    });

    test('shows the three that have waited longest, and how many there are', async () => {
      const fund = await office.fund();
      const payments: Row<'payments'>[] = [];
      for (let count = 0; count < 4; count += 1) {
        office.pass(1000);
        payments.push(await office.payment(fund));
      }
      const { to_pay } = (await look(people.carol)).waiting;
      expect(to_pay.count).toBe(4);
      expect(to_pay.rows.map((row) => row.ref)).toEqual(payments.slice(0, 3).map((payment) => payment.ref));
      for (const payment of payments) await cancel(payment);
    });

    test('is read whole by who holds roles at more places than a statement is prepared for', async () => {
      const { places, store } = office;
      const many = await store.write(async (tx) => {
        const person = await aPerson(tx, 'many', ['requester'], places.ACME);
        const at = [places.WESTLANDS, places.MOMBASA, places['NBI-R'], places.COAST];
        return { ...person, grants: at.map((place) => ({ role: 'cashier' as const, ...place })) };
      });
      const [here, above] = [await office.fund(), await office.payment(await office.fund())];
      expect(await refs(many, 'to_pay')).toEqual([]);
      const everywhere = { ...many, grants: [...many.grants, { role: 'cashier' as const, ...places.ACME }] };
      expect(await refs(everywhere, 'to_pay')).toEqual([above.ref]);
      expect(here.code).toBeDefined();
      await cancel(above);
    });
  });

  const cancel = async (payment: Row<'payments'>): Promise<void> => {
    await cancelPayment(office.store, people.carol, { paymentId: payment.id, reason: 'done' });
  };

  test('a code is live to the millisecond, and only for who asked for it', async () => {
    const payment = await office.payment(await office.fund({ otpThreshold: '0' }));
    await office.code(payment);
    expect(await refs(people.carol, 'live_codes')).toEqual([payment.ref]);
    expect(await refs(people.peter, 'live_codes')).toEqual([]);
    office.pass(5 * MINUTE);
    expect(await refs(people.carol, 'live_codes')).toEqual([payment.ref]);
    office.pass(1);
    expect(await refs(people.carol, 'live_codes')).toEqual([]);
    await cancel(payment);
  });

  test('an open outcome is its executor’s, and of those who look after the place; then it may be retried', async () => {
    const payment = await office.payment(await office.fund(), { method: 'mpesa' });
    await office.execute(payment);
    for (const actor of [people.carol, people.david, people.esther, people.helen])
      expect((await look(actor)).waiting.in_flight.rows, actor.username).toMatchObject([
        { ref: payment.ref, mine: actor === people.carol },
      ]);
    for (const actor of [people.peter, people.brian, people.amina, people.root, people.olga])
      expect(await refs(actor, 'in_flight'), actor.username).toEqual([]);
    const outcome = { kind: 'not_paid', reason: 'not in the app' } as const;
    await resolvePaymentOutcome(office.store, people.david, { paymentId: payment.id, outcome, dayAt: office.dayAt });
    expect(await refs(people.carol, 'in_flight')).toEqual([]);
    for (const actor of [people.carol, people.peter]) expect(await refs(actor, 'to_retry')).toEqual([payment.ref]);
    expect(await refs(people.brian, 'to_retry')).toEqual([]);
    await cancel(payment);
  });

  test('a requisition waits for those who may approve it, and not for who asked or has decided', async () => {
    const draft = {
      payee: 'Jane',
      amount: '100',
      purpose: 'Taxi',
      method: 'cash',
      destination: 'Jane',
      category: null,
    };
    const place = { branch: 'WESTLANDS' };
    const { requisition } = await createRequisition(office.store, people.grace, { draft, place, currency: null });
    for (const actor of [people.brian, people.esther])
      expect((await look(actor)).waiting.to_approve.rows, actor.username).toMatchObject([
        { ref: requisition.ref, name: requisition.number, who: 'grace' },
      ]);
    for (const actor of [people.grace, people.carol, people.root, people.olga])
      expect(await refs(actor, 'to_approve'), actor.username).toEqual([]);
    await rejectRequisition(office.store, people.brian, { requisition: requisition.ref, reason: 'dear' });
    expect(await refs(people.esther, 'to_approve')).toEqual([]);
    await expect(
      approveRequisition(office.store, people.esther, { requisition: requisition.ref, reason: null }),
    ).rejects.toBeDefined();
  });

  test('a fund that is low, and its replenishment, go from one person to the next', async () => {
    const fund = await office.fund({ opening: '50', reorderLevel: '100', imprestLevel: '500' });
    const { low_funds, to_approve_replenishment } = (await look(people.esther)).waiting;
    expect(low_funds.rows).toMatchObject([{ name: fund.code, amountMinor: 5_000 }]);
    expect(to_approve_replenishment).toMatchObject({ count: 1, rows: [{ name: fund.code, amountMinor: 45_000 }] });
    expect(await refs(people.david, 'to_approve_replenishment')).toEqual([]);
    const [asked] = to_approve_replenishment.rows;
    await approveReplenishment(office.store, people.esther, { replenishment: asked?.ref ?? '', reason: null });
    expect(await refs(people.esther, 'to_fund')).toEqual([]);
    expect(await refs(people.david, 'to_fund')).toEqual([asked?.ref]);
    expect(await refs(people.amina, 'low_funds')).toEqual([]);
  });

  test('a difference waits for CFOs who neither recorded it nor requested or executed its payment', async () => {
    const fund = await office.fund();
    const frank = await office.person('frank', ['cfo']);
    const chief = await office.person('chief', ['requester', 'cfo']);
    const payment = await office.payment(fund, { requester: chief });
    await office.pay(payment, frank);
    const record = { paymentId: payment.id, adjusted: '950', reason: 'receipt' };
    const { view } = await recordPaymentVariance(office.store, people.david, record);
    const counted = await recordCount(office.store, frank, { fund: fund.code, counted: '1', reason: 'counted' });
    const count = 'view' in counted ? counted.view.variance.ref : '';
    const { to_approve_variance } = (await look(people.esther)).waiting;
    expect(to_approve_variance).toMatchObject({
      count: 2,
      rows: [
        { ref: view.variance.ref, name: fund.code, amountMinor: -5_000, who: 'Jane Wanjiru' },
        { ref: count, name: fund.code, who: `count of ${fund.code}` },
      ],
    });
    expect(await refs(frank, 'to_approve_variance')).toEqual([]);
    expect(await refs(chief, 'to_approve_variance')).toEqual([count]);
    for (const actor of [people.david, people.amina, people.helen, people.root])
      expect(await refs(actor, 'to_approve_variance'), actor.username).toEqual([]);
    await approveVariances(office.store, people.esther, { variances: [view.variance.ref, count], reason: null });
    expect(await refs(people.esther, 'to_approve_variance')).toEqual([]);
  });

  test('a change waits for who may confirm it; others who may read it are told that it waits', async () => {
    const fund = await office.fund();
    await office.pay(await office.payment(fund));
    const edit = { fund: fund.code, edit: { dailyLimit: '50,000' }, reason: null };
    const { change } = (await proposedBy(editFund(office.store, people.david, edit))).proposed;
    expect((await look(people.esther)).toConfirm).toMatchObject({ count: 1, rows: [{ ref: change.ref }] });
    expect((await look(people.esther)).forOthers.count).toBe(0);
    for (const actor of [people.david, people.brian, people.helen]) {
      const view = await look(actor);
      expect(view.toConfirm.count, actor.username).toBe(0);
      expect(view.forOthers.rows, actor.username).toMatchObject([{ ref: change.ref, proposer: 'david' }]);
    }
    for (const actor of [people.carol, people.amina, people.olga]) expect((await look(actor)).forOthers.count).toBe(0);
    await confirmChange(office.store, people.esther, { change: change.ref, reason: null });
    expect((await look(people.esther)).toConfirm.count).toBe(0);
  });

  test('who is locked out is told to admins', async () => {
    const lockedUntil = new Date(office.clock.now.getTime() + MINUTE);
    await asOwner(
      office.url,
      (owner) => owner.write((tx) => tx.db.update(tx.t.users).set({ lockedUntil })),
      () => office.clock.now,
    );
    const told = (await look(people.root)).lockedPeople;
    expect(told).toHaveLength(3);
    expect(told[0]?.count).toBeGreaterThan(8);
    expect((await look(people.esther)).lockedPeople).toEqual([]);
    office.pass(MINUTE);
    expect((await look(people.root)).lockedPeople).toEqual([]);
  });

  test('every matter is there for everybody', async () => {
    const view = await look(people.amina);
    const there = [
      ...Object.keys(view.waiting),
      ...Object.keys(view.ofFunds),
      'to_confirm',
      'changes_waiting',
      'locked_people',
    ];
    expect(there.toSorted()).toEqual([...MATTERS].toSorted());
    expect(view.roles).toMatchObject([{ role: 'requester', company: 'ACME' }]);
  });
});
