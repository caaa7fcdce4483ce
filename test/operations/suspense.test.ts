import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { confirmChange, rejectChange } from '../../src/operations/decide-change.ts';
import { findPayment } from '../../src/operations/explain-payment.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { cancelPayment, retryPayment } from '../../src/operations/retry-payment.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { showStatus } from '../../src/operations/show-status.ts';
import { listSuspense, proposeSettlement } from '../../src/operations/settle-suspense.ts';
import { newId } from '../../src/store/references.ts';
import { getPaymentView } from '../../src/store/payment-views.ts';
import { insertGrants, revokeGrants } from '../../src/store/people.ts';
import type { Row } from '../../src/store/tables.ts';
import { rootOf } from '../support/a-fund.ts';
import { aRail, payByDaraja, resultOf, say } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, failingCodes, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;
  let people: PayingOffice['people'];
  let receipts = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await payByDaraja(office);
    fund = await office.fund({ opening: '1,000,000.00' });
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** A payment that failed, and was paid by its gateway after that: the money is held. */
  const held = async () => {
    const payment = await office.payment(fund, { method: 'mpesa' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    const { attempt } = executed;
    await sendAttempt(office.store, attempt.id, aRail().sending);
    await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
    await say(office, resultOf(attempt, payment, { reference: `LATE${(receipts += 1)}` }));
    const views = await listSuspense(office.store, people.david, { settled: false });
    const item = views.find((view) => view.payment === payment.ref)?.item;
    if (item === undefined) throw new Error('nothing is held');
    return { payment, attempt, item };
  };
  const propose = (by: Actor, ref: string, returned: boolean, reason = 'as M-Pesa wrote to us') =>
    proposeSettlement(office.store, by, { ref, returned, reason });
  const settle = async (ref: string, returned: boolean) => {
    const { proposed } = await propose(people.david, ref, returned);
    return confirmChange(office.store, people.esther, { change: proposed.proposed.change.ref, reason: null });
  };
  /** So that it is the only one, and no failed payment is left that is older. */
  const settleAllBut = async (kept: Row<'suspenseItems'>): Promise<void> => {
    for (const { item, payment } of await listSuspense(office.store, people.david, { settled: true })) {
      if (item.id === kept.id) continue;
      if (item.status === 'open') await settle(item.ref, true);
      const { id, status } = (await findPayment(office.store, people.david, payment)).payment;
      if (status === 'failed' || status === 'pending')
        await cancelPayment(office.store, people.carol, { paymentId: id, reason: 'settled' });
    }
  };
  const retry = ({ id }: Row<'payments'>) => retryPayment(office.store, people.carol, { paymentId: id, reason: null });
  const cancel = ({ id }: Row<'payments'>) =>
    cancelPayment(office.store, people.carol, { paymentId: id, reason: null });
  const statusOf = async (payment: Row<'payments'>) => (await office.state(payment)).payment.status;
  const balance = async () => (await office.fundNow(fund)).balanceMinor;

  describe('money that left after a payment had failed', () => {
    test('is never paid again while it is held: not by a retry, nor by a payment made instead', async () => {
      const { payment, item } = await held();
      const refused = await problemOf(retry(payment));
      expect(refused).toMatchObject({ kind: 'refused', code: 'PAYMENT_IN_SUSPENSE' });
      expect(refused.message).toContain(item.ref);
      expect(refused.details.fix).toBe(`treasury suspense settle ${item.ref} --reason REASON`);
      expect((await problemOf(cancel(payment))).code).toBe('PAYMENT_IN_SUSPENSE');
      expect(await statusOf(payment)).toBe('failed');
    });

    test('what was tried again before the money was known of is not executed, and says why', async () => {
      const payment = await office.payment(fund, { method: 'mpesa' });
      const executed = await office.execute(payment);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      await sendAttempt(office.store, executed.attempt.id, aRail().sending);
      await say(office, resultOf(executed.attempt, payment, { outcome: 'failed', code: '1', reference: null }));
      await retry(payment);
      await say(office, resultOf(executed.attempt, payment, { reference: `LATE${(receipts += 1)}` }));
      const refused = await problemOf(office.execute(payment));
      expect(refused.kind).toBe('refused');
      expect(failingCodes(refused)).toEqual(['PAYMENT_IN_SUSPENSE']);
      expect(await statusOf(payment)).toBe('pending');
      expect(refused.details.fix).toContain('treasury suspense settle');
      const other = await problemOf(office.execute(payment, people.carol, 'BYHAND1'));
      expect(failingCodes(other)).toEqual(['PAYMENT_IN_SUSPENSE']);
    });

    test('when it has come back the payment is tried again, and nothing was posted', async () => {
      const { payment, item } = await held();
      const before = await balance();
      await settle(item.ref, true);
      expect(await balance()).toBe(before);
      await retry(payment);
      expect((await office.execute(payment)).state).toBe('executing');
    });

    test('when the fund was debited for it, it is only cancelled, and its requisition has nothing left', async () => {
      const { payment, item } = await held();
      const before = await balance();
      await settle(item.ref, false);
      expect(await balance()).toBe(before - item.amountMinor);
      const refused = await problemOf(retry(payment));
      expect(refused.code).toBe('PAYMENT_IN_SUSPENSE');
      expect(refused.details.fix).toBe(`treasury payment cancel ${payment.ref}`);
      await cancel(payment);
      const { requisitionId } = payment;
      const again = createPayment(office.store, people.carol, {
        ...{ requisitionId, fundId: fund.id, amount: '1,000.00', maxRetries: null },
      });
      expect(failingCodes(await problemOf(again))).toEqual(['REQUISITION_EXCEEDED']);
    });

    test('its receipt proves no other payment: neither one that somebody says was paid by hand, nor an open outcome', async () => {
      const { item } = await held();
      const other = await office.payment(fund, { method: 'mpesa' });
      const receipt = item.gatewayReference;
      for (const typed of [receipt, ` ${receipt.toLowerCase()} `]) {
        const refused = await problemOf(office.execute(other, people.carol, typed));
        expect(refused).toMatchObject({ kind: 'refused', code: 'GATEWAY_REFERENCE_USED' });
        expect(refused.message).toContain(item.ref);
        expect(refused.details.fix).toBe('treasury suspense list --all');
      }
      expect(await statusOf(other)).toBe('pending');
      const executed = await office.execute(other);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      await sendAttempt(office.store, executed.attempt.id, aRail().sending);
      const resolving = () =>
        resolvePaymentOutcome(office.store, people.carol, {
          paymentId: other.id,
          outcome: { kind: 'paid', reference: receipt },
          dayAt: office.dayAt,
        });
      expect((await problemOf(resolving())).code).toBe('GATEWAY_REFERENCE_USED');
      // Nor once the fund was debited for it.
      await settle(item.ref, false);
      expect((await problemOf(resolving())).code).toBe('GATEWAY_REFERENCE_USED');
      expect(await statusOf(other)).toBe('executing');
      expect((await say(office, resultOf(executed.attempt, other))).outcome).toBe('applied');
    });

    test('the database itself takes no new attempt', async () => {
      const { attempt } = await held();
      const insert = office.store.write(async (tx) => {
        const { paymentAttempts } = tx.t;
        const another = {
          ...attempt,
          id: newId(),
          ref: 'att_other',
          number: 2,
          idempotencyKey: 'other',
          resultToken: null,
        };
        await tx.db.insert(paymentAttempts).values({ ...another, state: 'reserved' });
      });
      expect(await rootOf(insert)).toContain('money left for it already');
    });
  });

  test('waits for those who look after the place, and nobody is told to try its payment again', async () => {
    const { payment, item } = await held();
    const { in_suspense: waiting } = (await showStatus(office.store, people.david, null)).waiting;
    expect(waiting.count).toBeGreaterThan(0);
    await settleAllBut(item);
    const told = async (actor: Actor) => (await showStatus(office.store, actor, null)).waiting;
    for (const actor of [people.david, people.esther, people.helen])
      expect((await told(actor)).in_suspense, actor.username).toMatchObject({
        count: 1,
        rows: [{ ref: item.ref, amountMinor: item.amountMinor, who: payment.payee }],
      });
    for (const actor of [people.carol, people.amina, people.brian, people.root])
      expect((await told(actor)).in_suspense.rows, actor.username).toEqual([]);
    const refs = (await told(people.carol)).to_retry.rows.map(({ ref }) => ref);
    expect(refs).not.toContain(payment.ref);
    expect((await office.store.read((tx) => getPaymentView(tx, payment.id))).heldAs).toBe(item.ref);
    await settle(item.ref, true);
    expect((await told(people.carol)).to_retry.rows.map(({ ref }) => ref)).toContain(payment.ref);
    expect((await told(people.david)).in_suspense.count).toBe(0);
    expect((await office.store.read((tx) => getPaymentView(tx, payment.id))).heldAs).toBeNull();
  });

  describe('who settles it', () => {
    test('two, of whom neither requested nor executed its payment', async () => {
      const { item } = await held();
      expect((await problemOf(propose(people.carol, item.ref, false))).kind).toBe('forbidden');
      const { proposed } = await propose(people.david, item.ref, false);
      const { ref } = proposed.proposed.change;
      expect((await problemOf(confirmChange(office.store, people.david, { change: ref, reason: null }))).kind).toBe(
        'forbidden',
      );
      expect((await problemOf(confirmChange(office.store, people.carol, { change: ref, reason: null }))).kind).toBe(
        'forbidden',
      );
      await rejectChange(office.store, people.esther, { change: ref, reason: 'ask M-Pesa first' });
      const views = await listSuspense(office.store, people.david, { settled: false });
      expect(views.map((view) => view.item.ref)).toContain(item.ref);
    });

    test('not who executed it, also when the payment was tried again since and has no executor by now', async () => {
      const ivan = await office.person('ivan', ['cfo']);
      const payment = await office.payment(fund, { method: 'mpesa' });
      const executed = await office.execute(payment, ivan);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      const { attempt } = executed;
      await sendAttempt(office.store, attempt.id, aRail().sending);
      await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
      await retry(payment);
      await say(office, resultOf(attempt, payment, { reference: `LATE${(receipts += 1)}` }));
      expect((await office.state(payment)).payment.executorId).toBeNull();
      const views = await listSuspense(office.store, people.david, { settled: false });
      const { ref = '' } = views.find((view) => view.payment === payment.ref)?.item ?? {};
      const refused = await problemOf(propose(ivan, ref, true));
      expect(refused).toMatchObject({ kind: 'forbidden', code: 'RESOLVER_IS_INVOLVED' });
      const { change } = (await propose(people.david, ref, true)).proposed.proposed;
      const confirming = confirmChange(office.store, ivan, { change: change.ref, reason: null });
      expect((await problemOf(confirming)).kind).toBe('forbidden');
      await confirmChange(office.store, people.esther, { change: change.ref, reason: null });
    });

    test('not on the word of somebody who has lost the role since they proposed it', async () => {
      const { item } = await held();
      const nina = await office.person('nina', ['treasurer']);
      const { change } = (await propose(nina, item.ref, false)).proposed.proposed;
      await office.store.write(async (tx) => {
        await revokeGrants(tx, nina.userId);
        await insertGrants(tx, {
          ...{ userId: nina.userId, roles: ['requester'], place: office.places.ACME, grantedBy: people.root.userId },
        });
      });
      const before = await balance();
      const refused = await problemOf(confirmChange(office.store, people.esther, { change: change.ref, reason: null }));
      expect(refused).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
      expect(await balance()).toBe(before);
      await rejectChange(office.store, people.esther, { change: change.ref, reason: 'nina is no treasurer any more' });
    });

    test('once: of two proposals the second changes nothing', async () => {
      const { item } = await held();
      const first = await propose(people.david, item.ref, false);
      const second = await problemOf(propose(people.david, item.ref, true));
      expect(second.kind).toBe('conflict');
      const before = await balance();
      await confirmChange(office.store, people.esther, { change: first.proposed.proposed.change.ref, reason: null });
      expect(await balance()).toBe(before - item.amountMinor);
      expect((await problemOf(propose(people.david, item.ref, true))).code).toBe('SUSPENSE_SETTLED');
    });

    test('a reason is asked for, and an item that there is', async () => {
      const { item } = await held();
      expect((await problemOf(propose(people.david, item.ref, false, ' '))).kind).toBe('usage');
      expect((await problemOf(propose(people.david, 'sus_000000', false))).code).toBe('SUSPENSE_ITEM_NOT_FOUND');
    });
  });

  test('whoever gets past the guards is found: what was held, and who settled it, is as the events say', async () => {
    const [open, settled] = [await held(), await held()];
    await settle(settled.item.ref, true);
    const tamperer = await aTamperer(office.url, dialect);
    const faults = async (statement: string) =>
      (await tamperer.during(['suspense_items'], statement, [], () => bookFaults(office.store))).map(
        (fault) => fault.split(' ')[0],
      );
    const isOpen = `where id = '${open.item.id}'`;
    expect(await faults(`delete from suspense_items ${isOpen}`)).toContain('suspense_told');
    expect(await faults(`update suspense_items set amount_minor = amount_minor - 1 ${isOpen}`)).toContain(
      'suspense_told',
    );
    const byDavid = `settled_by = '${people.esther.userId}', confirmed_by = '${people.david.userId}'`;
    expect(await faults(`update suspense_items set ${byDavid} where id = '${settled.item.id}'`)).toContain(
      'suspense_settled_told',
    );
    // Settled by nobody, so that it is paid again.
    const alone = `status = 'settled', settled_by = '${people.david.userId}', confirmed_by = '${people.esther.userId}', settled_at = created_at, settled_reason = 'x'`;
    expect(await faults(`update suspense_items set ${alone} ${isOpen}`)).toContain('suspense_settled_told');
    await tamperer.close();
  });
});
